import { databases } from '../../support/databases.ts';
import { describeDeadLetters } from './dead-letters.suite.ts';

const { migrated } = databases();

describeDeadLetters('postgres', async () => ({ PARLEY_DATABASE_URL: await migrated() }));
