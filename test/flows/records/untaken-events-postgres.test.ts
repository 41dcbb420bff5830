import { databases } from '../../support/databases.ts';
import { describeUntakenEvents } from './untaken-events.suite.ts';

const { migrated } = databases();

describeUntakenEvents('postgres', async () => ({ PARLEY_DATABASE_URL: await migrated() }));
