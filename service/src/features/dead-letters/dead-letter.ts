/** Makes dead letters as the API shows them, reads what they are called, and says where a list of them goes on. */
import type { DeadLetter, DeadLetterType } from '../../../../contract/dead-letter.ts';
import type { EventType } from '../../../../contract/event.ts';
import { iso } from '../../core/clock.ts';
import { ParleyError } from '../../core/errors.ts';
import { requestOf } from '../../outbound/message-view.ts';
import type { DeadReceiptRow, DeadLetterPosition } from '../../store/dead-letter.store.ts';
import type { Attempt } from '../../store/attempt.store.ts';
import type { DeadEvent, DeadEventCode } from '../../store/dead-event.store.ts';
import type { Message } from '../../store/message.store.ts';
import type { DeadCode } from '../../store/receipt.store.ts';

/** Names the type of a webhook that was put aside, by why it was. */
const TYPES = { unreadable: 'webhook', no_account: 'unrouted' } as const satisfies Record<DeadCode, DeadLetterType>;

/** Lists the codes of webhooks that were put aside. */
export const RECEIPT_CODES: readonly string[] = Object.keys(TYPES);

/** Says which webhooks a filter means: those of one code, all of them (undefined), or none. */
export function codeOfReceipts(
  type: DeadLetterType | undefined,
  code: string | undefined,
): DeadCode | 'none' | undefined {
  const codes = (Object.keys(TYPES) as DeadCode[]).filter((one) => type === undefined || TYPES[one] === type);
  const meant = code === undefined ? codes : codes.filter((one) => one === code);
  return meant.length > 1 ? undefined : (meant[0] ?? 'none');
}

type Account = DeadLetter['account'];

/** Stands for the account of what belongs to none that is known. */
export const NO_ACCOUNT: Account = { channel: '', externalId: '' };

/** Says what an id names. */
export type Named = { type: 'message'; key: string } | { type: 'webhook' | 'event'; key: number };

/** Lists the codes of events that were put aside. */
export const EVENT_CODES: readonly string[] = ['refused', 'subscription_ended'] satisfies DeadEventCode[];

const NUMBERED = /^(rcp|evd)_([1-9]\d{0,14})$/;
const CURSOR = /^(\d{1,15})\.(.+)$/;
const WORK = /^(.+)@(\d{1,15})$/;

/** Reads an id; undefined: it can be that of no dead letter. */
export function named(id: string): Named | undefined {
  const [, kind, number] = NUMBERED.exec(id) ?? [];
  if (kind !== undefined) return { type: kind === 'rcp' ? 'webhook' : 'event', key: Number(number) };
  return id.startsWith('msg_') ? { type: 'message', key: id } : undefined;
}

export function receiptId(seq: number): string {
  return `rcp_${seq}`;
}

export function deadLetterOfEvent(row: DeadEvent, account: Account): DeadLetter {
  const { eventId: id, conversationId, subscriptionId, url } = row;
  const type = row.type as EventType;
  return {
    id: `evd_${row.seq}`,
    type: 'event',
    account,
    code: row.code,
    detail: row.reason,
    createdAt: iso(row.createdAt),
    deadAt: iso(row.deadAt),
    event: { id, type, ...(conversationId !== null && { conversationId }), subscriptionId, url },
  };
}

export function deadLetterOfMessage(row: Message, account: Account): DeadLetter {
  const { error } = row;
  const { metadata } = requestOf(row);
  const status = row.status as 'failed' | 'unknown';
  return {
    id: row.id,
    type: 'message',
    account,
    code: error?.code ?? status,
    detail: error?.message ?? 'Nobody told what became of the message',
    ...(error?.providerCode !== undefined && { providerCode: error.providerCode }),
    createdAt: iso(row.createdAt),
    deadAt: iso(row.deadAt ?? row.statusAt),
    message: { status, kind: row.kind, conversationId: row.conversationId, ...(metadata && { metadata }) },
  };
}

/**
 * Tells whether the contact may have it. Version 0.1.0 took failures of the provider for a proof that it was not sent, and called them `unreachable`; what is
 * called so now never got an answer.
 */
export function mayHaveArrived({ status }: Message, attempts: readonly Attempt[]): boolean {
  const isAnswered = ({ outcome, error }: Attempt) => outcome === 'unreachable' && error?.providerCode !== undefined;
  return status === 'unknown' || attempts.some(isAnswered);
}

export function deadLetterOfReceipt(row: DeadReceiptRow, account: Account): DeadLetter {
  return {
    id: receiptId(row.seq),
    type: TYPES[row.code],
    account,
    code: row.code,
    detail: row.reason ?? 'The webhook could not be read',
    createdAt: iso(row.receivedAt),
    deadAt: iso(row.deadAt),
    webhook: {
      bytes: row.bytes,
      ...(row.addresses !== null && row.addresses.length > 0 && { addresses: row.addresses }),
    },
  };
}

/** Says where the list of each type goes on. */
export interface Places {
  message: DeadLetterPosition<string> | undefined;
  webhook: DeadLetterPosition<number> | undefined;
  event: DeadLetterPosition<number> | undefined;
}

/** Names a place in a list: behind this dead letter. */
export function cursorOf({ id, deadAt }: DeadLetter): string {
  return `${Date.parse(deadAt)}.${id}`;
}

/** Orders what was given up at the same instant: webhooks stand first, then events, then messages. */
const RANK: Record<DeadLetterType, number> = { webhook: 0, unrouted: 0, event: 1, message: 2 };

/** Reads the name of a place in a list. Throws `invalid_request`. */
export function placesOf(cursor: string | undefined): Places {
  if (cursor === undefined) return { message: undefined, webhook: undefined, event: undefined };
  const [, at, id = ''] = CURSOR.exec(cursor) ?? [];
  const name = named(id);
  if (name === undefined) {
    const errors = [{ field: 'after', message: "Must be the 'next' of an answer" }];
    throw new ParleyError(400, 'invalid_request', 'Not valid: after.', { errors });
  }
  const deadAt = Number(at);
  // All of the types before it are behind the place, none of those after it.
  const numberOf = (type: 'webhook' | 'event') => {
    if (name.type === type) return name.key;
    return RANK[name.type] > RANK[type] ? Number.MAX_SAFE_INTEGER : 0;
  };
  return {
    message: { deadAt, key: name.type === 'message' ? name.key : '' },
    webhook: { deadAt, key: numberOf('webhook') },
    event: { deadAt, key: numberOf('event') },
  };
}

/** Compares two dead letters: the oldest stands first. */
export function compareDeadLetters(a: DeadLetter, b: DeadLetter): number {
  if (a.deadAt !== b.deadAt) return a.deadAt < b.deadAt ? -1 : 1;
  return compareIds(a.id, b.id);
}

/** Sorts ids by the order in which they came: webhooks, then events, then messages as they were asked for. */
export function byArrival(ids: readonly string[]): string[] {
  return [...new Set(ids)].sort(compareIds);
}

function compareIds(a: string, b: string): number {
  const [one, other] = [named(a), named(b)];
  const [rank, otherRank] = [RANK[one?.type ?? 'message'], RANK[other?.type ?? 'message']];
  if (rank !== otherRank) return rank - otherRank;
  const [key, otherKey] = [one?.key ?? a, other?.key ?? b];
  return key < otherKey ? -1 : key > otherKey ? 1 : 0;
}

/** Stands for all that matched when the first call of the work began: what is given up since then is not of it. */
export interface Work {
  /** Says when it began, milliseconds since the epoch. */
  until: number;
  after: string | undefined;
}

/** Answers the work that `next` names, or one that begins now. */
export function workOf(next: string | undefined, now: number): Work {
  const [, after = next, until] = WORK.exec(next ?? '') ?? [];
  // What was given up this very millisecond is there already.
  return { until: until === undefined ? now + 1 : Number(until), after };
}

/** Names the work behind this dead letter. */
export function nextOf({ until }: Work, deadLetter: DeadLetter): string {
  return `${cursorOf(deadLetter)}@${until}`;
}

/** Makes the error of an id that names none. */
export function unknown(id: string): ParleyError {
  return new ParleyError(
    404,
    'not_found',
    `There is no dead letter '${id}': it arrived, was discarded, or never was one`,
  );
}
