/** Ledgers on a PostgreSQL server of the test file's own. */
import { Ledger } from '../../service/src/store/ledger.ts';
import { postgres } from '../../service/src/store/postgres.ts';
import { query, startPostgres, type PostgresServer } from './postgres.ts';

export interface PostgresLedgers {
  /** A ledger in a new database. */
  open(): Promise<Ledger>;
  /** As many ledgers as asked, as processes have them, on one new database. */
  openMany(count: number): Promise<Ledger[]>;
  /** Deadlocks that the server had to end in the database that was made last. */
  deadlocks(): Promise<number>;
  readonly server: PostgresServer;
  /** Of the database that was made last. */
  readonly url: string;
}

/** The server starts before the file's tests and ends after them; ledgers are closed after each test. */
export function postgresLedgers(settings: Record<string, string> = {}): PostgresLedgers {
  let server: PostgresServer | undefined;
  let url = '';
  const opened: Ledger[] = [];
  beforeAll(async () => {
    server = await startPostgres({ settings: { max_connections: '600', ...settings } });
  }, 60_000);
  afterEach(async () => {
    for (const ledger of opened.splice(0)) await ledger.close();
  });
  afterAll(() => server?.close());
  const running = () => {
    if (server === undefined) throw new Error('PostgreSQL is not running yet');
    return server;
  };
  const openMany = async (count: number) => {
    url = await running().fresh();
    const ledgers: Ledger[] = [];
    for (let i = 0; i < count; i++) ledgers.push(await Ledger.open(postgres(url)));
    opened.push(...ledgers);
    return ledgers;
  };
  return {
    openMany,
    open: async () => (await openMany(1))[0] as Ledger,
    deadlocks: async () => {
      const [row] = await query(url, 'select deadlocks from pg_stat_database where datname = current_database()');
      return Number(row?.['deadlocks']);
    },
    get server() {
      return running();
    },
    get url() {
      return url;
    },
  };
}
