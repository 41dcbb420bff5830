/** Ends the wait of a message that nobody told about: an uncertain send becomes unknown, a held message expires. */
import type { Accounts } from '../accounts/accounts.ts';
import type { Job, JobHandler, Outbox } from '../outbox/outbox.ts';
import type { Ledger } from '../store/ledger.ts';
import * as messages from '../store/message.store.ts';
import type { Outcomes } from './outcomes.ts';

export interface SettleDeps {
  ledger: Ledger;
  outbox: Outbox;
  accounts: Accounts;
  outcomes: Outcomes;
}

export class SettleHandler implements JobHandler {
  readonly kind = 'settle';
  readonly concurrency = 4;
  readonly #deps: SettleDeps;

  constructor(deps: SettleDeps) {
    this.#deps = deps;
  }

  async run(job: Job): Promise<void> {
    const { ledger, outbox, accounts, outcomes } = this.#deps;
    const { messageId, waitingAs } = job.payload as { messageId: string; waitingAs: string };
    await ledger.write(async (tx) => {
      const message = await messages.find(tx.db, messageId);
      const account = message && accounts.find(message.account_id);
      await outbox.finish(tx, job);
      if (account === undefined || message?.status !== waitingAs) return;
      if (waitingAs === 'uncertain') return outcomes.unknown(tx, account, messageId);
      const error = { code: 'expired', message: 'The contact did not write while the message was held' };
      await outcomes.failed(tx, account, messageId, error);
    });
  }
}
