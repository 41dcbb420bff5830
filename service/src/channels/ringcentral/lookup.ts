/**
 * What became of a content whose answer never came: the newest of the thread are listed, and ours is known by its words and its time, as RingCentral
 * keeps no id of ours.
 */
import type { LookupPower, SoughtMessage } from '../channel.ts';
import { idOf, objectOf, objectsOf, type JsonObject } from '../kit/json.ts';
import { aheadIn } from '../kit/provider-clock.ts';
import { engageAnswer } from './call.ts';
import { instantIn } from './payloads.ts';
import { render } from './render.ts';
import { receiptIn } from './send.ts';
import type { RingCentralSettings } from './settings.ts';

const SKEW_MS = 60_000;
/** After that a request that was on its way has arrived, and what arrived is listed. */
const SURE_AFTER_MS = 2 * 60_000;
const PAGE = 100;

/** Made by somebody of the business since the attempt; where the token's agent is known, by them. */
function mayBe(
  { creator_id: creator, created_at: createdAt }: JsonObject,
  since: number,
  { agentId }: RingCentralSettings,
): boolean {
  const author = idOf(creator);
  if (author === undefined || (instantIn(createdAt) ?? Infinity) < since) return false;
  return agentId === undefined || author === agentId;
}

const wordsOf = (sought: SoughtMessage): unknown => render(sought, { in_reply_to_id: '' }).body;

export const lookup: LookupPower<RingCentralSettings> = {
  /** Absent: nothing that may be it is listed, the request is long over, and RingCentral's clock is ours. */
  async find(sought, settings, io) {
    // Who was written to first has no thread yet.
    if (sought.thread === '') return undefined;
    const calledAt = io.clock.now();
    const query = { q: `thread:${sought.thread}`, limit: PAGE, sort: '-created_at' };
    const { body, headers } = await engageAnswer({ method: 'GET', path: '/contents', query }, settings, io);
    const { records } = objectOf(body);
    const aheadMs = aheadIn(headers, calledAt, io.clock.now());
    const since = sought.attemptedAt - SKEW_MS;
    const possible: JsonObject[] = [];
    for (const content of objectsOf(records)) {
      const id = idOf(content.id);
      if (id !== undefined && mayBe(content, since, settings) && !(await sought.isAnother(id))) possible.push(content);
    }
    const until = sought.attemptedAt + (aheadMs ?? 0) + SURE_AFTER_MS;
    const said = wordsOf(sought);
    const same = possible.filter((one) => one.body === said && (instantIn(one.created_at) ?? Infinity) <= until);
    const receipt = same.length === 1 ? receiptIn(same[0] as JsonObject) : undefined;
    if (receipt !== undefined) return { receipt, status: 'sent' };
    const isWhole = Array.isArray(records) && records.length < PAGE;
    const isOver = io.clock.reached() - sought.attemptedAt >= SURE_AFTER_MS;
    const isSameClock = aheadMs !== undefined && Math.abs(aheadMs) <= SKEW_MS;
    return possible.length === 0 && isWhole && isOver && isSameClock ? 'absent' : undefined;
  },
};
