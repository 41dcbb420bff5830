import { postgres } from '../../service/src/store/postgres.ts';
import { startPostgres, type PostgresServer } from '../support/postgres.ts';
import { describeRetention } from './retention.suite.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
}, 60_000);
afterAll(() => server.close());

describeRetention('postgres', async () => postgres(await server.fresh()));
