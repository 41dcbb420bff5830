/**
 * The ledger is one database, and the one way to change it. `write(unit)` runs a unit of work in a transaction; when it resolves, the unit is on
 * disk.
 */
import type { Kysely } from 'kysely';
import { EachCommitter } from './commit-each.ts';
import { GroupCommitter } from './commit-group.ts';
import type { StoreDialect } from './dialect.ts';
import { migrate } from './migrate.ts';
import type { Schema } from './schema.ts';
import { LedgerUnavailable } from './unavailable.ts';
import type { CommitObserver, Committer, Db, Tx } from './unit-of-work.ts';

/** Reads and changes the database. */
export class Ledger {
  readonly dialect: StoreDialect;
  /** Reads outside a unit of work; it sees what is committed. */
  readonly reader: Kysely<Schema>;
  readonly #writer: Kysely<Schema>;
  readonly #committer: Committer;
  /** Lists the server's settings that endanger the ledger. */
  readonly warnings: string[] = [];
  /** The ledger calls it for every unit of work that failed because the database cannot be used. */
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

  /** Runs one statement that a crash may undo without harm, where processes share the database: it does not wait for the disk. */
  touch<T>(run: (db: Db) => Promise<T>): Promise<T> {
    return this.dialect.shared ? run(this.reader) : this.write((tx) => run(tx.db));
  }

  /** Counts the units that wait for their commit: a sign of load. */
  get waiting(): number {
    return this.#waiting;
  }

  async close(): Promise<void> {
    await this.reader.destroy();
    await this.#writer.destroy();
  }
}
