/** Confirms a stop that was read, once: the provider has not answered it, and whoever did not mean it learns how to take it back. */
import { ParleyError } from '../../core/errors.ts';
import { iso } from '../../core/clock.ts';
import type { WatchedClock } from '../../core/watched-clock.ts';
import type { Admission } from '../../outbound/admit.ts';
import type { Job, JobHandler, Outbox, OutboxJob } from '../../outbox/outbox.ts';
import type { Ledger } from '../../store/ledger.ts';
import { CONFIRM_MS } from './rule.ts';
import { confirmationText } from './texts.ts';
import { MARKETING } from './wishes.ts';

/** What was read, and where it is answered. */
export interface Confirmation {
  accountId: string;
  conversationId: string;
  topic: string;
  certainty: 'exact' | 'likely';
  language: string;
  /** Milliseconds since the epoch. */
  stoppedAt: number;
}

const KIND = 'confirm-stop';

/** Makes the job that confirms a stop, one for each. */
export function confirmationJob(payload: Confirmation): OutboxJob {
  const key = `${KIND}:${payload.conversationId}:${payload.stoppedAt}`;
  return { kind: KIND, key, payload: { ...payload } };
}

export interface ConfirmationDeps {
  ledger: Ledger;
  outbox: Outbox;
  admission: Pick<Admission, 'admit'>;
  clock: Pick<WatchedClock, 'reached'>;
}

export function confirmations({ ledger, outbox, admission, clock }: ConfirmationDeps): JobHandler {
  return {
    kind: KIND,
    concurrency: 2,
    async run(job: Job) {
      const { conversationId, stoppedAt, topic, certainty, language } = job.payload as Pick<
        Confirmation,
        keyof Confirmation
      >;
      const until = stoppedAt + CONFIRM_MS;
      if (clock.reached() < until) {
        const text = confirmationText(language, { isMarketing: topic === MARKETING, isLikely: certainty === 'likely' });
        const send = { to: { conversationId }, content: { type: 'text' as const, text }, expiresAt: iso(until) };
        // Where it may not be sent (a closed window, a person who answers), there is none: the stop holds without it.
        await admission.admit(send, job.key ?? '').catch((error: unknown) => {
          if (!(error instanceof ParleyError)) throw error;
        });
      }
      await ledger.write((tx) => outbox.finish(tx, job));
    },
  };
}
