/**
 * The ledger: one database, and the one way to change it. `write(unit)` runs a unit of work in a transaction; when it resolves,
 * the unit is on disk. On a database without group commit of its own, units that wait at the same time share one transaction
 * and one fsync, each behind its own savepoint: a unit that throws undoes itself and nobody else.
 */
import { CompiledQuery, type Kysely, type Transaction } from 'kysely';
import type { StoreDialect } from './dialect.ts';
import { migrate } from './migrate.ts';
import type { Schema } from './schema.ts';

/** A connection to read with. */
export type Db = Kysely<Schema>;

/** A unit of work under way. */
export interface Tx {
  readonly db: Db;
  /** Runs `hook` once the unit is on disk; never when it is undone. */
  afterCommit(hook: () => void): void;
}

/** Told after each commit: how many units it held and how long it took. */
export type CommitObserver = (units: number, durationMs: number) => void;

interface Waiting {
  run(tx: Tx): Promise<unknown>;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

interface Done extends Waiting {
  value: unknown;
  hooks: (() => void)[];
}

/** Units in one commit at the most, so that a burst cannot hold the event loop for long. */
const MAX_UNITS = 256;

export class Ledger {
  readonly dialect: StoreDialect;
  /** For reads outside a unit of work; sees what is committed. */
  readonly reader: Kysely<Schema>;
  readonly #writer: Kysely<Schema>;
  readonly #observe: CommitObserver;
  readonly #queue: Waiting[] = [];
  #draining = false;

  private constructor(dialect: StoreDialect, observe: CommitObserver) {
    this.dialect = dialect;
    this.#observe = observe;
    const { writer, reader } = dialect.open();
    this.#writer = writer;
    this.reader = reader;
  }

  /** Opens the database and brings it to the present schema. Throws when its schema is newer than this program. */
  static async open(dialect: StoreDialect, observe: CommitObserver = () => undefined): Promise<Ledger> {
    const ledger = new Ledger(dialect, observe);
    try {
      await migrate(ledger.#writer, dialect);
    } catch (error) {
      await ledger.close();
      throw error;
    }
    return ledger;
  }

  /** Runs `unit` in a transaction. Resolves when it is on disk, rejects (with nothing changed) when it or the commit fails. */
  write<T>(unit: (tx: Tx) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ run: unit, resolve: (value) => resolve(value as T), reject });
      if (this.#draining) return;
      this.#draining = true;
      // After the sockets that are readable now: what they bring joins the same commit.
      setImmediate(() => void this.#drain());
    });
  }

  /** Units that wait for a commit: a sign of load. */
  get waiting(): number {
    return this.#queue.length;
  }

  async close(): Promise<void> {
    await this.reader.destroy();
    await this.#writer.destroy();
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      await this.#commit(this.#queue.splice(0, this.dialect.groupCommit ? MAX_UNITS : 1));
      await new Promise((next) => setImmediate(next));
    }
    this.#draining = false;
  }

  async #commit(units: Waiting[]): Promise<void> {
    const startedAt = performance.now();
    let done: Done[] = [];
    try {
      const transaction = await this.#writer.startTransaction().execute();
      try {
        done = await runAll(transaction, units);
        await transaction.commit().execute();
      } catch (error) {
        await transaction
          .rollback()
          .execute()
          .catch(() => undefined);
        throw error;
      }
    } catch (error) {
      for (const unit of units) unit.reject(error);
      return;
    }
    this.#observe(units.length, performance.now() - startedAt);
    for (const unit of done) unit.resolve(unit.value);
    for (const unit of done) for (const hook of unit.hooks) hook();
  }
}

const SAVE = CompiledQuery.raw('savepoint unit');
const UNDO = CompiledQuery.raw('rollback to savepoint unit');
const KEEP = CompiledQuery.raw('release savepoint unit');

/** Runs the units in turn; one that throws is rejected and undone, the others stay. */
async function runAll(db: Transaction<Schema>, units: Waiting[]): Promise<Done[]> {
  const done: Done[] = [];
  for (const unit of units) {
    const hooks: (() => void)[] = [];
    await db.executeQuery(SAVE);
    try {
      const value = await unit.run({ db, afterCommit: (hook) => hooks.push(hook) });
      await db.executeQuery(KEEP);
      done.push({ ...unit, value, hooks });
    } catch (error) {
      await undo(db, error);
      unit.reject(error);
    }
  }
  return done;
}

/** Fails with `reason` when the database gave up the whole transaction for it (a full disk): then nothing of the commit can be saved. */
async function undo(db: Transaction<Schema>, reason: unknown): Promise<void> {
  try {
    await db.executeQuery(UNDO);
    await db.executeQuery(KEEP);
  } catch {
    throw reason;
  }
}
