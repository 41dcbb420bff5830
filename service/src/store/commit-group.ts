/**
 * Commits units of work together, for a database that serves one process and one unit at a time: units that wait at the same time share one
 * transaction and one fsync, each behind its own savepoint. A unit that throws undoes itself and nobody else.
 */
import { CompiledQuery, type Kysely, type Transaction } from 'kysely';
import type { Committer, CommitObserver, Tx } from './unit-of-work.ts';
import type { Schema } from './schema.ts';

interface Waiting {
  run(tx: Tx): Promise<unknown>;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

interface Done extends Waiting {
  value: unknown;
  hooks: (() => void)[];
}

/** One commit holds so many units at the most, so that a burst cannot keep the event loop for long. */
const MAX_UNITS = 256;

/** Commits units of work in groups. */
export class GroupCommitter implements Committer {
  readonly #db: Kysely<Schema>;
  readonly #observe: CommitObserver;
  readonly #queue: Waiting[] = [];
  #draining = false;

  constructor(db: Kysely<Schema>, observe: CommitObserver) {
    this.#db = db;
    this.#observe = observe;
  }

  write<T>(unit: (tx: Tx) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ run: unit, resolve: (value) => resolve(value as T), reject });
      if (this.#draining) return;
      this.#draining = true;
      // After the sockets that are readable now: what they bring joins the same commit.
      setImmediate(() => void this.#drain());
    });
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      await this.#commit(this.#queue.splice(0, MAX_UNITS));
      await new Promise((next) => setImmediate(next));
    }
    this.#draining = false;
  }

  async #commit(units: Waiting[]): Promise<void> {
    const startedAt = performance.now();
    let done: Done[] = [];
    try {
      const transaction = await this.#db.startTransaction().execute();
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

/** Locks nothing: no other unit runs at the same time. */
const lock = async () => undefined;

/** Runs the units in turn; one that throws is rejected and undone, the others stay. */
async function runAll(db: Transaction<Schema>, units: Waiting[]): Promise<Done[]> {
  const done: Done[] = [];
  for (const unit of units) {
    const hooks: (() => void)[] = [];
    await db.executeQuery(SAVE);
    try {
      const value = await unit.run({ db, shared: false, lock, afterCommit: (hook) => hooks.push(hook) });
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
