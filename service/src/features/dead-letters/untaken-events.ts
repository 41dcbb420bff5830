/** Shows dead letters of the type `event`, what a workflow was promised and did not take, and promises them to it once more. */
import type { DeadLetterDetails, ReplayedDeadLetter } from '../../../../contract/dead-letter.ts';
import { ParleyError } from '../../core/errors.ts';
import type { Publisher } from '../../events/publish.ts';
import * as store from '../../store/dead-event.store.ts';
import { accountNames } from '../../store/dead-letter.store.ts';
import type { Ledger } from '../../store/ledger.ts';
import { deadLetterOfEvent, NO_ACCOUNT, unknown } from './dead-letter.ts';

/** Bounds the event that is shown. */
const MAX_BODY_BYTES = 256 * 1024;

export interface UntakenEventsDeps {
  ledger: Ledger;
  publisher: Pick<Publisher, 'revive'>;
}

/** Shows and replays them. */
export class UntakenEvents {
  readonly #deps: UntakenEventsDeps;

  constructor(deps: UntakenEventsDeps) {
    this.#deps = deps;
  }

  /** Throws `not_found`. */
  async get(seq: number, id: string): Promise<DeadLetterDetails> {
    const { reader } = this.#deps.ledger;
    const dead = await store.find(reader, seq);
    if (dead === undefined) throw unknown(id);
    const names = await accountNames(reader, [dead.accountId]);
    const shown = deadLetterOfEvent(dead, names.get(dead.accountId) ?? NO_ACCOUNT);
    const body = dead.json;
    return Buffer.byteLength(body) > MAX_BODY_BYTES ? shown : { ...shown, body };
  }

  /** Promises it to the workflow's subscription of today. Throws `not_found`, and `subscription_ended` when the workflow has none. */
  async replay(seq: number, id: string): Promise<ReplayedDeadLetter> {
    return this.#deps.ledger.write(async (tx) => {
      const dead = await store.find(tx.db, seq);
      if (dead === undefined) throw unknown(id);
      const trigger = { url: dead.url, accountId: dead.subscriptionAccountId };
      if (!(await this.#deps.publisher.revive(tx, trigger, { seq: dead.eventSeq, event: dead.event }))) throw ended();
      await store.remove(tx, seq);
      return { id };
    });
  }
}

function ended(): ParleyError {
  const detail =
    'The workflow that was to get this event is switched off, or has another address. Activate it, and replay the event then.';
  return new ParleyError(409, 'subscription_ended', detail);
}
