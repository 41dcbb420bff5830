/**
 * Drops what is old. A sweep goes through what the owners of records want dropped or emptied, part by part. One step looks at a stretch of a table;
 * where it came to is kept in the ledger, so that a sweep goes on after a restart and in another process.
 */
import { z } from 'zod';
import type { OutboxJob } from '../outbox/outbox.ts';
import * as cursors from '../store/cursor.store.ts';
import type { Tx } from '../store/unit-of-work.ts';
import type { MaintenanceTask, Progress } from './maintenance.ts';
import { maintenanceJob } from './maintenance-job.ts';
import type { RetentionPart } from './retention-part.ts';

const SWEEP_MS = 3_600_000;
const FIRST_MS = 60_000;

const CURSOR = 'retention';

/** Tells how far a sweep is. */
interface Sweep {
  /** Holds the name of the part that is next. */
  part: string;
  /** Says where the part goes on; null: at its beginning. */
  from: unknown;
}

/** Runs the sweeps over all registered parts. */
export class Retention implements MaintenanceTask {
  readonly name = 'retention';
  readonly payload = z.unknown();
  readonly #parts: RetentionPart[] = [];

  /** Adds parts to the sweep, after those that are there. */
  register(parts: readonly RetentionPart[]): void {
    this.#parts.push(...parts);
  }

  /** Makes the job of the first sweep, which waits a moment: a process that starts has more urgent things to do. */
  job(now: number): OutboxJob {
    return { ...maintenanceJob(this.name), dueAt: now + FIRST_MS };
  }

  async step(tx: Tx, _: unknown, now: number): Promise<Progress> {
    const sweep = await cursors.find<Sweep>(tx.db, CURSOR);
    // A part that this version does not have: the sweep begins anew.
    const index = Math.max(
      0,
      this.#parts.findIndex(({ name }) => name === sweep?.part),
    );
    const part = this.#parts[index];
    const from = await part?.sweep(tx, part.name === sweep?.part ? sweep.from : null, now);
    const next = from === undefined ? this.#parts[index + 1] : part;
    if (next) {
      await cursors.put(tx, CURSOR, { part: next.name, from: from ?? null } satisfies Sweep);
      return 'more';
    }
    await cursors.remove(tx, CURSOR);
    return { againAt: now + SWEEP_MS };
  }
}
