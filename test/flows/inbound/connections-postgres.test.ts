import { startPostgres, type PostgresServer } from '../../support/postgres.ts';
import { describeConnections } from './connections.suite.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
}, 60_000);
afterAll(() => server.close());

describeConnections('postgres', async () => ({ PARLEY_DATABASE_URL: await server.fresh() }));
