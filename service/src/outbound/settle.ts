/** Ends the wait of a message that nobody told about: an uncertain send becomes unknown, a held message expires. */
import type { Accounts } from '../accounts/accounts.ts';
import type { Clock } from '../core/clock.ts';
import type { Job, JobHandler, Outbox } from '../outbox/outbox.ts';
import type { Ledger, Tx } from '../store/ledger.ts';
import * as messages from '../store/message.store.ts';
import type { MessageRow } from '../store/message.store.ts';
import type { Outcomes } from './outcomes.ts';

export interface SettleDeps {
  ledger: Ledger;
  outbox: Outbox;
  accounts: Accounts;
  outcomes: Outcomes;
  clock: Clock;
}

const EXPIRED = { code: 'expired', message: 'The contact did not write while the message was held' };

export class SettleHandler implements JobHandler {
  readonly kind = 'settle';
  readonly concurrency = 4;
  readonly #deps: SettleDeps;

  constructor(deps: SettleDeps) {
    this.#deps = deps;
  }

  async run(job: Job): Promise<void> {
    const { ledger, outbox, accounts, outcomes } = this.#deps;
    const { messageId, waitingAs, since } = job.payload as { messageId: string; waitingAs: string; since: number };
    await ledger.write(async (tx) => {
      const message = await messages.hold(tx, messageId);
      const account = message && (await accounts.known(message.account_id));
      await outbox.finish(tx, job);
      // Released and held again meanwhile: that wait has a job of its own.
      if (message?.status !== waitingAs || message.status_at !== since) return;
      if (account === undefined) return this.#orphaned(tx, message);
      if (waitingAs === 'uncertain') return outcomes.unknown(tx, account, messageId);
      await outcomes.failed(tx, account, messageId, EXPIRED);
    });
  }

  /** The account was deleted meanwhile: there is nobody to tell by an event, the message itself says how it ended. */
  async #orphaned(tx: Tx, { id, status }: MessageRow): Promise<void> {
    const now = this.#deps.clock.now();
    const ended = { status_at: now, dead_at: now };
    if (status === 'uncertain') return messages.update(tx, id, { ...ended, status: 'unknown' });
    await messages.update(tx, id, { ...ended, status: 'failed', error: JSON.stringify(EXPIRED) });
  }
}
