import { databases } from '../../support/databases.ts';
import { describeConnections } from './connections.suite.ts';

const { migrated } = databases();

describeConnections('postgres', async () => ({ PARLEY_DATABASE_URL: await migrated() }));
