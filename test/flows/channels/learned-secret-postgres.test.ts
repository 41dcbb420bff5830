import { databases } from '../../support/databases.ts';
import { describeLearnedSecret } from './learned-secret.suite.ts';

const { migrated } = databases();

describeLearnedSecret('postgres', async () => ({ PARLEY_DATABASE_URL: await migrated() }));
