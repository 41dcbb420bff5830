import { Controller, Get, Inject, Injectable } from '@nestjs/common';
import { ParleyError } from '../core/errors.ts';
import { LedgerUnavailable } from '../store/unavailable.ts';
import { LOGGER, type Logger } from './logger.ts';

/** Checks something the service cannot work without. `check` rejects when it does not work, and should take milliseconds. */
export interface ReadinessCheck {
  /** Told to anybody who asks: no addresses. */
  name: string;
  check(): Promise<void>;
}
/** Is the injection token of the `ReadinessCheck[]`. */
export const READINESS_CHECKS = Symbol('ReadinessCheck[]');

const CHECK_TIMEOUT_MS = 2_000;

/** Tells whether the service is on its way out: still answering, but to be given nothing new. */
@Injectable()
export class Drain {
  #draining = false;

  get draining(): boolean {
    return this.#draining;
  }

  start(): void {
    this.#draining = true;
  }
}

/**
 * Answers `/healthz`, that the process lives, and `/readyz`, that it can do its work; a load balancer sends requests only while `/readyz` says so.
 */
@Controller()
export class HealthController {
  readonly #checks: readonly ReadinessCheck[];
  readonly #drain: Drain;
  readonly #logger: Logger;

  constructor(
    @Inject(READINESS_CHECKS) checks: readonly ReadinessCheck[],
    @Inject(Drain) drain: Drain,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#checks = checks;
    this.#drain = drain;
    this.#logger = logger;
  }

  @Get('healthz')
  health(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('readyz')
  async ready(): Promise<{ status: 'ready' }> {
    if (this.#drain.draining) throw notReady('The service is stopping.', ['draining']);
    const results = await Promise.all(
      this.#checks.map(async (check) => ((await this.#passes(check)) ? [] : [check.name])),
    );
    const failing = results.flat();
    if (failing.length > 0) throw notReady(`Not working: ${failing.join(', ')}. The log says why.`, failing);
    return { status: 'ready' };
  }

  async #passes(check: ReadinessCheck): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('the check did not end')), CHECK_TIMEOUT_MS);
    });
    try {
      await Promise.race([check.check(), tooLate]);
      return true;
    } catch (error) {
      // An outage of the database is told once, not by each check.
      if (!(error instanceof LedgerUnavailable))
        this.#logger.warn({ err: error, check: check.name }, 'readiness check failed');
      return false;
    } finally {
      clearTimeout(timer);
    }
  }
}

function notReady(detail: string, failing: string[]): ParleyError {
  return new ParleyError(503, 'overloaded', detail, { failing });
}
