/** The database goes away in the middle of the start: the service begins again instead of ending. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { loadConfig } from '../../../service/src/config/config.ts';
import { makeLogger } from '../../../service/src/platform/logger.ts';
import { startService } from '../../../service/src/service.ts';
import { eventually } from '../../support/eventually.ts';
import { query, startPostgres, type PostgresServer } from '../../support/postgres.ts';

let server: PostgresServer;
let dataDir: string;
beforeAll(async () => {
  server = await startPostgres();
  dataDir = await mkdtemp(join(tmpdir(), 'parley-start-'));
}, 60_000);
afterAll(async () => {
  await server.close();
  await rm(dataDir, { recursive: true, force: true });
});

/** The service's connections, and whether one of them waits for a lock. */
const OURS = `from pg_stat_activity where application_name = 'parley'`;

test('connections that are cut between two of the first steps only delay the start', async () => {
  const url = await server.fresh();
  const logger = makeLogger({ level: 'silent' });
  const config = loadConfig({ PARLEY_DATA_DIR: dataDir, PARLEY_DATABASE_URL: url, PARLEY_PORT: '0' });
  await (await startService(config, logger)).stop();
  const holder = new pg.Client({ connectionString: url });
  await holder.connect();
  await holder.query('begin; lock table api_keys in access exclusive mode');
  const starting = startService(config, logger);
  await eventually(
    async () => (await query(url, `select 1 ${OURS} and wait_event_type = 'Lock'`)).length > 0,
    'the start to come to the locked table',
  );
  await query(url, `select pg_terminate_backend(pid) ${OURS}`);
  await holder.query('rollback');
  await holder.end();
  const service = await starting;
  expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
  await service.stop();
}, 60_000);
