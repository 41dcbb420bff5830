/**
 * Maintains the ledger: long work in small steps, each a unit of work of its own, with a rest between them. A webhook that arrives meanwhile waits
 * for one step at the most.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { WatchedClock } from '../core/watched-clock.ts';
import type { Load } from '../core/load.ts';
import type { Job, JobHandler, Outbox } from '../outbox/outbox.ts';
import { readPayload, type PayloadSchema } from '../outbox/payload.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Tx } from '../store/unit-of-work.ts';

/** Tells what a step found: there is more, it is over, or the work begins anew at a time. */
export type Progress = 'more' | 'done' | { againAt: number };

/** Does one kind of long work, by the time that has come for certain. `step` runs in a unit of work, so it may be run again; it remembers in the ledger how far it came. */
export interface MaintenanceTask<Payload = unknown> {
  /** No other task has it; stored with each job, so a task that was released is never called anything else. */
  readonly name: string;
  /** Reads what a job of the task knows, also one that an earlier version promised. A job that it refuses is dead. */
  readonly payload: PayloadSchema<Payload>;
  step(tx: Tx, payload: Payload, now: number): Promise<Progress>;
}

/** A job goes on for as long before it lets the others have their turn. */
const TURN_MS = 1_000;
/** A rest is as long as the step before it, within these bounds. */
const MIN_REST_MS = 5;
const MAX_REST_MS = 100;
/** A rest lasts so long while webhooks keep the process busy. */
const BUSY_REST_MS = 500;
const BUSY = 0.75;

/** Lists what the handler of maintenance works with. */
export interface MaintenanceDeps {
  ledger: Ledger;
  outbox: Outbox;
  clock: WatchedClock;
  tasks: readonly MaintenanceTask[];
  load: Load;
}

const PAYLOAD = z.looseObject({ task: z.string() });

/** Runs the jobs of maintenance. */
export class MaintenanceHandler implements JobHandler<z.infer<typeof PAYLOAD>> {
  readonly kind = 'maintenance';
  readonly payload = PAYLOAD;
  readonly concurrency = 1;
  readonly #deps: MaintenanceDeps;

  /** Throws when two tasks share a name. */
  constructor(deps: MaintenanceDeps) {
    const names = deps.tasks.map(({ name }) => name);
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) throw new Error(`Two tasks of maintenance are called '${twice}'`);
    this.#deps = deps;
  }

  async run(read: Job<z.infer<typeof PAYLOAD>>): Promise<void> {
    const { ledger, outbox, tasks } = this.#deps;
    const task = tasks.find((one) => one.name === read.payload.task);
    // Of another version of the program.
    if (task === undefined) return ledger.write((tx) => outbox.finish(tx, read));
    const job = readPayload(task.payload, read);
    const turnEndsAt = performance.now() + TURN_MS;
    for (;;) {
      const startedAt = performance.now();
      const isLast = startedAt >= turnEndsAt;
      const progress = await ledger.write((tx) => this.#step(tx, task, job, isLast));
      if (progress !== 'more' || isLast) return;
      await this.#rest(performance.now() - startedAt);
    }
  }

  async #step(tx: Tx, task: MaintenanceTask, job: Job, isLast: boolean): Promise<Progress> {
    const { outbox, clock } = this.#deps;
    const [now, reached] = [clock.now(), clock.reached()];
    if (!(await outbox.isMine(tx, job))) return 'done';
    const progress = await task.step(tx, job.payload, reached);
    if (progress === 'done') await outbox.finish(tx, job);
    // After as long as the task said, whatever the clock shows.
    else if (progress !== 'more') await outbox.postpone(tx, job, progress.againAt + now - reached, false);
    else if (isLast) await outbox.postponeBy(tx, job, 0, false);
    return progress;
  }

  async #rest(stepMs: number): Promise<void> {
    const [accepted, used] = [this.#deps.load.accepted, performance.eventLoopUtilization()];
    await delay(Math.min(MAX_REST_MS, Math.max(MIN_REST_MS, stepMs)));
    const isBusy = performance.eventLoopUtilization(used).utilization >= BUSY;
    if (isBusy && this.#deps.load.accepted > accepted) await delay(BUSY_REST_MS);
  }
}
