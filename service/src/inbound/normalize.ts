/** Reads receipts: every fact in a webhook becomes rows and events, a few receipts in one unit of work, in order. */
import { z } from 'zod';
import type { Accounts } from '../connectors/accounts.ts';
import type { Connections } from '../connectors/connections.ts';
import type { LiveAccount } from '../connectors/live.ts';
import { digestsOf, requestOf } from '../connectors/receive/accept.ts';
import { normalizeJob } from '../connectors/normalize-job.ts';
import { Pace } from '../connectors/receive/pace.ts';
import type { Clock } from '../core/clock.ts';
import type { Load } from '../core/load.ts';
import type { Observer } from '../core/observer.ts';
import { ParleyError } from '../core/errors.ts';
import { identitiesIn } from '../core/identity.ts';
import type { Job, JobHandler, Outbox } from '../outbox/outbox.ts';
import { accountInThread } from '../store/conversation-list.store.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Tx } from '../store/unit-of-work.ts';
import * as erasures from '../store/receipt-keeping.store.ts';
import * as receipts from '../store/receipt.store.ts';
import type { DeadReceipt, Death, Receipt } from '../store/receipt.store.ts';
import { LedgerUnavailable } from '../store/unavailable.ts';
import type { Applier } from './apply.ts';
import type { LeftOutHeeder } from './left-out.ts';
import { rereadJob } from './reread.ts';
import { route, type Routed, type Target } from './route.ts';
import { Tries } from './tries.ts';

/** Bounds the receipts that are read in one batch: one commit, and no longer than a webhook may wait meanwhile. */
const BATCH = 32;
/** A receipt that failed this often is put aside with its body kept: it holds up every account of the connection, and is tried again alone. */
const MAX_ATTEMPTS = 3;

const MAX_REASON = 300;
/** Bounds the addresses that are kept of those that no account has. */
const MAX_ADDRESSES = 100;
const FATAL =
  'The service ended each time that it read this webhook, twice while it read nothing else: replay it with a version that can read it';

export interface NormalizeDeps {
  ledger: Ledger;
  outbox: Outbox;
  accounts: Accounts;
  applier: Applier;
  leftOut: LeftOutHeeder;
  clock: Clock;
  load: Load;
  observer: Pick<Observer, 'read'>;
  log: { warn(fields: Record<string, unknown>, message: string): void };
}

const CONNECTIONS_AT_A_TIME = 4;

const PAYLOAD = z.object({ connectionId: z.string() });

export class NormalizeHandler implements JobHandler<z.infer<typeof PAYLOAD>> {
  readonly kind = 'normalize';
  readonly payload = PAYLOAD;
  readonly concurrency: number;
  readonly #deps: NormalizeDeps;
  readonly #pace: Pace;
  readonly #tries: Tries;

  constructor(deps: NormalizeDeps) {
    this.#deps = deps;
    // On a ledger in this process reading is computing: two connections at a time would be no faster, and take twice the share from
    // acceptance. On a server it is waiting for answers.
    this.concurrency = deps.ledger.dialect.shared ? CONNECTIONS_AT_A_TIME : 1;
    this.#pace = new Pace(deps.load);
    this.#tries = new Tries(deps.ledger, deps.clock);
  }

  async run(job: Job<z.infer<typeof PAYLOAD>>): Promise<void> {
    const { connectionId } = job.payload;
    const found = await receipts.unprocessed(this.#deps.ledger.reader, connectionId, BATCH);
    const [first] = found;
    if (first !== undefined && this.#tries.isFatal(first)) return this.#leaveOut(first, job, connectionId);
    const waiting = this.#tries.together(found);
    const read = () => (job.attempts === 0 ? this.#readBatch : this.#oneByOne).call(this, waiting, job, connectionId);
    await this.#pace.run(() => this.#tries.during(waiting, read));
  }

  /** Puts aside what ended each process that read it, and goes on with the next. It is not tried again by itself. */
  async #leaveOut(receipt: Receipt, job: Job, connectionId: string): Promise<void> {
    await this.#deps.ledger.write(async (tx) => {
      await this.#putAside(tx, connectionId, receipt, { code: 'unreadable', reason: FATAL });
      await this.#finish(tx, job, connectionId);
    });
  }

  /** Reads, after a failure, each receipt in a unit of its own, so that those before the one that fails are read. */
  async #oneByOne(waiting: readonly Receipt[], job: Job, connectionId: string): Promise<void> {
    const [first, ...rest] = waiting;
    if (first !== undefined) await this.#try(first, job, connectionId);
    for (const receipt of rest) await this.#read([receipt], connectionId);
    await this.#deps.ledger.write((tx) => this.#finish(tx, job, connectionId));
  }

  /** Reads, at once, a webhook that was put aside. Throws what speaks against it; then it stays aside. */
  async replay(receipt: DeadReceipt): Promise<void> {
    const { ledger } = this.#deps;
    const { connectionId } = receipt;
    const { targets, strays } = await this.#route(connectionId, receipt);
    if (strays.length > 0) throw new ParleyError(409, 'account_required', strayReason(strays));
    await ledger.write(async (tx) => {
      if ((await receipts.requeue(tx, receipt.seq)) && (await this.#markRead(tx, connectionId, receipt)))
        await this.#apply(tx, receipt, targets, await erasures.leftOut(tx.db));
    });
  }

  /** Puts aside what cannot be read now, so that it holds up the connection no longer; it is tried again by itself. */
  async #try(receipt: Receipt, job: Job, connectionId: string): Promise<void> {
    try {
      await this.#read([receipt], connectionId);
    } catch (error) {
      if (error instanceof LedgerUnavailable || job.attempts < MAX_ATTEMPTS) throw error;
      const { ledger, outbox, clock } = this.#deps;
      await ledger.write(async (tx) => {
        const why = { code: 'unreadable' as const, reason: reasonOf(error) };
        if (await this.#putAside(tx, connectionId, receipt, why))
          await outbox.enqueue(tx, rereadJob(receipt.seq, clock.now()));
      });
    }
  }

  #readBatch(waiting: readonly Receipt[], job: Job, connectionId: string): Promise<void> {
    return this.#read(waiting, connectionId, (tx) => this.#finish(tx, job, connectionId));
  }

  /** Reads in one unit of work: all of the receipts or nothing, so that none is read before an earlier one. `then` ends the unit. */
  async #read(
    waiting: readonly Receipt[],
    connectionId: string,
    then: (tx: Tx) => Promise<void> = async () => undefined,
  ): Promise<void> {
    const read: { receipt: Receipt; routed: Routed }[] = [];
    for (const receipt of waiting) read.push({ receipt, routed: await this.#route(connectionId, receipt) });
    const channel = this.#deps.accounts.connections.find(connectionId)?.channel.id;
    await this.#deps.ledger.write(async (tx) => {
      const leftOut = await erasures.leftOut(tx.db);
      for (const { receipt, routed } of read) {
        if (!(await this.#settle(tx, connectionId, receipt, routed))) continue;
        await this.#apply(tx, receipt, routed.targets, leftOut);
        if (channel !== undefined) tx.afterCommit(() => this.#deps.observer.read(channel));
      }
      await then(tx);
    });
  }

  /** Keeps for a person what tells of accounts that nobody registered, whatever else it tells. False: it was read before. */
  #settle(tx: Tx, connectionId: string, receipt: Receipt, { strays }: Routed): Promise<boolean> {
    if (strays.length === 0) return this.#markRead(tx, connectionId, receipt);
    return this.#putAside(tx, connectionId, receipt, {
      code: 'no_account',
      reason: strayReason(strays),
      addresses: strays.filter((address) => address !== '').slice(0, MAX_ADDRESSES),
    });
  }

  #markRead(tx: Tx, connectionId: string, receipt: Receipt): Promise<boolean> {
    return receipts.markProcessed(tx, receipt, this.#digests(connectionId, receipt), this.#deps.clock.now());
  }

  #digests(connectionId: string, receipt: Receipt): receipts.Digests {
    const channel = this.#deps.accounts.connections.find(connectionId)?.channel;
    return digestsOf(connectionId, receipt, channel?.repeatsWithinMs);
  }

  async #apply(tx: Tx, receipt: Receipt, targets: readonly Target[], leftOut: erasures.LeftOut): Promise<void> {
    for (const target of targets) {
      const { event } = target;
      const account = await this.#placed(tx, target);
      const { contact } = event;
      // The person was erased after they wrote this.
      if (contact && leftOut(receipt.seq, identitiesIn(account, contact.identities))) {
        const at = Math.min(event.at ?? receipt.receivedAt, receipt.receivedAt);
        await this.#deps.leftOut.heed(tx, { account, event: { ...event, contact }, at });
      } else await this.#deps.applier.apply(tx, account, event, receipt.receivedAt);
    }
  }

  /** Finds the account of a fact that names none: the one whose conversation has its thread, else the one that hears what names nobody. */
  async #placed(tx: Tx, { account, event }: Target): Promise<LiveAccount> {
    if (event.address !== undefined || event.thread === undefined) return account;
    const below = this.#deps.accounts.connectionOf(account).accounts;
    if (below.length < 2) return account;
    const ids = below.map(({ id }) => id);
    const known = await accountInThread(tx.db, ids, event.thread);
    return below.find(({ id }) => id === known) ?? account;
  }

  #putAside(tx: Tx, connectionId: string, receipt: Receipt, why: Death): Promise<boolean> {
    const { seq } = receipt;
    const facts = { receipt: seq, connection: connectionId, code: why.code };
    tx.afterCommit(() => this.#deps.log.warn(facts, 'A webhook was put aside as a dead letter'));
    return receipts.putAside(tx, receipt, this.#digests(connectionId, receipt), this.#deps.clock.now(), why);
  }

  /** Finds whom each fact is for. Another process may have registered an account a moment ago. */
  async #route(connectionId: string, receipt: Receipt): Promise<Routed> {
    const { accounts } = this.#deps;
    const routed = routeNow(accounts.connections, connectionId, receipt);
    return routed.strays.length === 0
      ? routed
      : routeNow((await accounts.refreshed()).connections, connectionId, receipt);
  }

  async #finish(tx: Tx, job: Job, connectionId: string): Promise<void> {
    const hasMore = () => receipts.areWaiting(tx.db, connectionId);
    await this.#deps.outbox.finishOrRestart(tx, job, normalizeJob(connectionId), hasMore);
  }
}

function routeNow(connections: Connections, id: string, receipt: Receipt): Routed {
  const connection = connections.findAt(id, receipt.receivedAt);
  if (connection === undefined) return { targets: [], strays: [''] };
  return route(connection, requestOf(receipt), (address) => connections.hasElsewhere(connection, address));
}

/** Makes a reason for the person who looks at it. */
export function reasonOf(error: unknown): string {
  return String(error).slice(0, MAX_REASON);
}

/** Says which accounts are missing, as providers call them. */
function strayReason(strays: readonly string[]): string {
  const named = strays.filter((address) => address !== '').join(', ');
  if (named === '')
    return 'Every account of this connection was deleted: register one of them again, with its former secret, then replay';
  const reason = `No account is registered for ${named} with the secret of this webhook`;
  return `${reason.slice(0, MAX_REASON)}: register it, then replay`;
}
