/** Says what a filter of dead letters means for each type. */
import type { DeadLetterFilter } from '../../../../contract/dead-letter.ts';
import { iso } from '../../core/clock.ts';
import * as store from '../../store/dead-letter.store.ts';
import type { Db } from '../../store/unit-of-work.ts';
import { codeOfReceipts, EVENT_CODES, placesOf, RECEIPT_CODES } from './dead-letter.ts';

/** Answers the filter as the store takes it; undefined: it speaks against all of that type. */
export async function wantedOf(db: Db, filter: DeadLetterFilter, order: 'asc' | 'desc', after: string | undefined) {
  const { type, channel, externalId, code, status, address, from, to } = filter;
  const places = placesOf(after);
  const isAnyAccount = channel === undefined && externalId === undefined;
  const accountIds = isAnyAccount ? undefined : await store.accountsNamed(db, channel, externalId);
  const connectionIds = isAnyAccount ? undefined : await store.connectionsNamed(db, channel, externalId);
  const shared = { from: instant(from), to: instant(to), order };
  const isOfEvents = code !== undefined && EVENT_CODES.includes(code);
  const isOfOthers = isOfEvents || (code !== undefined && RECEIPT_CODES.includes(code));
  const noMessages =
    accountIds?.length === 0 || (type !== undefined && type !== 'message') || isOfOthers || address !== undefined;
  const wantedCode = codeOfReceipts(type, code);
  const noReceipts = connectionIds?.length === 0 || status !== undefined || wantedCode === 'none';
  const isOtherType = (type !== undefined && type !== 'event') || status !== undefined || address !== undefined;
  const noEvents = accountIds?.length === 0 || isOtherType || (code !== undefined && !isOfEvents);
  return {
    messages: noMessages ? undefined : { ...shared, accountIds, status, code, behind: places.message },
    receipts: noReceipts ? undefined : { ...shared, connectionIds, code: wantedCode, address, behind: places.webhook },
    events: noEvents ? undefined : { ...shared, accountIds, code, behind: places.event },
  };
}

/** Answers the earlier of the two instants. */
export function earlier(text: string | undefined, at: number): string {
  return iso(Math.min(instant(text) ?? at, at));
}

function instant(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text);
}
