/** Ledgers in databases of a test file's own. */
import { Ledger } from '../../service/src/store/ledger.ts';
import { postgres } from '../../service/src/store/postgres.ts';
import { databases } from './databases.ts';
import { query } from './postgres.ts';

export interface PostgresLedgers {
  /** A ledger in a new database. */
  open(): Promise<Ledger>;
  /** As many ledgers as asked, as processes have them, on one new database. */
  openMany(count: number): Promise<Ledger[]>;
  /** Deadlocks that the server had to end in the database that was made last. */
  deadlocks(): Promise<number>;
}

/** They are closed after each test. */
export function postgresLedgers(): PostgresLedgers {
  const { migrated } = databases();
  let url = '';
  const opened: Ledger[] = [];
  afterEach(async () => {
    for (const ledger of opened.splice(0)) await ledger.close();
  });
  const openMany = async (count: number) => {
    url = await migrated();
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
  };
}
