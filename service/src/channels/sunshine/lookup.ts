/**
 * What became of a message whose answer never came: the newest hundred of the conversation are listed, and ours carries our id in its metadata.
 *
 * The instant of the attempt is by our clock, Sunshine's are by theirs. While the two differ, nothing is said to be absent, as it would be sent again.
 */
import type { LookupPower, SoughtMessage } from '../channel.ts';
import type { ConnectorIo } from '../../connectors/connector.ts';
import { objectOf, objectsOf } from '../kit/json.ts';
import { aheadIn } from '../kit/provider-clock.ts';
import { conversationPath, sunshineAnswer } from './call.ts';
import { CORRELATION } from './render.ts';
import { receiptIn } from './send.ts';
import type { SunshineSettings } from './settings.ts';
import { instantIn } from './payloads.ts';

const SKEW_MS = 60_000;
/** After that a request that was on its way has arrived, and what arrived is listed. */
const SURE_AFTER_MS = 2 * 60_000;
/** What a listing gives, fixed. */
const PAGE = 100;

async function list({ thread }: SoughtMessage, settings: SunshineSettings, io: ConnectorIo) {
  const calledAt = io.clock.now();
  const answer = await sunshineAnswer({ method: 'GET', path: conversationPath(thread, '/messages') }, settings, io);
  const { messages, meta } = objectOf(answer.body);
  const isList = Array.isArray(messages);
  const hasMore = objectOf(meta).hasMore === true;
  return { messages: objectsOf(messages), isList, hasMore, aheadMs: aheadIn(answer.headers, calledAt, io.clock.now()) };
}

export const lookup: LookupPower<SunshineSettings> = {
  /** Absent: everything since the attempt is listed, ours is not among it, the request is long over, and Sunshine's clock is ours. */
  async find(sought, settings, io) {
    const { messages, isList, hasMore, aheadMs } = await list(sought, settings, io);
    const own = messages.filter(({ metadata }) => objectOf(metadata)[CORRELATION] === sought.id);
    const receipt = receiptIn({ messages: own });
    if (receipt !== undefined) return { receipt, status: 'sent' };
    const since = sought.attemptedAt - SKEW_MS;
    const isOlder = messages.some(({ received }) => (instantIn(received) ?? Infinity) < since);
    const isWhole = isList && ((messages.length < PAGE && !hasMore) || isOlder);
    const isOver = io.clock.reached() - sought.attemptedAt >= SURE_AFTER_MS;
    const isSameClock = aheadMs !== undefined && Math.abs(aheadMs) <= SKEW_MS;
    return isWhole && isOver && isSameClock ? 'absent' : undefined;
  },
};
