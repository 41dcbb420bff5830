/** What comes in and goes on to workflows, once more: on PostgreSQL and Redis, as for many processes. */
import { onServers } from '../../support/engines.ts';

onServers();

await import('../inbound/inbound.test.ts');
await import('../events/events.test.ts');
await import('../inbound/merge.test.ts');
await import('../inbound/identity-change.test.ts');
await import('../events/handing-over.test.ts');
await import('../inbound/completion-webhooks.test.ts');
