/**
 * What became of a message whose answer never came. The channel's messages are listed at once; the one that is sought is known by our id in its meta
 * array. Where the listing does not tell that, by its sender, its text and its time.
 *
 * The instant of the attempt is by our clock, Sendbird's are by theirs. While the two differ, nothing is said to be absent, as it would be sent again.
 */
import type { FoundMessage, LookupPower, SoughtMessage } from '../channel.ts';
import type { ConnectorIo } from '../../connectors/connector.ts';
import { objectOf, objectsOf, type JsonObject } from '../kit/json.ts';
import { aheadIn } from '../kit/provider-clock.ts';
import { channelPath, sendbirdAnswer } from './call.ts';
import { correlationIn, filesOf, instantIn, userIdOf } from './payloads.ts';
import { render } from './render.ts';
import { receiptIn } from './send.ts';
import type { SendbirdSettings } from './settings.ts';

const SKEW_MS = 60_000;
/** After that a request that was on its way has arrived, and what arrived is listed. */
const SURE_AFTER_MS = 2 * 60_000;
/** The most that a listing gives in either direction (page "List messages"). */
const LIMIT = 200;

interface Listing {
  messages: JsonObject[];
  /** Everything since the attempt is in it. */
  isWhole: boolean;
  /** How far Sendbird's clock is ahead of ours, in milliseconds; undefined: it did not tell. */
  aheadMs: number | undefined;
}

async function list(sought: SoughtMessage, settings: SendbirdSettings, io: ConnectorIo): Promise<Listing> {
  const since = sought.attemptedAt - SKEW_MS;
  const query = { message_ts: since, prev_limit: 0, next_limit: LIMIT, with_sorted_meta_array: 'true' };
  const calledAt = io.clock.now();
  const path = channelPath(sought.thread, '/messages');
  const { body, headers } = await sendbirdAnswer({ method: 'GET', path, query }, settings, io);
  const { messages } = objectOf(body);
  const isWhole = Array.isArray(messages) && messages.length < LIMIT;
  return { messages: objectsOf(messages), isWhole, aheadMs: aheadIn(headers, calledAt, io.clock.now()) };
}

/** By the account's sender, and of that time. */
function mayBe(message: JsonObject, sought: SoughtMessage, settings: SendbirdSettings): boolean {
  const correlation = correlationIn(message);
  if (correlation !== undefined) return correlation === sought.id;
  const { content } = sought;
  const isAdmin = content.type === 'native' && content.body['message_type'] === 'ADMM';
  return isAdmin ? message.type === 'ADMM' : userIdOf(message.user) === settings.senderId;
}

function saysSame(message: JsonObject, sought: SoughtMessage, settings: SendbirdSettings): boolean {
  const { message: text, url } = render(sought, settings);
  if (url !== undefined) return filesOf(message).some((file) => file.url === url);
  return message.message === text;
}

function foundIn(message: JsonObject): FoundMessage | undefined {
  const receipt = receiptIn(message);
  return receipt && { receipt, status: 'sent' };
}

export const lookup: LookupPower<SendbirdSettings> = {
  /** Absent: nothing that may be it is listed, the request is long over, and Sendbird's clock is ours. */
  async find(sought, settings, io) {
    const { messages, isWhole, aheadMs } = await list(sought, settings, io);
    const own = messages.find((message) => correlationIn(message) === sought.id);
    if (own !== undefined) return foundIn(own);
    const possible: JsonObject[] = [];
    for (const message of messages) {
      if (!mayBe(message, sought, settings)) continue;
      const id = receiptIn(message)?.providerMessageId;
      if (id !== undefined && !(await sought.isAnother(id))) possible.push(message);
    }
    const isTimely = ({ created_at }: JsonObject) =>
      (instantIn(created_at) ?? Infinity) <= sought.attemptedAt + (aheadMs ?? 0) + SURE_AFTER_MS;
    const same = possible.filter((message) => isTimely(message) && saysSame(message, sought, settings));
    if (same.length === 1) return foundIn(same[0] as JsonObject);
    const isOver = io.clock.reached() - sought.attemptedAt >= SURE_AFTER_MS;
    const isSameClock = aheadMs !== undefined && Math.abs(aheadMs) <= SKEW_MS;
    return possible.length === 0 && isWhole && isOver && isSameClock ? 'absent' : undefined;
  },
};
