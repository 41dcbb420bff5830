/**
 * What became of a text whose answer never came. Instagram's messages carry no id of ours, so that no echo settles them; but the conversation
 * can be read (page "Conversations", two calls a second): the text is looked for among what was said to this person since the attempt.
 * Never `absent`: nothing says how soon a message stands there. The instant of the attempt is by our clock, those of the messages are by Meta's: the answer
 * tells how far they are apart.
 */
import type { OutboundContent } from '../../../../contract/message.ts';
import type { LookupPower, SoughtMessage } from '../channel.ts';
import type { ConnectorIo } from '../../connectors/connector.ts';
import { idOf, objectOf, objectsOf, textOf, type JsonObject } from '../kit/json.ts';
import { graphAnswer } from '../protocols/meta/account.ts';
import { accountOf } from './account.ts';
import type { InstagramSettings } from './settings.ts';

/** The clocks are known to whole seconds, and Meta's instants are such. */
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

interface Conversation {
  messages: JsonObject[];
  /** When the message was sent, by Meta's clock. */
  attemptedAt: number;
}

const instantOf = (message: JsonObject): number => Date.parse(textOf(message.created_time) ?? '');

function isCandidate(message: JsonObject, { to }: SoughtMessage, attemptedAt: number, said: string): boolean {
  const at = instantOf(message);
  const isTimely = at >= attemptedAt - SKEW_MS && at <= attemptedAt + ARRIVAL_MS;
  const isOurs = idOf(objectOf(message.from).id) !== to.address;
  return isTimely && isOurs && wordsOf(textOf(message.message) ?? '') === wordsOf(said);
}

async function read(sought: SoughtMessage, settings: InstagramSettings, io: ConnectorIo): Promise<Conversation> {
  const account = accountOf(settings);
  const fields = 'messages{id,created_time,from,to,message}';
  const query = { platform: account.platform, user_id: sought.to.address, fields };
  const call = { method: 'GET', path: `${account.node}/conversations`, query } as const;
  const { body, aheadMs = 0 } = await graphAnswer(call, account, io);
  const messages = objectsOf(body.data).flatMap((one) => objectsOf(objectOf(one.messages).data));
  return { messages, attemptedAt: sought.attemptedAt + aheadMs };
}

export const lookup: LookupPower<InstagramSettings> = {
  async find(sought, settings, io) {
    const said = saidIn(sought.content);
    if (said === undefined || wordsOf(said) === '') return undefined;
    const { messages, attemptedAt } = await read(sought, settings, io);
    for (const message of messages) {
      const providerMessageId = textOf(message.id);
      if (providerMessageId === undefined || !isCandidate(message, sought, attemptedAt, said)) continue;
      if (await sought.isAnother(providerMessageId)) continue;
      return {
        receipt: { providerMessageId, identities: [sought.to], sentAt: instantOf(message) },
        status: 'sent',
      };
    }
    return undefined;
  },
};
