/** What people do in a channel besides writing: read, come, go, block. */
import type { ChannelEvent } from '../channel.ts';
import { fingerprint } from '../kit/fingerprint.ts';
import { compact, objectOf, objectsOf, type JsonObject } from '../kit/json.ts';
import { blockeeIn, blockerIn, unsupported, type Told } from './told.ts';
import { identity, instantIn, personOf, userIdOf } from './payloads.ts';
import { isOwn } from './settings.ts';

/** In one webhook; a channel that tells its members has fewer. */
const MAX_PEOPLE = 100;

/** Everything that was sent in the channel up to the mark is read by that person. */
export function readEvents(told: Told): ChannelEvent[] {
  const { body, address, thread, settings } = told;
  const marks = objectsOf(body.read_updates).slice(0, MAX_PEOPLE);
  const latest = new Map<string, ChannelEvent>();
  for (const mark of marks) {
    const [reader, upTo] = [userIdOf(mark), instantIn(mark.read_ts)];
    if (reader === undefined || upTo === undefined || thread === undefined || isOwn(reader, settings)) continue;
    const dedupeKey = `read:${thread}:${reader}:${upTo}`;
    const contact = { identities: [identity(reader)] };
    latest.set(dedupeKey, {
      ...{ type: 'message.watermark', address, dedupeKey, at: upTo, contact, thread, raw: mark, status: 'read', upTo },
    });
  }
  if (latest.size > 0) return [...latest.values()];
  return [unsupported(told, 'read marks of the business, or of nobody')];
}

function timeOf({ joined_at, left_at, invited_at, created_at }: JsonObject): number | undefined {
  return instantIn(joined_at ?? left_at ?? invited_at ?? created_at);
}

/** People who came into the channel, or went. Of each who went nobody else writes there until they come back and write. */
export function memberEvents(told: Told, event: 'joined' | 'left', listed: unknown): ChannelEvent[] {
  const { body, address, thread, settings } = told;
  const given = Array.isArray(listed) ? objectsOf(listed) : [objectOf(listed)];
  const people = given.slice(0, MAX_PEOPLE).filter((user) => userIdOf(user) !== undefined);
  const customers = people.filter((user) => !isOwn(userIdOf(user), settings));
  if (thread === undefined || people.length === 0) return [unsupported(told, 'members without a channel, or nobody')];
  const at = timeOf(body);
  const undated = at === undefined ? (true as const) : undefined;
  const key = `${event}:${thread}:${at ?? fingerprint(body)}`;
  const members = people.map(personOf).filter((person) => person !== undefined);
  const change: ChannelEvent = compact({
    ...{ type: 'conversation.members' as const, address, at, undated, raw: { category: body.category } },
    ...{ dedupeKey: `members:${key}:${fingerprint(people.map(userIdOf))}`, data: compact({ event, members }) },
  });
  const [only] = customers;
  const contact = customers.length === 1 ? personOf(only) : undefined;
  const news = contact ? { ...change, contact, thread } : change;
  const byId = new Map(customers.map((user) => [userIdOf(user) as string, user]));
  const goers = event === 'left' ? [...byId] : [];
  const ends = goers.map(([id, user]): ChannelEvent => {
    const dedupeKey = `control:${key}:${id}`;
    const left = { event: 'left' };
    return compact({
      ...{ type: 'conversation.control' as const, address, dedupeKey, at, undated, thread, raw: { user_id: id } },
      ...{ contact: personOf(user), closes: true as const, data: left },
    });
  });
  return [news, ...ends];
}

/** A user blocks the account's sender, or no longer does: nothing of the sender's reaches them meanwhile (900080). */
export function blockEvents(told: Told, value: 'stop' | 'resume'): ChannelEvent[] {
  const { body, address, settings } = told;
  const contact = personOf(blockerIn(body));
  const blocked = userIdOf(blockeeIn(body));
  if (contact === undefined || blocked === undefined) return [unsupported(told, 'a block of nobody, or by nobody')];
  if (blocked !== settings.senderId) return [unsupported(told, 'a block between users')];
  const dedupeKey = `preference:${value}:${fingerprint(body)}`;
  const topic = 'all';
  const data = { kind: 'block' };
  return [{ type: 'contact.preference', address, dedupeKey, undated: true, contact, raw: body, topic, value, data }];
}
