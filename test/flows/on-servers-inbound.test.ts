/** What comes in and goes on to workflows, once more: on PostgreSQL and Redis, as for many processes. */
import { onServers } from '../support/engines.ts';

onServers();

await import('./inbound.test.ts');
await import('./events.test.ts');
await import('./merge.test.ts');
await import('./identity-change.test.ts');
await import('./handing-over.test.ts');
