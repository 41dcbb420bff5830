import { postgres } from '../../service/src/store/postgres.ts';
import { load } from '../support/first-release.ts';
import { startPostgres, type PostgresServer } from '../support/postgres.ts';
import { describeMigration } from './migration.suite.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
}, 60_000);
afterAll(() => server.close());

describeMigration('postgres', async () => {
  const dialect = postgres(await server.fresh());
  await load(dialect);
  return dialect;
});
