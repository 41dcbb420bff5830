import { postgres } from '../../service/src/store/postgres.ts';
import { load } from '../support/first-release.ts';
import { databases } from '../support/databases.ts';
import { describeMigration } from './migration.suite.ts';

const { empty } = databases();

describeMigration('postgres', async () => {
  const dialect = postgres(await empty());
  await load(dialect);
  return dialect;
});
