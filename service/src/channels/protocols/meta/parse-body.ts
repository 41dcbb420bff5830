/**
 * A whole webhook of a Page or an Instagram account → events, in the order in which they stand. Several entries and several elements
 * are legal in one body, and nothing is left out: what is not known becomes `unsupported` with its raw part. Pure and total.
 */
import type { ChannelEvent, ContactRef } from '../../channel.ts';
import { isObject, listOf, objectOf, textOf, type JsonObject } from '../../kit/json.ts';
import { itemOf, unsupported, type Item, type Readers } from './item.ts';
import {
  feedbackEvents,
  judgementEvents,
  linkingEvents,
  optinEvents,
  orderEvents,
  postbackEvents,
  reactionEvents,
} from './parse-acts.ts';
import { changeEvents } from './parse-changes.ts';
import { passEvents, policyEvents, requestEvents, rolesEvents, takeEvents } from './parse-control.ts';
import { editEvents, messageEvents } from './parse-message.ts';
import { referralEvents } from './parse-referral.ts';
import { deliveryEvents, readEvents } from './parse-status.ts';

/** By the member that makes the kind. Those of a person: someone has to have done it, and not the account itself. */
const OF_A_PERSON: readonly [string, (item: Item, contact: ContactRef) => ChannelEvent[]][] = [
  ['message', messageEvents],
  ['message_edit', editEvents],
  ['reaction', reactionEvents],
  ['postback', postbackEvents],
  ['delivery', deliveryEvents],
  ['read', readEvents],
  ['optin', optinEvents],
  ['order', orderEvents],
  ['account_linking', linkingEvents],
  ['response_feedback', judgementEvents],
  ['messaging_feedback', feedbackEvents],
  ['referral', referralEvents],
];

const OF_ANYBODY: readonly [string, (item: Item) => ChannelEvent[]][] = [
  ['pass_thread_control', passEvents],
  ['take_thread_control', takeEvents],
  ['request_thread_control', requestEvents],
  ['app_roles', rolesEvents],
  ['policy_enforcement', policyEvents],
  ['policy-enforcement', policyEvents],
];

/** Meta has withdrawn these; old clients and fixtures still have them. */
const RETIRED = ['payment', 'checkout_update', 'pre_checkout', 'game_play'];

function personEvents(item: Item): ChannelEvent[] | undefined {
  const found = OF_A_PERSON.find(([member]) => isObject(item.raw[member]));
  if (found === undefined) return undefined;
  const [member, read] = found;
  if (item.contact === undefined) return [unsupported(item, `${member} of nobody`)];
  if (item.isOwn && member !== 'message' && member !== 'message_edit') {
    return [unsupported(item, `${member} of the account itself`)];
  }
  return read(item, item.contact);
}

function itemEvents(item: Item): ChannelEvent[] {
  const events = personEvents(item) ?? OF_ANYBODY.find(([member]) => isObject(item.raw[member]))?.[1](item);
  if (events !== undefined) return events;
  const retired = RETIRED.find((member) => Object.hasOwn(item.raw, member));
  return [unsupported(item, retired === undefined ? 'kind of event that is not known' : `"${retired}" is retired`)];
}

/** The Test button of Meta's console, and Instagram in places, write an element of `messaging[]` as a change. */
function isMessaging({ field, value }: JsonObject): boolean {
  return /^messag(?:es|ing)/.test(textOf(field) ?? '') && isObject(objectOf(value).sender);
}

function entryEvents(readers: Readers, entry: JsonObject): ChannelEvent[] {
  const stray = (raw: unknown, reason: string): ChannelEvent[] => {
    const { isOwn, isStandby, ...around } = itemOf(readers, entry, {}, false);
    return [unsupported({ ...around, isOwn, isStandby, raw: objectOf(raw) }, reason)].map((event) => ({
      ...event,
      raw,
    }));
  };
  const each = (member: string, read: (raw: JsonObject) => ChannelEvent[]): ChannelEvent[] =>
    listOf(entry[member]).flatMap((raw) =>
      isObject(raw) ? read(raw) : stray(raw, `${member} element that is no object`),
    );
  const events = [
    ...each('messaging', (raw) => itemEvents(itemOf(readers, entry, raw, false))),
    ...each('standby', (raw) => itemEvents(itemOf(readers, entry, raw, true))),
    ...each('changes', (raw) =>
      isMessaging(raw)
        ? itemEvents(itemOf(readers, entry, objectOf(raw.value), false))
        : changeEvents(readers, entry, raw),
    ),
  ];
  return events.length > 0 ? events : stray(entry, 'entry without content');
}

/** Providers repeat themselves within one body too: the first of equal facts counts. */
export function parseMetaBody(body: JsonObject, readers: Readers): ChannelEvent[] {
  const events = listOf(body.entry).flatMap((entry) => entryEvents(readers, objectOf(entry)));
  const byKey = new Map<string, ChannelEvent>();
  for (const event of events) {
    // Keys are unique within an account.
    const key = JSON.stringify([event.address, event.dedupeKey]);
    if (!byKey.has(key)) byKey.set(key, event);
  }
  return [...byKey.values()];
}
