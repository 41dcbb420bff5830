/** Declares a unit of work, which is what one transaction changes, and the ports by which units come to disk. */
import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/** Describes a connection to read with. */
export type Db = Kysely<Schema>;

/** Describes a unit of work under way. The ledger may run it again, so it changes nothing outside but in `afterCommit`. */
export interface Tx {
  readonly db: Db;
  /** Tells whether others may work on the same rows at the same time. */
  readonly shared: boolean;
  /**
   * Locks `name` until the unit ends, where units run at the same time: what the unit reads after it stays true until the commit.
   * `shared`: any number of units may lock it so, but no unit alone.
   */
  lock(name: string, how?: 'alone' | 'shared'): Promise<void>;
  /** Runs `hook` once the unit is on disk; never when the ledger undoes the unit. */
  afterCommit(hook: () => void): void;
}

/** Hears of each commit: how many units it held and how long it took, in milliseconds. */
export type CommitObserver = (units: number, durationMs: number) => void;

/** Brings units of work to disk. */
export interface Committer {
  /** Runs `unit` in a transaction and resolves when it is on disk; rejects, with nothing changed, when it or the commit fails. */
  write<T>(unit: (tx: Tx) => Promise<T>): Promise<T>;
}
