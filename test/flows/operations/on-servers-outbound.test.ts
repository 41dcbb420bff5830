/** What goes out, once more: on PostgreSQL and Redis, as for many processes. */
import { onServers } from '../../support/engines.ts';

onServers();

await import('../outbound/outbound.test.ts');
await import('../outbound/holds.test.ts');
await import('../events/wait.test.ts');
await import('../events/waits-cancelled.test.ts');
await import('../inbound/late-status.test.ts');
await import('../outbound/property.test.ts');
