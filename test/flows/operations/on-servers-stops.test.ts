/** What people want no more of, once more: on PostgreSQL and Redis, as for many processes. */
import { onServers } from '../../support/engines.ts';

onServers();

await import('../records/stops.test.ts');
await import('../records/unread-stops.test.ts');
