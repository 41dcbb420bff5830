import { join } from 'node:path';
import { loadSqlite } from '../../support/first-release.ts';
import { describeUpgrade } from './upgrade.suite.ts';

describeUpgrade('sqlite', async (places, dataDir) => {
  loadSqlite(join(dataDir, 'parley.db'), places);
  return {};
});
