/**
 * Tells of an outage of the database once when it begins and once when it is over, however many requests and jobs fail meanwhile. While it lasts,
 * the database is tried again and again, so that the end is noticed although nobody asks for anything.
 */
import { LedgerUnavailable } from '../store/unavailable.ts';

const TRY_MS = 1_000;
/** An outage is over when nothing has failed for this long: a full disk still takes what is small. */
const QUIET_MS = 2_000;

/** Lists what the outage works with. */
export interface OutageDeps {
  log: {
    error(fields: Record<string, unknown>, message: string): void;
    info(fields: Record<string, unknown>, message: string): void;
  };
  /** Writes something that matters to nobody. Rejects with `LedgerUnavailable` while it cannot. */
  attempt(): Promise<unknown>;
  /** The outage calls it at the beginning and at the end. */
  changed(isOn: boolean): void;
}

/** Knows whether the database can be used. */
export class Outage {
  readonly #deps: OutageDeps;
  #since: number | undefined;
  #cause: unknown;
  #failedAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(deps: OutageDeps) {
    this.#deps = deps;
  }

  get isOn(): boolean {
    return this.#since !== undefined;
  }

  /** Checks that there is use in sending work here. Rejects with `LedgerUnavailable` while the outage lasts. */
  async check(): Promise<void> {
    if (this.isOn) throw new LedgerUnavailable(this.#cause);
    await this.#deps.attempt();
  }

  /** Takes an error that tells of an outage; answers false for every other. */
  took(error: unknown): boolean {
    if (!(error instanceof LedgerUnavailable)) return false;
    this.#failedAt = performance.now();
    if (this.#since === undefined) this.#begin(error);
    return true;
  }

  /** Notes that something was written. */
  worked(): void {
    if (this.#since === undefined || performance.now() - this.#failedAt < QUIET_MS) return;
    const seconds = Math.round((performance.now() - this.#since) / 1_000);
    this.#since = undefined;
    clearTimeout(this.#timer);
    this.#deps.changed(false);
    this.#deps.log.info({ seconds }, 'The database can be used again; what waited goes on');
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #begin(error: LedgerUnavailable): void {
    this.#since = performance.now();
    this.#cause = error.cause;
    this.#deps.changed(true);
    this.#deps.log.error(
      { err: error.cause },
      'The database cannot be used: webhooks and calls are refused (503) until it can. What was acknowledged is kept',
    );
    this.#tryLater();
  }

  #tryLater(): void {
    if (this.#stopped || !this.isOn) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#try(), TRY_MS);
    this.#timer.unref();
  }

  async #try(): Promise<void> {
    try {
      await this.#deps.attempt();
      this.worked();
    } catch (error) {
      if (!this.took(error)) this.#deps.log.error({ err: error }, 'The database could not be tried');
    }
    this.#tryLater();
  }
}
