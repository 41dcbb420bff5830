import { postgres } from '../../service/src/store/postgres.ts';
import { startPostgres, type PostgresServer } from '../support/postgres.ts';
import { describeEventReplay } from './replay-events.suite.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
}, 60_000);
afterAll(() => server.close());

describeEventReplay('postgres', async () => postgres(await server.fresh()));
