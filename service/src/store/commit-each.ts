/**
 * Commits each unit of work in a transaction and on a connection of its own, for a database that many use at once. It undoes and runs again a unit
 * that met another at the same rows.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Kysely, Transaction } from 'kysely';
import { backoffMs } from '../core/retry.ts';
import type { SharedDatabase } from './dialect.ts';
import type { Committer, CommitObserver, Tx } from './unit-of-work.ts';
import type { Schema } from './schema.ts';

/** A unit that goes on meeting others runs this often. */
const MAX_RUNS = 8;
const BASE_MS = 5;
const CAP_MS = 250;

/** Commits units of work one by one, several at the same time. */
export class EachCommitter implements Committer {
  readonly #db: Kysely<Schema>;
  readonly #shared: SharedDatabase;
  readonly #observe: CommitObserver;

  constructor(db: Kysely<Schema>, shared: SharedDatabase, observe: CommitObserver) {
    this.#db = db;
    this.#shared = shared;
    this.#observe = observe;
  }

  async write<T>(unit: (tx: Tx) => Promise<T>): Promise<T> {
    for (let run = 1; ; run++) {
      try {
        return await this.#run(unit);
      } catch (error) {
        if (run >= MAX_RUNS || !this.#shared.isConflict(error)) throw error;
        await delay(backoffMs(run, Math.random(), BASE_MS, CAP_MS));
      }
    }
  }

  async #run<T>(unit: (tx: Tx) => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    const transaction = await this.#db.startTransaction().execute();
    const hooks: (() => void)[] = [];
    let value: T;
    try {
      value = await unit(this.#tx(transaction, hooks));
      await transaction.commit().execute();
    } catch (error) {
      await transaction
        .rollback()
        .execute()
        .catch(() => undefined);
      throw error;
    }
    this.#observe(1, performance.now() - startedAt);
    for (const hook of hooks) hook();
    return value;
  }

  #tx(db: Transaction<Schema>, hooks: (() => void)[]): Tx {
    const held = new Set<string>();
    return {
      db,
      shared: true,
      afterCommit: (hook) => void hooks.push(hook),
      lock: async (name, how = 'alone') => {
        if (held.has(`alone ${name}`) || held.has(`${how} ${name}`)) return;
        await this.#shared.lock(db, name, how);
        held.add(`${how} ${name}`);
      },
    };
  }
}
