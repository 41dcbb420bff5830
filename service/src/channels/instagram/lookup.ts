/**
 * What became of a text whose answer never came. Instagram's messages carry no id of ours, so that no echo settles them; but the conversation
 * can be read (page "Conversations", two calls a second): the text is looked for among what was said to this person since the attempt.
 * Never `absent`: nothing says how soon a message stands there.
 */
import type { OutboundContent } from '../../../../contract/message.ts';
import type { LookupPower, SoughtMessage } from '../channel.ts';
import type { ConnectorIo } from '../../connectors/connector.ts';
import { idOf, objectOf, objectsOf, textOf, type JsonObject } from '../kit/json.ts';
import { graph } from '../protocols/meta/account.ts';
import { accountOf } from './account.ts';
import type { InstagramSettings } from './settings.ts';

/** Clocks differ, and Meta's instants are whole seconds. */
const SKEW_MS = 5_000;
/** A request that was on its way has arrived by then: what is said later was said by somebody else. */
const ARRIVAL_MS = 2 * 60_000;

/** Of other kinds the conversation does not show what was sent. */
function saidIn(content: OutboundContent): string | undefined {
  return content.type === 'text' || content.type === 'quick_replies' ? content.text : undefined;
}

/** Letters that are put together otherwise, the variants of emoji and the ends of lines are not kept as they were written. */
const wordsOf = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/\ufe0f/g, '')
    .replace(/\r\n?/g, '\n')
    .trim();

function isCandidate(message: JsonObject, { to, attemptedAt }: SoughtMessage, said: string): boolean {
  const at = Date.parse(textOf(message.created_time) ?? '');
  const isTimely = at >= attemptedAt - SKEW_MS && at <= attemptedAt + ARRIVAL_MS;
  const isOurs = idOf(objectOf(message.from).id) !== to.address;
  return isTimely && isOurs && wordsOf(textOf(message.message) ?? '') === wordsOf(said);
}

async function read(sought: SoughtMessage, settings: InstagramSettings, io: ConnectorIo): Promise<JsonObject[]> {
  const account = accountOf(settings);
  const fields = 'messages{id,created_time,from,to,message}';
  const query = { platform: account.platform, user_id: sought.to.address, fields };
  const answer = await graph({ method: 'GET', path: `${account.node}/conversations`, query }, account, io);
  return objectsOf(answer.data).flatMap(({ messages }) => objectsOf(objectOf(messages).data));
}

export const lookup: LookupPower<InstagramSettings> = {
  async find(sought, settings, io) {
    const said = saidIn(sought.content);
    if (said === undefined || wordsOf(said) === '') return undefined;
    for (const message of await read(sought, settings, io)) {
      const providerMessageId = textOf(message.id);
      if (providerMessageId === undefined || !isCandidate(message, sought, said)) continue;
      if (await sought.isAnother(providerMessageId)) continue;
      return { receipt: { providerMessageId, identities: [sought.to] }, status: 'sent' };
    }
    return undefined;
  },
};
