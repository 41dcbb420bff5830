/**
 * What became of a message whose answer never came. Twilio has no idempotency key, but it lists what it took, at once and the newest
 * first: the message is looked for among those to its recipient.
 *
 * The list is not narrowed by `DateSent>`: it is empty until a message is really sent, and queued or scheduled ones would be missing.
 * Instead it is read until it is older than the attempt.
 *
 * The instant of the attempt is by our clock, Twilio's instants are by theirs. Both are compared by the `Date` of Twilio's answer (RFC 9110, 6.6.1); while
 * they differ, nothing is said to be absent, as it would be sent again.
 */
import type { OutboundContent } from '../../../../contract/message.ts';
import { addressSpellings } from '../../core/identity.ts';
import { withoutTrunk } from '../../core/phone-spellings.ts';
import type { FoundMessage, LookupPower, SoughtMessage } from '../channel.ts';
import type { ConnectorIo } from '../../connectors/connector.ts';
import { objectOf, objectsOf, textOf } from '../kit/json.ts';
import { aheadIn } from '../kit/provider-clock.ts';
import { wireRecipient, type Line } from './addresses.ts';
import { accountPath, twilioAnswer, type TwilioCall } from './call.ts';
import { listedMessage, stepOf, type ListedMessage } from './payloads.ts';
import { sendersOf, shapeOf } from './render.ts';
import type { TwilioSettings } from './settings.ts';

/** Clocks differ, and Twilio's instants are whole seconds. */
const SKEW_MS = 60_000;
/** Before something may be sent twice: the clock may have been wrong at the attempt, and be right by now. */
const WRONG_CLOCK_MS = 24 * 3_600_000;
/** After that a request that was on its way has arrived, and what arrived is listed; what is made later is somebody else's. */
const SURE_AFTER_MS = 2 * 60_000;
const PAGE_SIZE = 100;
const MAX_PAGES = 5;
const TRIAL_PREFIX = 'Sent from your Twilio trial account - ';

interface Listing {
  messages: ListedMessage[];
  /** Everything since the attempt is in it. */
  isWhole: boolean;
  /** How far Twilio's clock is ahead of ours, in milliseconds; undefined: it did not tell. */
  aheadMs: number | undefined;
}

/** A service that was asked to send from one number may still have none chosen, so only without one the number narrows the list. */
async function listTo(
  line: Line,
  sought: SoughtMessage,
  address: string,
  settings: TwilioSettings,
  io: ConnectorIo,
): Promise<Listing> {
  const { from, service } = sendersOf(line, settings, sought.options);
  const To = wireRecipient(line, { ...sought.to, address });
  const query = { To, From: service === undefined ? from : undefined, PageSize: PAGE_SIZE };
  const messages: ListedMessage[] = [];
  const since = sought.attemptedAt - WRONG_CLOCK_MS;
  let call: TwilioCall = { method: 'GET', path: accountPath(settings, '/Messages.json'), query };
  let aheadMs: number | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const calledAt = io.clock.now();
    const { body, headers } = await twilioAnswer(call, settings, io);
    const answer = objectOf(body);
    aheadMs = aheadIn(headers, calledAt, io.clock.now());
    const found = objectsOf(answer.messages)
      .map(listedMessage)
      .filter((message) => message !== undefined);
    for (const message of found) messages.push(message);
    const next = textOf(answer.next_page_uri);
    if (next === undefined) return { messages, isWhole: true, aheadMs };
    const isOlder = found.some(({ createdAt }) => createdAt !== undefined && createdAt < since);
    // Twilio sorts by the time of sending, which a scheduled message does not have yet: it may stand anywhere.
    if (isOlder) return { messages, isWhole: !isScheduled(sought), aheadMs };
    // The credentials go along, so the page has to be a path.
    if (!next.startsWith('/')) break;
    call = { method: 'GET', path: next };
  }
  return { messages, isWhole: false, aheadMs };
}

/** Twilio may list a message under another spelling of the number than it was sent to. */
async function list(line: Line, sought: SoughtMessage, settings: TwilioSettings, io: ConnectorIo): Promise<Listing> {
  const found: Listing = { messages: [], isWhole: true, aheadMs: 0 };
  for (const address of addressSpellings(sought.to)) {
    // Nothing is sent to a 0 that is dialled at home only.
    if (bare(address) !== withoutTrunk(bare(address))) continue;
    const { messages, isWhole, aheadMs } = await listTo(line, sought, address, settings, io);
    found.messages.push(...messages);
    found.isWhole &&= isWhole;
    found.aheadMs = aheadMs;
  }
  return found;
}

const bare = (address: string): string => address.replace(/^\+/, '');

function isScheduled({ content, options }: SoughtMessage): boolean {
  return options['sendAt'] !== undefined || (content.type === 'native' && content.body['SendAt'] !== undefined);
}

/** With its address hidden, Twilio does not list a message by its recipient. */
function isListed({ content }: SoughtMessage): boolean {
  return content.type !== 'native' || content.body['AddressRetention'] === undefined;
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

/** Nothing speaks against its being the one: a message that may be it keeps a repeat from being sent. */
function mayBe(line: Line, message: ListedMessage, sought: SoughtMessage, settings: TwilioSettings): boolean {
  const { createdAt = Infinity, isOutbound, messagingServiceSid } = message;
  if (!isOutbound || createdAt < sought.attemptedAt - WRONG_CLOCK_MS) return false;
  const { from, service } = sendersOf(line, settings, sought.options);
  if (from !== undefined) return message.from === undefined || message.from === from;
  return messagingServiceSid === undefined || messagingServiceSid === service;
}

/** Of that very time by Twilio's clock, sent in the very same way, and saying the same. */
function isIt(
  line: Line,
  message: ListedMessage,
  sought: SoughtMessage,
  settings: TwilioSettings,
  aheadMs: number,
): boolean {
  const { createdAt = Infinity, messagingServiceSid } = message;
  const attemptedAt = sought.attemptedAt + aheadMs;
  const isTimely = createdAt >= attemptedAt - SKEW_MS && createdAt <= attemptedAt + SURE_AFTER_MS;
  const { service } = sendersOf(line, settings, sought.options);
  return isTimely && messagingServiceSid === service && isSame(message, bodyOf(sought.content));
}

function asFound(message: ListedMessage): FoundMessage | undefined {
  const step = stepOf(message.status, message.errorCode, message.errorMessage);
  return step && { receipt: { providerMessageId: message.sid }, ...step };
}

export function lookupOn(line: Line): LookupPower<TwilioSettings> {
  return {
    /**
     * Found: exactly one message of the time of the attempt that Parley does not know says the same. Absent: there is none at all,
     * whatever it says (Twilio may have changed the text: shortened links, replaced letters, a redacted body), the request is long over, and
     * Twilio's clock is ours.
     */
    async find(sought, settings, io) {
      const { messages, isWhole, aheadMs } = await list(line, sought, settings, io);
      const possible: ListedMessage[] = [];
      for (const message of messages) {
        if (!mayBe(line, message, sought, settings)) continue;
        if (!(await sought.isAnother(message.sid))) possible.push(message);
      }
      const same = possible.filter((message) => isIt(line, message, sought, settings, aheadMs ?? 0));
      if (same.length === 1) return asFound(same[0] as ListedMessage);
      const isOver = io.clock.reached() - sought.attemptedAt >= SURE_AFTER_MS;
      const isSameClock = aheadMs !== undefined && Math.abs(aheadMs) <= SKEW_MS;
      const isSure = isWhole && isOver && isSameClock && isListed(sought);
      return possible.length === 0 && isSure ? 'absent' : undefined;
    },
  };
}
