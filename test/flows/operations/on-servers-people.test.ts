/** Who people are, what they want, and who answers them, once more: on PostgreSQL and Redis, as for many processes. */
import { onServers } from '../../support/engines.ts';

onServers();

await import('../records/ownership.test.ts');
await import('../inbound/spellings.test.ts');
await import('../outbound/numbers.test.ts');
