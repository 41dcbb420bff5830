/** Reads receipts: every fact in a webhook becomes rows and events, a few receipts in one unit of work, in order. */
import type { Accounts, LiveAccount } from '../connectors/accounts.ts';
import type { ChannelEvent, RawRequest } from '../channels/channel.ts';
import type { Clock } from '../core/clock.ts';
import { ParleyError, VerificationError } from '../core/errors.ts';
import { identitiesIn } from '../core/identity.ts';
import type { Job, JobHandler, Outbox } from '../outbox/outbox.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Tx } from '../store/unit-of-work.ts';
import * as erasures from '../store/erasure.store.ts';
import * as receipts from '../store/receipt.store.ts';
import type { DeadReceipt, Receipt } from '../store/receipt.store.ts';
import { LedgerUnavailable } from '../store/unavailable.ts';
import { digestOf, normalizeJob, requestOf } from '../connectors/receive/accept.ts';
import type { Applier } from './apply.ts';
import { Pace } from '../connectors/receive/pace.ts';

/** Receipts read in one turn: one commit, and no longer than a webhook may wait meanwhile. */
const BATCH = 32;
/** A receipt that failed this often is put aside with its body kept, so that it cannot hold up the account for ever. */
const MAX_ATTEMPTS = 12;

const MAX_REASON = 300;

export interface NormalizeDeps {
  ledger: Ledger;
  outbox: Outbox;
  accounts: Accounts;
  applier: Applier;
  clock: Clock;
  /** How many webhooks were accepted so far. */
  accepted(): number;
  /** Told of each webhook that was read: once, however often it was posted. */
  read(channel: string): void;
  log: { warn(fields: Record<string, unknown>, message: string): void };
}

interface Target {
  account: LiveAccount;
  event: ChannelEvent;
}

/** Accounts by the address that webhooks name them by, for as long as a turn takes. */
type Named = Map<string, LiveAccount[]>;

const ACCOUNTS_AT_A_TIME = 4;

export class NormalizeHandler implements JobHandler {
  readonly kind = 'normalize';
  readonly concurrency: number;
  readonly #deps: NormalizeDeps;
  readonly #pace: Pace;

  constructor(deps: NormalizeDeps) {
    this.#deps = deps;
    // On a ledger in this process reading is computing: two accounts at a time would be no faster, and take twice the share from
    // acceptance. On a server it is waiting for answers.
    this.concurrency = deps.ledger.dialect.shared ? ACCOUNTS_AT_A_TIME : 1;
    this.#pace = new Pace(deps.accepted);
  }

  async run(job: Job): Promise<void> {
    const { accountId } = job.payload as { accountId: string };
    const { ledger, accounts } = this.#deps;
    const account = await accounts.known(accountId);
    // After a failure one by one, so that only the one that fails is held up.
    const waiting = await receipts.unprocessed(ledger.reader, accountId, job.attempts === 0 ? BATCH : 1);
    const turn = () => this.#turn(account, waiting, job, accountId);
    await this.#pace.turn(job.attempts < MAX_ATTEMPTS ? turn : () => this.#lastTry(turn, waiting, job, accountId));
  }

  /** Reads, at once, a webhook that was put aside. Throws what speaks against it; then it stays aside. */
  async replay(receipt: DeadReceipt): Promise<void> {
    const { ledger, accounts } = this.#deps;
    const account = await accounts.known(receipt.accountId);
    if (account === undefined)
      throw new ParleyError(409, 'account_required', 'The account of this webhook was deleted');
    const targets = await this.#targets(account, receipt);
    await ledger.write(async (tx) => {
      if ((await receipts.takeBack(tx, receipt.seq)) && (await this.#markRead(tx, receipt.accountId, receipt)))
        await this.#apply(tx, receipt, targets, await erasures.leftOut(tx.db));
    });
  }

  /** What cannot be read now is put aside, so that it holds up the account no longer. */
  async #lastTry(turn: () => Promise<void>, waiting: readonly Receipt[], job: Job, accountId: string): Promise<void> {
    try {
      await turn();
    } catch (error) {
      if (error instanceof LedgerUnavailable) throw error;
      await this.#deps.ledger.write(async (tx) => {
        for (const one of waiting) await this.#putAside(tx, accountId, one, reasonOf(error));
        await this.#finish(tx, job, accountId);
      });
    }
  }

  /** One unit of work: all of the turn or nothing, so that no receipt is read before an earlier one. */
  async #turn(
    account: LiveAccount | undefined,
    waiting: readonly Receipt[],
    job: Job,
    accountId: string,
  ): Promise<void> {
    const read: { receipt: Receipt; targets: Target[] }[] = [];
    const named: Named = new Map();
    for (const receipt of waiting) {
      read.push({ receipt, targets: account === undefined ? [] : await this.#targets(account, receipt, named) });
    }
    await this.#deps.ledger.write(async (tx) => {
      const leftOut = await erasures.leftOut(tx.db);
      for (const { receipt, targets } of read) {
        if (!(await this.#markRead(tx, accountId, receipt))) continue;
        await this.#apply(tx, receipt, targets, leftOut);
        if (account !== undefined) tx.afterCommit(() => this.#deps.read(account.channel.id));
      }
      await this.#finish(tx, job, accountId);
    });
  }

  #markRead(tx: Tx, accountId: string, receipt: Receipt): Promise<boolean> {
    return receipts.markProcessed(tx, receipt, digestOf(accountId, receipt.body), this.#deps.clock.now());
  }

  async #apply(tx: Tx, receipt: Receipt, targets: readonly Target[], leftOut: erasures.LeftOut): Promise<void> {
    for (const { account, event } of targets) {
      // The person was erased after they wrote this.
      if (leftOut(receipt.seq, identitiesIn(account, event.contact?.identities ?? []))) continue;
      await this.#deps.applier.apply(tx, account, event, receipt.receivedAt);
    }
  }

  async #putAside(tx: Tx, accountId: string, receipt: Receipt, reason: string): Promise<void> {
    const digest = digestOf(accountId, receipt.body);
    await receipts.putAside(tx, receipt, digest, this.#deps.clock.now(), reason);
    const { seq } = receipt;
    tx.afterCommit(() => this.#deps.log.warn({ receipt: seq }, 'A webhook could not be read and was put aside'));
  }

  /** Whom each fact is for. A fact for another account than the one called counts only if that account's own secret verifies it. */
  async #targets(called: LiveAccount, receipt: Receipt, named: Named = new Map()): Promise<Target[]> {
    const request = requestOf(receipt);
    const entitled = new Map<string | undefined, LiveAccount[]>([[undefined, [called]]]);
    const targets: Target[] = [];
    for (const event of called.channel.parse(request, called.settings)) {
      const accounts = entitled.get(event.address) ?? (await this.#entitled(called, request, event.address, named));
      entitled.set(event.address, accounts);
      if (accounts.length === 0) {
        this.#deps.log.warn({ account: called.id, receipt: receipt.seq, event: event.type }, 'No account for an event');
      }
      for (const account of accounts) targets.push({ account, event });
    }
    return targets;
  }

  async #entitled(called: LiveAccount, request: RawRequest, address = '', named: Named): Promise<LiveAccount[]> {
    const accounts = named.get(address) ?? (await this.#deps.accounts.byAddress(called.channel.id, address));
    named.set(address, accounts);
    return accounts.filter((account) => account.id === called.id || isAuthentic(request, account));
  }

  async #finish(tx: Tx, job: Job, accountId: string): Promise<void> {
    const hasMore = async () => (await receipts.unprocessed(tx.db, accountId, 1)).length > 0;
    await this.#deps.outbox.finishOrRestart(tx, job, normalizeJob(accountId), hasMore);
  }
}

/** For the person who looks at it. */
export function reasonOf(error: unknown): string {
  return String(error).slice(0, MAX_REASON);
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
