/** Confirms a stop that was read, once: the provider has not answered it, and whoever did not mean it learns how to take it back. */
import { z } from 'zod';
import { ParleyError } from '../../core/errors.ts';
import { iso } from '../../core/clock.ts';
import type { WatchedClock } from '../../core/watched-clock.ts';
import type { Admission } from '../../outbound/admit.ts';
import type { JobHandler, Outbox, OutboxJob } from '../../outbox/outbox.ts';
import type { Ledger } from '../../store/ledger.ts';
import { CONFIRM_MS } from './rule.ts';
import { confirmationText } from './texts.ts';
import { MARKETING } from './wishes.ts';

const CONFIRMATION = z.object({
  accountId: z.string(),
  conversationId: z.string(),
  topic: z.string(),
  certainty: z.enum(['exact', 'likely']),
  language: z.string(),
  /** Milliseconds since the epoch. */
  stoppedAt: z.number(),
});
/** Says what was read, and where it is answered. */
export type Confirmation = z.infer<typeof CONFIRMATION>;

const KIND = 'confirm-stop';

/** Makes the job that confirms a stop, one for each. */
export function confirmationJob(payload: Confirmation): OutboxJob {
  const key = `${KIND}:${payload.conversationId}:${payload.stoppedAt}`;
  return { kind: KIND, key, payload };
}

export interface ConfirmationDeps {
  ledger: Ledger;
  outbox: Outbox;
  admission: Pick<Admission, 'admit'>;
  clock: Pick<WatchedClock, 'reached'>;
}

export function confirmations({ ledger, outbox, admission, clock }: ConfirmationDeps): JobHandler<Confirmation> {
  return {
    kind: KIND,
    payload: CONFIRMATION,
    concurrency: 2,
    async run(job) {
      const { conversationId, stoppedAt, topic, certainty, language } = job.payload;
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
