/** What goes out, once more: on PostgreSQL and Redis, as for many processes. */
import { onServers } from '../support/engines.ts';

onServers();

await import('./outbound.test.ts');
await import('./holds.test.ts');
await import('./wait.test.ts');
await import('./waits-cancelled.test.ts');
await import('./late-status.test.ts');
await import('./property.test.ts');
