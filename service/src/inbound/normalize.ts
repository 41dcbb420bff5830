/** Reads receipts: every fact in a webhook becomes rows and events, in one unit of work for each receipt, in order. */
import type { Accounts, LiveAccount } from '../accounts/accounts.ts';
import type { ChannelEvent, RawRequest } from '../channels/channel.ts';
import type { Clock } from '../core/clock.ts';
import { VerificationError } from '../core/errors.ts';
import type { Job, JobHandler, Outbox } from '../outbox/outbox.ts';
import type { Ledger, Tx } from '../store/ledger.ts';
import * as receipts from '../store/receipt.store.ts';
import type { Receipt } from '../store/receipt.store.ts';
import { normalizeJob, requestOf } from './accept.ts';
import type { Applier } from './apply.ts';
import { Pace } from './pace.ts';

/** Receipts read in one turn: one commit, and no longer than a webhook may wait meanwhile. */
const BATCH = 32;
/** A receipt that failed this often is put aside with its body kept, so that it cannot hold up the account for ever. */
const MAX_ATTEMPTS = 12;

export interface NormalizeDeps {
  ledger: Ledger;
  outbox: Outbox;
  accounts: Accounts;
  applier: Applier;
  clock: Clock;
  /** How many webhooks were accepted so far. */
  accepted(): number;
  log: { warn(fields: Record<string, unknown>, message: string): void };
}

interface Target {
  account: LiveAccount;
  event: ChannelEvent;
}

export class NormalizeHandler implements JobHandler {
  readonly kind = 'normalize';
  /** Reading is computing: two accounts at a time would be no faster, and take twice the share from acceptance. */
  readonly concurrency = 1;
  readonly #deps: NormalizeDeps;
  readonly #pace: Pace;

  constructor(deps: NormalizeDeps) {
    this.#deps = deps;
    this.#pace = new Pace(deps.accepted);
  }

  async run(job: Job): Promise<void> {
    const { accountId } = job.payload as { accountId: string };
    const { ledger, accounts } = this.#deps;
    const account = accounts.find(accountId);
    const waiting = await receipts.unprocessed(ledger.reader, accountId, BATCH);
    await this.#pace.turn(() => this.#readInOrder(account, waiting, job, accountId));
  }

  /** Each receipt is a unit of work; when one fails, none after it is read before it, and the job is not finished. */
  async #readInOrder(
    account: LiveAccount | undefined,
    waiting: readonly Receipt[],
    job: Job,
    accountId: string,
  ): Promise<void> {
    const read: { receipt: Receipt; targets: Target[] }[] = [];
    for (const [index, receipt] of waiting.entries()) {
      const putAside = index === 0 && job.attempts >= MAX_ATTEMPTS;
      if (putAside) this.#deps.log.warn({ receipt: receipt.seq }, 'A webhook could not be read and was put aside');
      const targets = account === undefined || putAside ? [] : await this.#targets(account, receipt);
      read.push({ receipt, targets });
    }
    let stuck = false;
    const units = read.map(({ receipt, targets }) =>
      this.#deps.ledger.write(async (tx) => {
        if (stuck) return;
        stuck = true;
        await this.#apply(tx, receipt, targets);
        stuck = false;
      }),
    );
    // In the same commit as the units: a turn costs one fsync.
    const end = this.#deps.ledger.write((tx) => (stuck ? Promise.resolve() : this.#finish(tx, job, accountId)));
    await Promise.all([...units, end]);
  }

  async #apply(tx: Tx, receipt: Receipt, targets: readonly Target[]): Promise<void> {
    if (!(await receipts.markProcessed(tx, receipt.seq, this.#deps.clock.now()))) return;
    for (const { account, event } of targets) await this.#deps.applier.apply(tx, account, event, receipt.receivedAt);
  }

  /** Whom each fact is for. A fact for another account than the one called counts only if that account's own secret verifies it. */
  async #targets(called: LiveAccount, receipt: Receipt): Promise<Target[]> {
    const request = requestOf(receipt);
    const targets: Target[] = [];
    for (const event of called.channel.parse(request, called.settings)) {
      const named =
        event.address === undefined ? [called] : await this.#deps.accounts.byAddress(called.channel.id, event.address);
      const entitled = named.filter((account) => account.id === called.id || isAuthentic(request, account));
      if (entitled.length === 0) {
        this.#deps.log.warn({ account: called.id, receipt: receipt.seq, event: event.type }, 'No account for an event');
      }
      for (const account of entitled) targets.push({ account, event });
    }
    return targets;
  }

  async #finish(tx: Tx, job: Job, accountId: string): Promise<void> {
    const { outbox } = this.#deps;
    await outbox.finish(tx, job);
    const more = await receipts.unprocessed(tx.db, accountId, 1);
    if (more.length > 0) await outbox.enqueue(tx, normalizeJob(accountId));
  }
}

function isAuthentic(request: RawRequest, account: LiveAccount): boolean {
  try {
    account.channel.verify(request, account.settings);
    return true;
  } catch (error) {
    if (error instanceof VerificationError) return false;
    throw error;
  }
}
