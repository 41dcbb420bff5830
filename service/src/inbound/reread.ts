/** Tries webhooks that were put aside once more, alone: what spoke against them may be over, and nobody waits for them meanwhile. */
import { z } from 'zod';
import { ParleyError } from '../core/errors.ts';
import type { Job, JobHandler, Outbox, OutboxJob } from '../outbox/outbox.ts';
import type { Ledger } from '../store/ledger.ts';
import * as receipts from '../store/receipt.store.ts';
import type { DeadReceipt } from '../store/receipt.store.ts';
import { LedgerUnavailable } from '../store/unavailable.ts';

const KIND = 'reread';
/** Delays the first try after the webhook was put aside, milliseconds. */
const FIRST_MS = 10_000;
/** Bounds the tries, which take about a quarter of an hour with the pauses between them; then a person decides. */
const MAX_ATTEMPTS = 10;

const PAYLOAD = z.object({ seq: z.number() });

/** Makes the job that tries a webhook again. */
export function rereadJob(seq: number, now: number): OutboxJob {
  return { kind: KIND, key: `${KIND}:${seq}`, payload: { seq }, dueAt: now + FIRST_MS };
}

/** Lists what `RereadHandler` works with. */
export interface RereadDeps {
  ledger: Ledger;
  outbox: Outbox;
  /** Reads a webhook at once; throws what speaks against it. */
  reader: { replay(receipt: DeadReceipt): Promise<void> };
}

/** Reads webhooks again that were put aside, until they are read or a person is needed. */
export class RereadHandler implements JobHandler<z.infer<typeof PAYLOAD>> {
  readonly kind = KIND;
  readonly payload = PAYLOAD;
  readonly concurrency = 1;
  readonly #deps: RereadDeps;

  constructor(deps: RereadDeps) {
    this.#deps = deps;
  }

  async run(job: Job<z.infer<typeof PAYLOAD>>): Promise<void> {
    const { ledger, outbox, reader } = this.#deps;
    const { seq } = job.payload;
    const receipt = await receipts.findDead(ledger.reader, seq);
    try {
      if (receipt !== undefined) await reader.replay(receipt);
    } catch (error) {
      if (error instanceof LedgerUnavailable) throw error;
      // An account that is missing is for a person to register.
      if (!(error instanceof ParleyError) && job.attempts < MAX_ATTEMPTS) throw error;
    }
    await ledger.write((tx) => outbox.finish(tx, job));
  }
}
