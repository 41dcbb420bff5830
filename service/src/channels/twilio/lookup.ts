/**
 * What became of a message whose answer never came. Twilio has no idempotency key, but it lists what it took, at once and the newest
 * first: the message is looked for among those to its recipient.
 *
 * The list is not narrowed by `DateSent>`: it is empty until a message is really sent, and queued or scheduled ones would be missing.
 * Instead it is read until it is older than the attempt.
 */
import type { OutboundContent } from '../../../../contract/message.ts';
import type { ChannelIo, FoundMessage, LookupPower, SoughtMessage } from '../channel.ts';
import { objectsOf, textOf } from '../kit/json.ts';
import { wireRecipient, type Line } from './addresses.ts';
import { accountPath, twilio } from './call.ts';
import { listedMessage, stepOf, type ListedMessage } from './payloads.ts';
import { sendersOf, shapeOf } from './render.ts';
import type { TwilioSettings } from './settings.ts';

/** Clocks differ, and Twilio's instants are whole seconds. */
const SKEW_MS = 60_000;
/** After that a request that was on its way has arrived, and what arrived is listed. */
const SURE_AFTER_MS = 2 * 60_000;
const PAGE_SIZE = 100;
const MAX_PAGES = 5;
const TRIAL_PREFIX = 'Sent from your Twilio trial account - ';

interface Listing {
  messages: ListedMessage[];
  /** Everything since the attempt is in it. */
  isWhole: boolean;
}

async function list(
  line: Line,
  { to, attemptedAt, options }: SoughtMessage,
  settings: TwilioSettings,
  io: ChannelIo,
): Promise<Listing> {
  const { from } = sendersOf(line, settings, options);
  const query = { To: wireRecipient(line, to), From: from, PageSize: PAGE_SIZE };
  const messages: ListedMessage[] = [];
  let call: Parameters<typeof twilio>[0] = { method: 'GET', path: accountPath(settings, '/Messages.json'), query };
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await twilio(call, settings, io);
    const listed = objectsOf(answer.messages).map(listedMessage);
    const found = listed.filter((message) => message !== undefined);
    messages.push(...found);
    const next = textOf(answer.next_page_uri);
    const isOlder = found.some(({ createdAt }) => createdAt !== undefined && createdAt < attemptedAt - SKEW_MS);
    if (next === undefined || isOlder) return { messages, isWhole: true };
    call = { method: 'GET', path: next };
  }
  return { messages, isWhole: false };
}

/** What Twilio shows as body; undefined: it is made of a stored content, and only Twilio knows it. */
function bodyOf(content: OutboundContent): string | undefined {
  if (shapeOf(content) !== undefined || content.type === 'template') return undefined;
  if (content.type === 'text') return content.text;
  if (content.type === 'native') return textOf(content.body['Body']);
  if (content.type === 'location') return undefined;
  return 'caption' in content ? (content.caption ?? '') : '';
}

function isSame(message: ListedMessage, body: string | undefined): boolean {
  if (body === undefined) return true;
  const shown = message.body.startsWith(TRIAL_PREFIX) ? message.body.slice(TRIAL_PREFIX.length) : message.body;
  return shown.trim() === body.trim();
}

/** Ours, of that time, and from the sender that it was sent from: one that a service chose is known by the service. */
function isCandidate(line: Line, message: ListedMessage, sought: SoughtMessage, settings: TwilioSettings): boolean {
  const { createdAt, isOutbound, messagingServiceSid } = message;
  if (!isOutbound || createdAt === undefined || createdAt < sought.attemptedAt - SKEW_MS) return false;
  const { from, service } = sendersOf(line, settings, sought.options);
  return from === undefined ? messagingServiceSid === service : message.from === undefined || message.from === from;
}

function asFound(message: ListedMessage): FoundMessage | undefined {
  const step = stepOf(message.status, message.errorCode, message.errorMessage);
  return step && { receipt: { providerMessageId: message.sid }, ...step };
}

export function lookupOn(line: Line): LookupPower<TwilioSettings> {
  return {
    /**
     * Found: exactly one message since the attempt that Parley does not know says the same. Absent: there is none at all, whatever it
     * says (Twilio may have changed the text: shortened links, replaced letters, a redacted body), and the request is long over.
     */
    async find(sought, settings, io) {
      const { messages, isWhole } = await list(line, sought, settings, io);
      const candidates: ListedMessage[] = [];
      for (const message of messages) {
        if (!isCandidate(line, message, sought, settings)) continue;
        if (!(await sought.isAnother(message.sid))) candidates.push(message);
      }
      const body = bodyOf(sought.content);
      const same = candidates.filter((message) => isSame(message, body));
      if (same.length === 1) return asFound(same[0] as ListedMessage);
      const isOver = io.clock.now() - sought.attemptedAt >= SURE_AFTER_MS;
      return candidates.length === 0 && isWhole && isOver ? 'absent' : undefined;
    },
  };
}
