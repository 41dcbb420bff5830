/** Manages subscriptions, workflows' wishes for events: made when a trigger is activated, ended when it is deactivated. */
import { randomBytes } from 'node:crypto';
import type { AccountRef } from '../../../contract/channel.ts';
import type { CreatedSubscription, CreateSubscription, SendMessage, Subscription } from '../../../contract/api.ts';
import { encodeSecret } from '../../../contract/signature.ts';
import type { Sealer } from '../core/sealer.ts';
import { iso } from '../core/clock.ts';
import type { WatchedClock } from '../core/watched-clock.ts';
import { ParleyError } from '../core/errors.ts';
import type { UrlRules } from '../core/http.ts';
import type { Ids } from '../core/ids.ts';
import type { Log } from '../core/log.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Tx } from '../store/unit-of-work.ts';
import type { Outbox } from '../outbox/outbox.ts';
import * as conversations from '../store/conversation.store.ts';
import { isolatedShards } from '../store/isolation.store.ts';
import * as store from '../store/subscription.store.ts';
import type { Filter, NewSubscription } from '../store/subscription.store.ts';
import { HAND_OVER_MS } from './patience.ts';
import { deliverJobs, expireJob } from './shards.ts';

/** Describes the accounts that subscriptions name. */
export interface NamedAccounts {
  /** Finds an account by what a workflow calls it. Throws `account_required`. */
  required(ref: AccountRef): Promise<{ id: string }>;
  find(id: string): { channel: { id: string }; externalId: string } | undefined;
}

/** Lists what the subscriptions work with. */
export interface SubscriptionsDeps {
  ledger: Ledger;
  outbox: Outbox;
  accounts: NamedAccounts;
  sealer: Sealer;
  clock: WatchedClock;
  ids: Ids;
  /** Throws `forbidden_url` for a URL that may not be called. */
  urls: UrlRules;
  log: Pick<Log, 'info'>;
}

/** Says whom to call with the answer, until when. */
type Wait = NonNullable<SendMessage['wait']>;

/** Describes the question whose answer is waited for. */
export interface WaitedMessage {
  id: string;
  accountId: string;
  conversationId: string;
  /** Tells that a person asked. */
  byPerson: boolean;
}

/** Makes, shows and ends subscriptions. */
export class Subscriptions {
  readonly #deps: SubscriptionsDeps;

  constructor(deps: SubscriptionsDeps) {
    this.#deps = deps;
  }

  async create(asked: CreateSubscription): Promise<CreatedSubscription> {
    this.#deps.urls.checkUrl(asked.url);
    const account = asked.account && (await this.#deps.accounts.required(asked.account));
    const { url, account: _, maxBatch = 1, confirms, ...filter } = asked;
    const secret = encodeSecret(randomBytes(32));
    const row = this.#row(url, secret, {
      accountId: account?.id ?? null,
      filter,
      maxBatch,
      confirms: confirms ?? false,
    });
    await this.#deps.ledger.write(async (tx) => {
      await store.insert(tx, row);
      if (!(await store.takeOver(tx, row, this.#deps.clock.reached()))) return;
      const apart = await isolatedShards(tx.db, row.id);
      for (const job of deliverJobs(row.id, apart)) await this.#deps.outbox.enqueue(tx, job);
    });
    return { ...this.#view(row), secret };
  }

  /**
   * Lets a workflow wait: it is told once, of the contact's next reply to the message. Joins the caller's unit of work.
   */
  async wait(tx: Tx, message: WaitedMessage, { url, until: end, confirms }: Wait): Promise<void> {
    const { id: messageId, byPerson: includeHandedOff } = message;
    const until = Date.parse(end);
    const filter: Filter = { events: ['message.received', 'message.status'], messageId, includeHandedOff };
    const row = this.#row(url, encodeSecret(randomBytes(32)), {
      accountId: message.accountId,
      conversationId: message.conversationId,
      filter,
      once: true,
      confirms: confirms ?? false,
      expiresAt: until,
    });
    await store.insert(tx, row);
    await this.#deps.outbox.enqueue(tx, expireJob(row.id, until));
  }

  /**
   * Lets a workflow wait for the answer to a question that it asked before: n8n runs a node that failed after its question was taken again, as
   * another execution. The one that runs now gets the answer; an answer that was given up with the other is gone. Joins the caller's unit of work.
   */
  async waitAgain(tx: Tx, message: WaitedMessage, wait: Wait): Promise<void> {
    await conversations.lock(tx, message.conversationId);
    const waits = await store.allWaits(tx.db, message.conversationId);
    const own = waits.filter(({ filter }) => filter.messageId === message.id);
    const open = own.find(({ endedAt }) => endedAt === null);
    const [reached, until] = [this.#deps.clock.reached(), Date.parse(wait.until)];
    if (open !== undefined) {
      // One that listens no more has its answer, which is on the way.
      const listens = open.expiresAt !== null && open.expiresAt > reached;
      const { url, confirms } = wait;
      const expiresAt = listens ? until : open.expiresAt;
      return store.moveWait(tx, open.id, { url, confirms: confirms ?? false, expiresAt });
    }
    if (own.some((one) => placeOf(one.url) === placeOf(wait.url))) return;
    if (until > reached) await this.wait(tx, message, wait);
  }

  async list(): Promise<Subscription[]> {
    const rows = await store.list(this.#deps.ledger.reader);
    return rows.map((row) => this.#view(row));
  }

  async get(id: string): Promise<Subscription> {
    const row = await store.find(this.#deps.ledger.reader, id);
    if (row === undefined || row.endedAt !== null || row.endedReason !== null) throw unknown(id);
    return this.#view(row);
  }

  /**
   * Ends a subscription. `handOver`: it goes on gathering events for a short while, for a new subscription with the same URL and account.
   */
  async remove(id: string, handOver: boolean): Promise<void> {
    await this.get(id);
    const { ledger, outbox, clock, log } = this.#deps;
    const now = clock.now();
    await ledger.write(async (tx) => {
      if (!handOver) {
        const dropped = await store.countUndelivered(tx.db, id);
        const facts = { subscription: id, dropped };
        if (dropped > 0) tx.afterCommit(() => log.info(facts, 'A subscription was deleted before it took everything'));
        return store.end(tx, id, 'deleted', now);
      }
      await store.startHandOver(tx, id, now + HAND_OVER_MS);
      await outbox.enqueue(tx, expireJob(id, now + HAND_OVER_MS));
    });
  }

  #row(url: string, secret: string, particulars: Partial<NewSubscription>): NewSubscription {
    const { ids, clock, sealer } = this.#deps;
    const id = ids.next('sub');
    return {
      id,
      accountId: null,
      conversationId: null,
      url,
      filter: { events: [] },
      maxBatch: 1,
      secret: sealer.encrypt(secret, id),
      once: false,
      confirms: false,
      expiresAt: null,
      createdAt: clock.now(),
      endedAt: null,
      endedReason: null,
      ...particulars,
    };
  }

  #view(row: NewSubscription): Subscription {
    const account = row.accountId === null ? undefined : this.#deps.accounts.find(row.accountId);
    return {
      id: row.id,
      url: row.url,
      ...(account && { account: { channel: account.channel.id, externalId: account.externalId } }),
      ...row.filter,
      maxBatch: row.maxBatch,
      ...(row.confirms && { confirms: true }),
      createdAt: iso(row.createdAt),
    };
  }
}

/** A resume URL may be signed anew for each try. */
function placeOf(url: string): string {
  return url.split('?')[0] ?? url;
}

function unknown(id: string): ParleyError {
  return new ParleyError(404, 'not_found', `There is no subscription '${id}': it was never made, or it ended`);
}
