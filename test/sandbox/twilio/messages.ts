import type { HttpReply } from '../kit/http-server.ts';
import { isObject, objectOf, parseJson, textOf, type JsonObject } from '../kit/json.ts';
import { ok, rfc2822, type Call } from './call.ts';
import { filled, isInSession, typeFor } from './content-types.ts';
import { TWILIO_DEFAULTS, type Line } from './defaults.ts';
import { TwilioError } from './errors.ts';
import { followUp } from './statuses.ts';
import { newSid, type MessagingService, type SandboxMessage, type StoredContent, type World } from './world.ts';

const DAY = 24 * 3_600_000;
const E164 = /^\+[1-9]\d{6,14}$/;
const USER_ID = /^[A-Z]{2}\.[A-Za-z0-9]+$/;

export const lineOf = (address: string): Line => (address.startsWith('whatsapp:') ? 'whatsapp' : 'sms');
export const pairOf = (business: string, person: string): string => `${business}|${person}`;

/** A Messaging Service has none until it takes the message up. */
export function shownSender({ from, messagingServiceSid, status }: SandboxMessage): string | null {
  const isWaiting = messagingServiceSid !== null && (status === 'accepted' || status === 'scheduled');
  return isWaiting ? null : from || null;
}

/** Twilio calls no host with an underscore in its name. */
function checkCallback(url: string | undefined): void {
  if (url !== undefined && (!URL.canParse(url) || new URL(url).hostname.includes('_'))) throw new TwilioError(21609);
}

/** A message as the API shows it. */
export function resourceOf(message: SandboxMessage): JsonObject {
  const path = `/2010-04-01/Accounts/${TWILIO_DEFAULTS.accountSid}/Messages/${message.sid}`;
  return {
    sid: message.sid,
    account_sid: TWILIO_DEFAULTS.accountSid,
    messaging_service_sid: message.messagingServiceSid,
    from: shownSender(message),
    to: message.to,
    body: message.body,
    num_segments: '1',
    num_media: String(message.media.length),
    direction: message.direction,
    status: message.status,
    error_code: message.errorCode,
    error_message: null,
    price: null,
    price_unit: 'USD',
    date_created: rfc2822(message.createdAt),
    date_sent: message.sentAt === undefined ? null : rfc2822(message.sentAt),
    date_updated: rfc2822(message.createdAt),
    api_version: '2010-04-01',
    uri: `${path}.json`,
    subresource_uris: { media: `${path}/Media.json` },
  };
}

function checkRecipient(world: World, to: string): void {
  if (to === '') throw new TwilioError(21604);
  const bare = to.replace(/^whatsapp:/, '');
  const isUser = lineOf(to) === 'whatsapp' && USER_ID.test(bare);
  if (!E164.test(bare) && !isUser) throw new TwilioError(21211, `Invalid 'To' Phone Number: ${to}`);
  const { verifiedRecipients, unreachable } = world.settings;
  if (verifiedRecipients !== null && !verifiedRecipients.includes(bare)) throw new TwilioError(21608);
  if (lineOf(to) === 'sms' && unreachable.includes(bare)) throw new TwilioError(21614);
}

/** The sender; `''` until a Messaging Service has chosen one. */
function senderFor(world: World, form: URLSearchParams, to: string): { from: string; service?: MessagingService } {
  const from = form.get('From') ?? '';
  const serviceSid = form.get('MessagingServiceSid');
  if (from === '' && serviceSid === null) throw new TwilioError(21603);
  const service = world.services.find(({ sid }) => sid === serviceSid);
  if (serviceSid !== null && service === undefined) throw new TwilioError(21705);
  const chosen = from || (service?.senders.find((sender) => lineOf(sender) === lineOf(to)) ?? '');
  if (chosen === '' || lineOf(chosen) !== lineOf(to)) throw new TwilioError(21910);
  const owned = [...world.numbers, ...world.senders].some(({ address }) => address === chosen);
  const isName = lineOf(chosen) === 'sms' && /[A-Za-z]/.test(chosen);
  if (!owned && !isName) throw new TwilioError(lineOf(chosen) === 'whatsapp' ? 63007 : 21606);
  if (world.optedOut.has(pairOf(chosen, to))) throw new TwilioError(21610);
  return { from: chosen, ...(service && { service }) };
}

interface Said {
  body: string;
  media: string[];
  content?: StoredContent;
  type?: string;
  rendered?: JsonObject;
}

function contentSaid(world: World, form: URLSearchParams, line: Line): Said {
  const content = world.contents.get(form.get('ContentSid') ?? '');
  const type = content && typeFor(content, line);
  if (content === undefined || type === undefined) throw new TwilioError(21655);
  const given = form.get('ContentVariables');
  const variables = given === null ? {} : parseJson(given);
  const isGood = isObject(variables) && Object.values(variables).every((value) => typeof value === 'string');
  const names = Object.keys(content.variables);
  if (!isGood || Object.keys(variables).some((name) => !names.includes(name))) throw new TwilioError(21656);
  const rendered = objectOf(filled(content.types[type], variables as Record<string, string>, content.variables));
  return { body: textOf(rendered['body']) ?? '', media: [], content, type, rendered };
}

function said(world: World, form: URLSearchParams, line: Line): Said {
  if (form.has('ContentSid')) return contentSaid(world, form, line);
  const body = form.get('Body') ?? '';
  const media = form.getAll('MediaUrl');
  if (body === '' && media.length === 0) throw new TwilioError(21602);
  if ([...body].length > 1_600) throw new TwilioError(21617);
  if (media.some((url) => !/^https?:\/\/./.test(url) || !URL.canParse(url))) throw new TwilioError(21620);
  if (media.length > (line === 'whatsapp' ? 1 : 10)) throw new TwilioError(21623);
  return { body, media };
}

function checkTiming(world: World, form: URLSearchParams): boolean {
  const validity = form.get('ValidityPeriod');
  if (validity !== null && !(Number(validity) >= 1 && Number(validity) <= 36_000)) throw new TwilioError(21624);
  if (!form.has('ScheduleType')) return false;
  const at = Date.parse(form.get('SendAt') ?? '');
  if (form.get('ScheduleType') !== 'fixed' || Number.isNaN(at)) throw new TwilioError(35111);
  if (!form.has('MessagingServiceSid')) throw new TwilioError(35118);
  const aheadMs = at - world.clock.now();
  if (aheadMs < 15 * 60_000 || aheadMs > 35 * DAY) throw new TwilioError(35114);
  return true;
}

function checkRate(world: World): void {
  const now = world.clock.now();
  world.recentSends = world.recentSends.filter((at) => now - at < 1_000);
  const { perSecond } = world.settings;
  if (perSecond !== null && world.recentSends.length >= perSecond) throw new TwilioError(20429);
  world.recentSends.push(now);
}

/** What may be sent when the person did not write within a day: approved contents. */
function isOutsideWindow(world: World, from: string, to: string, { content, type }: Said): boolean {
  if (lineOf(to) !== 'whatsapp' || content?.approval.status === 'approved') return false;
  const heardAt = world.heardAt.get(pairOf(from, to)) ?? -Infinity;
  return world.clock.now() - heardAt > DAY || (type !== undefined && !isInSession(type));
}

/** `POST …/Messages.json` */
export function createMessage({ world, form }: Call): HttpReply {
  checkRate(world);
  const to = form.get('To') ?? '';
  checkRecipient(world, to);
  const { from, service } = senderFor(world, form, to);
  const words = said(world, form, lineOf(to));
  const isScheduled = checkTiming(world, form);
  const statusCallback = form.get('StatusCallback') ?? undefined;
  checkCallback(statusCallback);
  const isOutside = isOutsideWindow(world, from, to, words);
  if (isOutside && world.settings.windowErrors === 'at_once') throw new TwilioError(63016);
  const message: SandboxMessage = {
    sid: newSid(world, words.media.length > 0 && lineOf(to) === 'sms' ? 'MM' : 'SM'),
    direction: 'outbound-api',
    line: lineOf(to),
    ...{ to, from, messagingServiceSid: service?.sid ?? null },
    ...{ body: words.body, media: words.media },
    status: isScheduled ? 'scheduled' : service === undefined ? 'queued' : 'accepted',
    errorCode: null,
    createdAt: world.clock.now(),
    ...(statusCallback !== undefined && { statusCallback }),
    ...(words.content && { content: words.content }),
    ...(words.rendered && { rendered: words.rendered }),
    params: Object.fromEntries([...new Set(form.keys())].map((name) => [name, form.getAll(name)])),
    statuses: [],
  };
  world.messages.set(message.sid, message);
  world.changes.notify();
  const answer = resourceOf(message);
  if (!isScheduled) void followUp(world, message, isOutside ? 63016 : undefined);
  return ok(answer, 201);
}
