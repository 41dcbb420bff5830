import { postgres } from '../../service/src/store/postgres.ts';
import { describeStore } from '../conformance/store.ts';
import { startPostgres, type PostgresServer } from '../support/postgres.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
}, 60_000);
afterAll(() => server.close());

describeStore('postgres', async () => postgres(await server.fresh()));
