import { listOf, objectOf, textOf } from '../kit/json.ts';
import type { People, SentByCustomer } from '../kit/sandbox.ts';
import { TWILIO_DEFAULTS, type Line } from './defaults.ts';
import { storeMedia } from './media.ts';
import { pairOf } from './messages.ts';
import { postStatus } from './statuses.ts';
import { newSid, type Form, type SandboxMessage, type World } from './world.ts';

/** What a person sends; one of the members that say something. */
export interface CustomerMessage {
  /** Digits or `+` digits; on WhatsApp also a user id (`US.…`). */
  from: string;
  /** The business' address; default: its first sender on the line. */
  to?: string;
  line?: Line;
  name?: string;
  id?: string;
  text?: string;
  files?: { mimeType: string; content?: Buffer | string }[];
  location?: { latitude: number; longitude: number; name?: string; address?: string };
  replyTo?: string;
  forwarded?: boolean;
  /** `Referral…` parameters, without the prefix. */
  referral?: Form;
  /** WhatsApp's business-scoped id, when it is told beside the number. */
  userId?: string;
  /** Any further parameters; they win. */
  raw?: Form;
}

export type Customer = People<CustomerMessage>;

const STOP_WORDS = new Set(['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT']);
const START_WORDS = new Set(['START', 'YES', 'UNSTOP']);
const HELP_WORDS = new Set(['HELP', 'INFO']);

export function createCustomer(world: World): Customer {
  const answers = (messageId: string, content: Omit<CustomerMessage, 'from'>) => {
    const { to, from, line } = acceptedMessage(world, messageId);
    return sends(world, { ...content, line, from: to.replace(/^whatsapp:/, ''), to: from, replyTo: messageId });
  };
  return {
    sends: (message) => sends(world, message),
    taps: async ({ messageId, choice }) => answers(messageId, tapped(acceptedMessage(world, messageId), choice)),
    replies: async ({ messageId, text }) => answers(messageId, { text }),
    submitsForm: async ({ messageId, response }) =>
      answers(messageId, {
        text: 'Sent',
        raw: { MessageType: 'interactive', InteractiveData: JSON.stringify(response) },
      }),
    reads: async (messageId) => {
      const delivery = postStatus(world, acceptedMessage(world, messageId), 'read');
      await delivery?.first;
      return delivery;
    },
  };
}

function tapped(message: SandboxMessage, choice: string): Omit<CustomerMessage, 'from'> {
  const { actions, items } = message.rendered ?? {};
  const is = (id: unknown, label: unknown) => id === choice || label === choice;
  const button = listOf(actions)
    .map(objectOf)
    .find(({ id, title }) => is(id, title));
  if (button !== undefined) {
    const label = textOf(button['title']) ?? '';
    const isTemplate = message.content?.approval.status === 'approved';
    const raw = {
      ...{ MessageType: isTemplate ? 'button' : 'interactive', ButtonText: label },
      ButtonPayload: textOf(button['id']) ?? label,
    };
    return { text: label, raw };
  }
  const row = listOf(items)
    .map(objectOf)
    .find(({ id, item }) => is(id, item));
  if (row === undefined) throw new Error(`${message.sid} has no choice ${choice}`);
  const title = textOf(row['item']) ?? '';
  return { text: title, raw: { MessageType: 'interactive', ListId: textOf(row['id']) ?? '', ListTitle: title } };
}

/** What Twilio reads in a text, and does about it. */
function wish(world: World, line: Line, pair: string, text: string): 'STOP' | 'START' | 'HELP' | undefined {
  if (line === 'whatsapp' && !world.settings.advancedOptOut) return undefined;
  const word = text.trim().toUpperCase();
  if (STOP_WORDS.has(word)) {
    world.optedOut.add(pair);
    return 'STOP';
  }
  if (START_WORDS.has(word) && world.optedOut.delete(pair)) return 'START';
  return HELP_WORDS.has(word) ? 'HELP' : undefined;
}

function kindOf({ files, location }: CustomerMessage): string {
  if (location) return 'location';
  const family = files?.[0]?.mimeType.split('/')[0];
  if (family === undefined) return 'text';
  return ['image', 'video', 'audio'].includes(family) ? family : 'document';
}

/** Parameters that only WhatsApp has. */
function whatsappForm(world: World, message: CustomerMessage, digits: string | undefined): Form {
  const { userId, name = world.names.get(message.from), replyTo, to } = message;
  if (name !== undefined) world.names.set(message.from, name);
  return {
    MessageType: kindOf(message),
    ...(name !== undefined && { ProfileName: name }),
    ...(digits !== undefined && { WaId: digits }),
    ...(userId !== undefined && { ExternalUserId: `whatsapp:${userId}` }),
    ReferralNumMedia: '0',
    ...(replyTo !== undefined && {
      OriginalRepliedMessageSid: replyTo,
      OriginalRepliedMessageSender: to ?? `whatsapp:${TWILIO_DEFAULTS.whatsappSender}`,
    }),
    ...(message.forwarded && { Forwarded: 'true' }),
  };
}

function contentForm(world: World, sid: string, message: CustomerMessage): Form {
  const { text = '', files = [], location, referral = {} } = message;
  const form: Form = { Body: text, NumMedia: String(files.length), NumSegments: '1' };
  files.forEach(({ mimeType, content = 'sandbox file' }, index) => {
    form[`MediaUrl${index}`] = storeMedia(world, sid, mimeType, Buffer.from(content));
    form[`MediaContentType${index}`] = mimeType;
  });
  if (location) {
    form['Latitude'] = String(location.latitude);
    form['Longitude'] = String(location.longitude);
    if (location.name !== undefined) form['Label'] = location.name;
    if (location.address !== undefined) form['Address'] = location.address;
  }
  for (const [name, value] of Object.entries(referral)) form[`Referral${name}`] = value;
  return form;
}

/** Where what is written to this sender goes: its Messaging Service, unless that leaves it to its numbers. */
function inboundUrl(world: World, to: string): { url: string; service?: string } {
  const service = world.services.find(({ senders }) => senders.includes(to));
  const own =
    world.numbers.find(({ address }) => address === to)?.smsUrl ??
    world.senders.find(({ address }) => address === to)?.callbackUrl ??
    '';
  const url = service === undefined || service.usesInboundWebhookOnNumber ? own : service.inboundUrl;
  return { url, ...(service && { service: service.sid }) };
}

async function sends(world: World, message: CustomerMessage): Promise<SentByCustomer> {
  const line = message.line ?? world.settings.line;
  const isUser = /^[A-Z]{2}\./.test(message.from);
  const bare = isUser ? message.from : `+${message.from.replace(/^\+/, '')}`;
  const from = line === 'whatsapp' ? `whatsapp:${bare}` : bare;
  const first = line === 'whatsapp' ? world.senders[0]?.address : world.numbers[0]?.address;
  const to = message.to ?? first ?? '';
  const sid = message.id ?? newSid(world, message.files?.length && line === 'sms' ? 'MM' : 'SM');
  world.heardAt.set(pairOf(to, from), world.clock.now());
  const { url, service } = inboundUrl(world, to);
  const optOut = wish(world, line, pairOf(to, from), message.text ?? '');
  const body = contentForm(world, sid, message);
  world.messages.set(sid, inboundMessage(world, { sid, line, to, from, body: message.text ?? '' }));
  world.changes.notify();
  if (url === '') return { id: sid, status: undefined, delivery: undefined };
  const form: Form = {
    ...{ MessageSid: sid, SmsMessageSid: sid, SmsSid: sid, SmsStatus: 'received' },
    ...{ AccountSid: TWILIO_DEFAULTS.accountSid, ApiVersion: '2010-04-01', From: from, To: to },
    ...(service !== undefined && { MessagingServiceSid: service }),
    ...(line === 'whatsapp' ? whatsappForm(world, message, isUser ? undefined : bare.slice(1)) : {}),
    ...body,
    ...(optOut !== undefined && world.settings.advancedOptOut && { OptOutType: optOut }),
    ...message.raw,
  };
  const delivery = world.webhooks.post(url, form);
  const attempt = await delivery.first;
  return { id: sid, status: attempt.status, delivery };
}

function inboundMessage(
  world: World,
  parts: Pick<SandboxMessage, 'sid' | 'line' | 'to' | 'from' | 'body'>,
): SandboxMessage {
  return {
    ...parts,
    ...{ direction: 'inbound', messagingServiceSid: null, media: [], status: 'received', errorCode: null },
    ...{ createdAt: world.clock.now(), sentAt: world.clock.now(), params: {}, statuses: [] },
  };
}

function acceptedMessage(world: World, id: string): SandboxMessage {
  const message = world.messages.get(id);
  if (message?.direction !== 'outbound-api') throw new Error(`No message ${id} was accepted`);
  return message;
}
