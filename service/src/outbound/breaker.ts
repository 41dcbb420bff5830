/**
 * Breaks off an account's sends. A provider that is down takes requests and proves nothing by its answers: whatever is sent into that is lost sight
 * of. After such an answer the account's other sends wait, longer each time, and one goes as a probe; an answer that only a provider that works can give
 * lets them all go on. Each process finds out by itself: it costs one message, and nothing has to be stored.
 */
import type { Clock } from '../core/clock.ts';
import type { SendError, SendErrorKind } from '../core/errors.ts';
import type { Log } from '../core/log.ts';

const BASE_MS = 1_000;
const LONGEST_MS = 30_000;
/** A probe that is not answered by then is taken for lost. */
const PROBE_MS = 60_000;

/** Answers that a provider gives only when it works. */
const WORKS: readonly SendErrorKind[] = ['session_closed', 'opted_out', 'rejected', 'throttled', 'settings'];
/** Answers that tell that it does not, or nothing. */
const FAILS: readonly SendErrorKind[] = ['uncertain', 'unreachable', 'unavailable'];

/** Says what is known of an account whose provider proves nothing. */
interface Trip {
  /** Counts those in a row, one for each probe. */
  failures: number;
  /** Nothing starts before, by the monotonic clock. */
  until: number;
  isProbing: boolean;
}

export interface BreakerDeps {
  clock: Pick<Clock, 'monotonic'>;
  log: Pick<Log, 'info' | 'warn'>;
}

/** Holds back sends of accounts whose provider is down. */
export class Breaker {
  readonly #deps: BreakerDeps;
  readonly #trips = new Map<string, Trip>();

  constructor(deps: BreakerDeps) {
    this.#deps = deps;
  }

  /** Tells whether sends of the account may start: undefined: all may; 0: one may, as the probe; else after how many milliseconds to ask again. */
  probe(accountId: string): number | undefined {
    const trip = this.#trips.get(accountId);
    if (trip === undefined) return undefined;
    const now = this.#deps.clock.monotonic();
    const waitMs = trip.until - now;
    if (waitMs > 0) return waitMs;
    Object.assign(trip, { until: now + PROBE_MS, isProbing: true });
    return 0;
  }

  /** Cancels a probe that was not made, as there was nothing to send. The next send may make it. */
  cancelProbe(accountId: string): void {
    const trip = this.#trips.get(accountId);
    if (trip?.isProbing) Object.assign(trip, { until: this.#deps.clock.monotonic(), isProbing: false });
  }

  /** Learns from the answer to a send. */
  answered(accountId: string, outcome: 'accepted' | SendError): void {
    const { kind, details } = outcome === 'accepted' ? { kind: outcome, details: {} } : outcome;
    if (kind === 'accepted' || WORKS.includes(kind)) return this.#close(accountId);
    const trip = this.#trips.get(accountId);
    if (trip === undefined) {
      const isOfAccount = (details.scope ?? 'account') === 'account';
      if (kind === 'uncertain' && isOfAccount) this.#open(accountId, outcome as SendError);
    } else if (!trip.isProbing) {
      // It was under way when the first one failed.
    } else if (FAILS.includes(kind)) {
      const failures = trip.failures + 1;
      Object.assign(trip, { failures, until: this.#deps.clock.monotonic() + pauseMs(failures), isProbing: false });
    } else {
      this.cancelProbe(accountId);
    }
  }

  #open(accountId: string, { message: reason }: SendError): void {
    const { clock, log } = this.#deps;
    this.#trips.set(accountId, { failures: 1, until: clock.monotonic() + pauseMs(1), isProbing: false });
    const facts = { account: accountId, reason };
    log.warn(
      facts,
      'The provider answers in a way that proves nothing: what is to be sent waits, and one message at a time tries it',
    );
  }

  #close(accountId: string): void {
    if (this.#trips.delete(accountId)) this.#deps.log.info({ account: accountId }, 'The provider works again');
  }
}

function pauseMs(failures: number): number {
  return Math.min(LONGEST_MS, BASE_MS * 2 ** Math.min(failures - 1, 10));
}
