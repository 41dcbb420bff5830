/**
 * The bell between processes: a Bull queue in Redis. A job in it says only that work of a kind has become due; which, and whether
 * it still is, the ledger knows. Whatever Redis loses, forgets or tells twice costs time, no work.
 */
import type { Job as BullJob, JobOptions, Queue } from 'bull';
import type { JobKind } from './outbox.ts';

export const BELL_QUEUE = 'parley-bell';
/** Nobody reads of a ring that was heard. */
const OPTIONS: JobOptions = { removeOnComplete: true, removeOnFail: true, attempts: 1 };
/** A ring that finds its process busy goes on to the next one, this often and this much later. */
const MAX_HOPS = 20;
const HOP_MS = 25;
/** The only setting with which Redis never throws rings away. */
const NO_EVICTION = 'noeviction';

export interface BellLog {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
}

interface Ring {
  hops: number;
}

/** What hears the bell: answers false when it has no room for work of this kind. */
export type Listener = (kind: JobKind) => boolean;

export class Bell {
  readonly #log: BellLog;
  #queue: Queue<Ring> | undefined;
  #listener: Listener | undefined;
  readonly #ringing = new Set<JobKind>();
  /** To be rung once more, with so many hops behind it. */
  readonly #again = new Map<JobKind, number>();
  /** Kinds of which a ring was sent on a moment ago: whoever hears it looks for all work of the kind. */
  readonly #sentOn = new Set<JobKind>();
  #wasUp = false;
  #complained = false;

  constructor(log: BellLog) {
    this.#log = log;
  }

  /** Whether Redis has been reached since the start. An outage later does not count: the sweep finds all work meanwhile. */
  get wasUp(): boolean {
    return this.#wasUp;
  }

  get isUp(): boolean {
    return this.#queue?.client.status === 'ready';
  }

  /** The queue that Nest made. Before `listen`. */
  attach(queue: Queue<Ring>): void {
    this.#queue = queue;
    queue.on('error', (error) => this.#down(error));
    const { client } = queue;
    client.on('ready', () => void this.#up());
    client.on('close', () => this.#down(undefined));
    if (client.status === 'ready') void this.#up();
  }

  /** Hears the bell from now on. */
  listen(listener: Listener): void {
    this.#listener = listener;
    void this.#queue
      ?.process('*', (job: BullJob<Ring>) => this.#heard(job))
      .catch((error: unknown) => this.#down(error));
  }

  /** Tells some process that work of `kind` is due in `delayMs`. Rings that would say the same are one. */
  ring(kind: JobKind, delayMs = 0, hops = 0): void {
    if (!this.isUp || this.#queue === undefined) return;
    if (this.#ringing.has(kind)) {
      this.#again.set(kind, Math.min(hops, this.#again.get(kind) ?? hops));
      return;
    }
    this.#ringing.add(kind);
    void this.#add(this.#queue, kind, delayMs, hops);
  }

  /** A ring has come to this process. */
  async #heard(job: BullJob<Ring>): Promise<void> {
    const kind = job.name as JobKind;
    const taken = this.#listener?.(kind) ?? false;
    const hops = job.data.hops + 1;
    if (taken || hops >= MAX_HOPS || this.#sentOn.has(kind)) return;
    this.#sentOn.add(kind);
    setTimeout(() => this.#sentOn.delete(kind), HOP_MS).unref();
    this.ring(kind, HOP_MS, hops);
  }

  async #add(queue: Queue<Ring>, kind: JobKind, delayMs: number, hops: number): Promise<void> {
    try {
      await queue.add(kind, { hops }, { ...OPTIONS, delay: Math.max(0, Math.ceil(delayMs)) });
      this.#complained = false;
    } catch (error) {
      this.#down(error);
    }
    this.#ringing.delete(kind);
    const again = this.#again.get(kind);
    this.#again.delete(kind);
    if (again !== undefined) this.ring(kind, 0, again);
  }

  /** Told once: of a connection that is lost as of a server that takes no rings (its memory is full, it is a replica by now). */
  #down(error: unknown): void {
    if (this.#complained) return;
    this.#complained = true;
    this.#log.warn({ err: error }, 'Redis cannot be reached: work is found by looking, a few seconds later');
  }

  async #up(): Promise<void> {
    if (!(await this.#isLetIn())) return;
    this.#wasUp = true;
    this.#complained = false;
    this.#log.info({}, 'Redis is reached: processes tell each other of work');
    await this.#checkEviction();
  }

  /** The client calls itself ready even when its password was refused. */
  async #isLetIn(): Promise<boolean> {
    try {
      await this.#queue?.client.ping();
      return true;
    } catch (error) {
      this.#down(error);
      return false;
    }
  }

  /** Managed servers may not tell. */
  async #checkEviction(): Promise<void> {
    const answer: unknown = await this.#queue?.client.config('GET', 'maxmemory-policy').catch(() => undefined);
    const policy = Array.isArray(answer) ? String(answer[1]) : NO_EVICTION;
    if (policy === NO_EVICTION) return;
    this.#log.warn(
      { policy },
      'Redis may throw keys away when its memory is full (maxmemory-policy): set it to noeviction. No work is lost, but it is found later',
    );
  }
}
