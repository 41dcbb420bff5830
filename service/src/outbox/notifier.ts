/**
 * The notifier tells other processes, by a Bull queue in Redis, that work of a kind has become due; which, and whether
 * it still is, the ledger knows. Whatever Redis loses, forgets or tells twice costs time, no work.
 */
import type { Job as BullJob, JobOptions, Queue } from 'bull';

/** Names the notifier's queue in Redis: all processes of an installation share it. */
export const NOTIFIER_QUEUE = 'parley-notifier';
/** Nobody reads of a notification that was received. */
const OPTIONS: JobOptions = { removeOnComplete: true, removeOnFail: true, attempts: 1 };
/** A notification that finds its process busy goes on to the next one, this often and this much later. */
const MAX_HOPS = 20;
const HOP_MS = 25;
/** Names the only setting with which Redis never throws notifications away. */
const NO_EVICTION = 'noeviction';

/** Takes what the notifier tells, namely that Redis is reached or lost. */
export interface NotifierLog {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
}

interface Notification {
  hops: number;
}

/** The notifier calls it for each notification of this process; it answers false when it has no room for work of the kind. */
export type Notified = (kind: string) => boolean;

/** Sends notifications to the processes of one installation, and receives them. */
export class Notifier {
  readonly #log: NotifierLog;
  #queue: Queue<Notification> | undefined;
  #notified: Notified | undefined;
  readonly #sending = new Set<string>();
  /** Lists kinds to be notified once more, with so many hops behind them. */
  readonly #resend = new Map<string, number>();
  /** Lists kinds of which a notification was passed on a moment ago: whoever receives it polls for all work of the kind. */
  readonly #passedOn = new Set<string>();
  #wasUp = false;
  #complained = false;

  constructor(log: NotifierLog) {
    this.#log = log;
  }

  /** Tells whether Redis has been reached since the start. An outage later does not count: the sweep finds all work meanwhile. */
  get wasUp(): boolean {
    return this.#wasUp;
  }

  /** Tells whether Redis can be reached now. */
  get isUp(): boolean {
    return this.#queue?.client.status === 'ready';
  }

  /** Uses the queue that Nest made. Call it before `listen`. */
  attach(queue: Queue<Notification>): void {
    endQuietly(queue);
    this.#queue = queue;
    queue.on('error', (error) => this.#down(error));
    const { client } = queue;
    client.on('ready', () => void this.#up());
    client.on('close', () => this.#down(undefined));
    if (client.status === 'ready') void this.#up();
  }

  /** Calls `notified` for each notification from now on. */
  listen(notified: Notified): void {
    this.#notified = notified;
    void this.#queue
      ?.process('*', (job: BullJob<Notification>) => this.#received(job))
      .catch((error: unknown) => this.#down(error));
  }

  /** Tells some process that work of `kind` is due in `delayMs`. Notifications that would say the same are one. */
  notify(kind: string, delayMs = 0, hops = 0): void {
    if (!this.isUp || this.#queue === undefined) return;
    if (this.#sending.has(kind)) {
      this.#resend.set(kind, Math.min(hops, this.#resend.get(kind) ?? hops));
      return;
    }
    this.#sending.add(kind);
    void this.#add(this.#queue, kind, delayMs, hops);
  }

  /** Receives a notification, and passes it on when there is no room. */
  async #received(job: BullJob<Notification>): Promise<void> {
    const kind = job.name;
    const hasRoom = this.#notified?.(kind) ?? false;
    const hops = job.data.hops + 1;
    if (hasRoom || hops >= MAX_HOPS || this.#passedOn.has(kind)) return;
    this.#passedOn.add(kind);
    setTimeout(() => this.#passedOn.delete(kind), HOP_MS).unref();
    this.notify(kind, HOP_MS, hops);
  }

  async #add(queue: Queue<Notification>, kind: string, delayMs: number, hops: number): Promise<void> {
    try {
      await queue.add(kind, { hops }, { ...OPTIONS, delay: Math.max(0, Math.ceil(delayMs)) });
      this.#complained = false;
    } catch (error) {
      this.#down(error);
    }
    this.#sending.delete(kind);
    const resendHops = this.#resend.get(kind);
    this.#resend.delete(kind);
    if (resendHops !== undefined) this.notify(kind, 0, resendHops);
  }

  /** Warns once: of a connection that is lost as of a server that takes no notifications (its memory is full, it is a replica by now). */
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

/**
 * Lets a queue end whose Redis is not there. Bull names its connections for a list that nobody reads, and leaves the promise of it to nobody:
 * it rejects, with whatever the socket said last, when the queue is closed before it was connected. An end that fails leaves nothing to mend.
 */
function endQuietly(queue: Queue): void {
  const [setWorkerName, close] = [queue.setWorkerName.bind(queue), queue.close.bind(queue)];
  queue.setWorkerName = () => setWorkerName().catch(() => undefined);
  queue.close = (...given) => close(...given).catch(() => undefined);
}
