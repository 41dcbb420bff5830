/**
 * Shows, replays and discards what did not arrive and waits for a person. A message that is replayed becomes a new one, by the rules of every send: what
 * was is not changed. A webhook that is replayed is read at once.
 */
import type { Page } from '../../../../contract/api.ts';
import type {
  DeadLetter,
  DeadLetterChoice,
  DeadLetterDetails,
  DeadLetterFilter,
  DiscardAnswer,
  ReplayAnswer,
  ReplayDeadLetters,
  ReplayedDeadLetter,
  SkippedDeadLetter,
} from '../../../../contract/dead-letter.ts';
import type { MessageStatus } from '../../../../contract/message.ts';
import type { Accounts } from '../../connectors/accounts.ts';
import type { Clock } from '../../core/clock.ts';
import { ParleyError } from '../../core/errors.ts';
import { reasonOf } from '../../inbound/normalize.ts';
import type { Admission } from '../../outbound/admit.ts';
import { viewAttempt } from '../../outbound/message-view.ts';
import * as attempts from '../../store/attempt.store.ts';
import * as deadEvents from '../../store/dead-event.store.ts';
import * as store from '../../store/dead-letter.store.ts';
import type { Tx } from '../../store/unit-of-work.ts';
import * as messages from '../../store/message.store.ts';
import type { Message } from '../../store/message.store.ts';
import * as receipts from '../../store/receipt.store.ts';
import type { DeadCode, DeadReceipt } from '../../store/receipt.store.ts';
import { LedgerUnavailable } from '../../store/unavailable.ts';
import {
  byArrival,
  compareDeadLetters,
  cursorOf,
  deadLetterOfEvent,
  deadLetterOfMessage,
  deadLetterOfReceipt,
  mayHaveArrived,
  named,
  nextOf,
  NO_ACCOUNT,
  unknown,
  workOf,
} from './dead-letter.ts';
import { UntakenEvents, type UntakenEventsDeps } from './untaken-events.ts';
import { earlier, wantedOf } from './wanted.ts';

/** Bounds the dead letters that one call works off when it does not say how many. */
const LIMIT = 100;
/** Bounds the body of a webhook that is shown. */
const MAX_BODY_BYTES = 256 * 1024;

export interface DeadLettersDeps extends UntakenEventsDeps {
  clock: Clock;
  accounts: Accounts;
  admission: Pick<Admission, 'replay'>;
  /** Reads a webhook at once; throws what speaks against it. */
  reader: { replay(receipt: DeadReceipt): Promise<void> };
}

/** Says what a call is about, and what is left for the next. */
interface Chosen {
  ids: string[];
  remaining: number;
  next?: string;
}

export class DeadLetters {
  readonly #deps: DeadLettersDeps;
  readonly #events: UntakenEvents;

  constructor(deps: DeadLettersDeps) {
    this.#deps = deps;
    this.#events = new UntakenEvents(deps);
  }

  /** Lists dead letters, newest first. */
  async list(filter: DeadLetterFilter, limit: number, after: string | undefined): Promise<Page<DeadLetter>> {
    const data = await this.#find(filter, 'desc', limit, after);
    const last = data.length === limit ? data.at(-1) : undefined;
    return { data, ...(last && { next: cursorOf(last) }) };
  }

  /** Throws `not_found`. */
  async get(id: string): Promise<DeadLetterDetails> {
    const { reader } = this.#deps.ledger;
    const name = named(id);
    if (name?.type === 'message') {
      const row = await messages.find(reader, id);
      if (row === undefined || row.deadAt === null) throw unknown(id);
      const calls = await attempts.ofMessage(reader, id);
      return { ...deadLetterOfMessage(row, await this.#account(row.accountId)), attempts: calls.map(viewAttempt) };
    }
    if (name?.type === 'event') return this.#events.get(name.key, id);
    const receipt = await this.#receipt(id);
    const bytes = receipt.body.length;
    const shown = deadLetterOfReceipt({ ...receipt, bytes }, await this.#connection(receipt.connectionId));
    return bytes > MAX_BODY_BYTES ? shown : { ...shown, body: Buffer.from(receipt.body).toString('utf8') };
  }

  /** Replays each in a unit of work of its own, in the order in which they came; what cannot be replayed stays, with the reason. */
  async replay(asked: ReplayDeadLetters): Promise<ReplayAnswer> {
    const { ids, ...rest } = await this.#chosen(asked);
    const { done, skipped } = await each(ids, (id) => this.replayOne(id, asked.evenIfUnknown ?? false));
    return { replayed: done.length, deadLetters: done, skipped, ...rest };
  }

  /** Throws `not_found`, `may_have_arrived`, `unreadable`, and whatever speaks against the send. */
  async replayOne(id: string, evenIfUnknown: boolean): Promise<ReplayedDeadLetter> {
    const name = named(id);
    if (name?.type === 'event') return this.#events.replay(name.key, id);
    if (name?.type !== 'message') return this.#readAgain(id);
    const accountId = (await messages.find(this.#deps.ledger.reader, id))?.accountId;
    const account = accountId === undefined ? undefined : await this.#deps.accounts.known(accountId);
    return this.#deps.ledger.write(async (tx) => {
      const { dead, replayed } = await this.#lockDeadMessage(tx, id);
      if (replayed) return replayed;
      if (!evenIfUnknown && mayHaveArrived(dead, await attempts.ofMessage(tx.db, id))) throw unsure(id);
      if (account === undefined)
        throw new ParleyError(409, 'account_required', 'The account of this message was deleted');
      const accepted = await this.#deps.admission.replay(tx, account, dead);
      await messages.update(tx, id, { deadAt: null, replayedAs: accepted.id });
      return { id, messageId: accepted.id, status: accepted.status };
    });
  }

  /** Discards what nobody wants to arrive any more. A webhook's body is forgotten; a message stays as it ended. */
  async discard(choice: DeadLetterChoice): Promise<DiscardAnswer> {
    const { ids, ...rest } = await this.#chosen(choice);
    const { done, skipped } = await each(ids, (id) => this.discardOne(id));
    return { discarded: done.length, skipped, ...rest };
  }

  /** Throws `not_found`. */
  async discardOne(id: string): Promise<void> {
    const name = named(id);
    await this.#deps.ledger.write(async (tx) => {
      if (name?.type === 'webhook' && (await receipts.discard(tx, name.key))) return;
      if (name?.type === 'event' && (await deadEvents.remove(tx, name.key))) return;
      const message = name?.type === 'message' ? await messages.lockForUpdate(tx, id) : undefined;
      if (message === undefined || message.deadAt === null) throw unknown(id);
      await messages.update(tx, id, { deadAt: null });
    });
  }

  /** Counts the dead letters of each type. */
  async count(): Promise<Record<DeadLetter['type'], number>> {
    const { reader } = this.#deps.ledger;
    const all = { from: undefined, to: undefined, order: 'desc', behind: undefined } as const;
    const receiptsOf = (code: DeadCode) =>
      store.countReceipts(reader, { ...all, connectionIds: undefined, code, address: undefined });
    const [message, webhook, unrouted, event] = await Promise.all([
      store.countMessages(reader, { ...all, accountIds: undefined, status: undefined, code: undefined }),
      receiptsOf('unreadable'),
      receiptsOf('no_account'),
      deadEvents.count(reader, { ...all, accountIds: undefined, code: undefined }),
    ]);
    return { message, webhook, unrouted, event };
  }

  async #readAgain(id: string): Promise<ReplayedDeadLetter> {
    const receipt = await this.#receipt(id);
    try {
      await this.#deps.reader.replay(receipt);
    } catch (error) {
      if (error instanceof ParleyError || error instanceof LedgerUnavailable) throw error;
      throw new ParleyError(422, 'unreadable', `The webhook can still not be read: ${reasonOf(error)}`);
    }
    return { id };
  }

  /** Locks a dead message until the unit ends, and answers it, with what it was replayed as before. */
  async #lockDeadMessage(tx: Tx, id: string): Promise<{ dead: Message; replayed?: ReplayedDeadLetter }> {
    const dead = await messages.lockForUpdate(tx, id);
    if (dead?.direction !== 'outbound') throw unknown(id);
    const { replayedAs } = dead;
    if (replayedAs !== null) {
      const status = (await messages.find(tx.db, replayedAs))?.status as MessageStatus | undefined;
      return { dead, replayed: { id, messageId: replayedAs, ...(status && { status }), duplicate: true } };
    }
    if (dead.deadAt === null) throw unknown(id);
    return { dead };
  }

  async #receipt(id: string): Promise<DeadReceipt> {
    const name = named(id);
    const receipt = name?.type === 'webhook' ? await receipts.findDead(this.#deps.ledger.reader, name.key) : undefined;
    if (receipt === undefined) throw unknown(id);
    return receipt;
  }

  async #chosen(choice: DeadLetterChoice): Promise<Chosen> {
    if ('ids' in choice) return { ids: byArrival(choice.ids), remaining: 0 };
    const { limit = LIMIT } = choice;
    const work = workOf(choice.after, this.#deps.clock.now());
    const filter = { ...choice.filter, to: earlier(choice.filter.to, work.until) };
    const found = await this.#find(filter, 'asc', limit, work.after);
    const ids = byArrival(found.map(({ id }) => id));
    const last = found.length === limit ? found.at(-1) : undefined;
    if (last === undefined) return { ids, remaining: 0 };
    const remaining = await this.#remaining(filter, cursorOf(last));
    return remaining === 0 ? { ids, remaining } : { ids, remaining, next: nextOf(work, last) };
  }

  async #find(filter: DeadLetterFilter, order: 'asc' | 'desc', limit: number, after: string | undefined) {
    const { reader } = this.#deps.ledger;
    const wanted = await wantedOf(reader, filter, order, after);
    const dead = wanted.messages ? await store.messages(reader, wanted.messages, limit) : [];
    const unread = wanted.receipts ? await store.receipts(reader, wanted.receipts, limit) : [];
    const untaken = wanted.events ? await deadEvents.list(reader, wanted.events, limit) : [];
    const names = await store.accountNames(reader, [...new Set([...dead, ...untaken].map((row) => row.accountId))]);
    const callers = await store.connectionNames(reader, [...new Set(unread.map((row) => row.connectionId))]);
    const found = [
      ...dead.map((row) => deadLetterOfMessage(row, names.get(row.accountId) ?? NO_ACCOUNT)),
      ...unread.map((row) => deadLetterOfReceipt(row, callers.get(row.connectionId) ?? NO_ACCOUNT)),
      ...untaken.map((row) => deadLetterOfEvent(row, names.get(row.accountId) ?? NO_ACCOUNT)),
    ].sort(compareDeadLetters);
    return (order === 'asc' ? found : found.reverse()).slice(0, limit);
  }

  async #remaining(filter: DeadLetterFilter, after: string): Promise<number> {
    const { reader } = this.#deps.ledger;
    const wanted = await wantedOf(reader, filter, 'asc', after);
    const counts = await Promise.all([
      wanted.messages ? store.countMessages(reader, wanted.messages) : 0,
      wanted.receipts ? store.countReceipts(reader, wanted.receipts) : 0,
      wanted.events ? deadEvents.count(reader, wanted.events) : 0,
    ]);
    return counts.reduce((sum, one) => sum + one, 0);
  }

  async #account(id: string): Promise<DeadLetter['account']> {
    return (await store.accountNames(this.#deps.ledger.reader, [id])).get(id) ?? NO_ACCOUNT;
  }

  async #connection(id: string): Promise<DeadLetter['account']> {
    return (await store.connectionNames(this.#deps.ledger.reader, [id])).get(id) ?? NO_ACCOUNT;
  }
}

/** Works one dead letter off after the other, and lists what is refused. */
async function each<T>(ids: readonly string[], work: (id: string) => Promise<T>) {
  const done: T[] = [];
  const skipped: SkippedDeadLetter[] = [];
  for (const id of ids) {
    try {
      done.push(await work(id));
    } catch (error) {
      if (!(error instanceof ParleyError)) throw error;
      skipped.push({ id, code: error.code, detail: error.message });
    }
  }
  return { done, skipped };
}

function unsure(id: string): ParleyError {
  const detail = `Message '${id}' may have arrived. Set evenIfUnknown to send it again all the same.`;
  return new ParleyError(409, 'may_have_arrived', detail);
}
