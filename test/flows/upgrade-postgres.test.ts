import { postgres } from '../../service/src/store/postgres.ts';
import { load } from '../support/first-release.ts';
import { startPostgres, type PostgresServer } from '../support/postgres.ts';
import { describeUpgrade } from './upgrade.suite.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
}, 60_000);
afterAll(() => server.close());

describeUpgrade('postgres', async (places) => {
  const url = await server.fresh();
  await load(postgres(url), places);
  return { PARLEY_DATABASE_URL: url };
});
