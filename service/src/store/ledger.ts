/**
 * The ledger: one database, and the one way to change it. `write(unit)` runs a unit of work in a transaction; when it resolves, the
 * unit is on disk.
 */
import type { Kysely } from 'kysely';
import { EachCommitter } from './commit-each.ts';
import { GroupCommitter } from './commit-group.ts';
import type { StoreDialect } from './dialect.ts';
import { migrate } from './migrate.ts';
import type { Schema } from './schema.ts';
import { LedgerUnavailable } from './unavailable.ts';

/** A connection to read with. */
export type Db = Kysely<Schema>;

/** A unit of work under way. It may be run again, so it changes nothing outside but in `afterCommit`. */
export interface Tx {
  readonly db: Db;
  /** Whether others may work on the same rows at the same time. */
  readonly shared: boolean;
  /**
   * Holds `name` until the unit ends, where units run at the same time: what is read after it stays true until the commit.
   * `shared`: any number may hold it so, but nobody alone.
   */
  lock(name: string, how?: 'alone' | 'shared'): Promise<void>;
  /** Runs `hook` once the unit is on disk; never when it is undone. */
  afterCommit(hook: () => void): void;
}

/** Told after each commit: how many units it held and how long it took. */
export type CommitObserver = (units: number, durationMs: number) => void;

/** How units of work are brought to disk. */
export interface Committer {
  write<T>(unit: (tx: Tx) => Promise<T>): Promise<T>;
}

export class Ledger {
  readonly dialect: StoreDialect;
  /** For reads outside a unit of work; sees what is committed. */
  readonly reader: Kysely<Schema>;
  readonly #writer: Kysely<Schema>;
  readonly #committer: Committer;
  /** What of the server's settings endangers the ledger. */
  readonly warnings: string[] = [];
  /** Told of every unit of work that failed because the database cannot be used. */
  unavailable: (error: LedgerUnavailable) => void = () => undefined;
  #waiting = 0;

  private constructor(dialect: StoreDialect, observe: CommitObserver) {
    this.dialect = dialect;
    const { writer, reader } = dialect.open();
    this.#writer = writer;
    this.reader = reader;
    const { shared } = dialect;
    this.#committer = shared ? new EachCommitter(writer, shared, observe) : new GroupCommitter(writer, observe);
  }

  /** Opens the database and brings it to the present schema. Throws `SchemaError` when it cannot be used by this program. */
  static async open(dialect: StoreDialect, observe: CommitObserver = () => undefined): Promise<Ledger> {
    const ledger = new Ledger(dialect, observe);
    try {
      ledger.warnings.push(...((await dialect.shared?.inspect(ledger.#writer)) ?? []));
      await migrate(ledger.#writer, dialect);
    } catch (error) {
      await ledger.close();
      throw [error, (error as Error).cause].find((one) => one instanceof LedgerUnavailable) ?? error;
    }
    return ledger;
  }

  /**
   * Runs `unit` in a transaction. Resolves when it is on disk, rejects (with nothing changed) when it or the commit fails;
   * `LedgerUnavailable` when that is the database's present state.
   */
  async write<T>(unit: (tx: Tx) => Promise<T>): Promise<T> {
    this.#waiting += 1;
    try {
      return await this.#committer.write(unit);
    } catch (error) {
      if (error instanceof LedgerUnavailable) this.unavailable(error);
      throw error;
    } finally {
      this.#waiting -= 1;
    }
  }

  /** One statement that a crash may undo without harm, where the database is shared: it does not wait for the disk. */
  touch<T>(run: (db: Db) => Promise<T>): Promise<T> {
    return this.dialect.shared ? run(this.reader) : this.write((tx) => run(tx.db));
  }

  /** Units that wait for their commit: a sign of load. */
  get waiting(): number {
    return this.#waiting;
  }

  async close(): Promise<void> {
    await this.reader.destroy();
    await this.#writer.destroy();
  }
}
