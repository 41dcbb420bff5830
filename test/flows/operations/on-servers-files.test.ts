/** The flows of files, on PostgreSQL and Redis. */
import { onServers } from '../../support/engines.ts';

onServers();

await import('../media/forgotten-files.test.ts');
await import('../media/lost-uploads.test.ts');
