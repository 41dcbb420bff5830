import { startPostgres, type PostgresServer } from '../../support/postgres.ts';
import { describeDeadLetters } from './dead-letters.suite.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
}, 60_000);
afterAll(() => server.close());

describeDeadLetters('postgres', async () => ({ PARLEY_DATABASE_URL: await server.fresh() }));
