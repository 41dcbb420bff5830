/** What a person said or did, from the parameters of one webhook (page "Twilio's request to your webhook URL"). */
import type { IdentityRef, WindowOpener } from '../../../../contract/event.ts';
import type { MessageContext, Referral } from '../../../../contract/message.ts';
import type { MediaKind } from '../../../../contract/media.ts';
import { messageKey } from '../../core/ids.ts';
import type { ChannelEvent, ParsedContent, ParsedPreference, ProviderMedia } from '../channel.ts';
import { readAnswers } from '../kit/json-body.ts';
import { compact, numberOf, textOf, type JsonObject } from '../kit/json.ts';
import { isByWhatsApp } from './addresses.ts';

/** Twilio attaches ten files at most; some room for more. */
const MAX_FILES = 32;

interface File {
  type: MediaKind;
  media: ProviderMedia;
}

function fileKind(mimeType: string | undefined, messageType: unknown): MediaKind {
  if (messageType === 'sticker') return 'sticker';
  const family = mimeType?.split('/')[0];
  return family === 'image' || family === 'video' || family === 'audio' ? family : 'document';
}

function files(form: JsonObject): File[] {
  const count = Math.min(numberOf(form.NumMedia) ?? 0, MAX_FILES);
  const found: File[] = [];
  for (let index = 0; index < count; index++) {
    const providerId = textOf(form[`MediaUrl${index}`]);
    const mimeType = textOf(form[`MediaContentType${index}`])?.toLowerCase();
    if (providerId === undefined) continue;
    found.push({ type: fileKind(mimeType, form.MessageType), media: compact({ providerId, mimeType }) });
  }
  return found;
}

function location(form: JsonObject): ParsedContent | undefined {
  const latitude = numberOf(form.Latitude);
  const longitude = numberOf(form.Longitude);
  if (latitude === undefined || longitude === undefined) return undefined;
  return compact({
    ...{ type: 'location' as const, latitude, longitude },
    name: textOf(form.Label),
    address: textOf(form.Address),
  });
}

/** A button of a template says so by its `MessageType`; without a payload WhatsApp repeats the label. */
function button(form: JsonObject): ParsedContent | undefined {
  const buttonId = textOf(form.ButtonPayload) ?? textOf(form.ButtonText);
  if (buttonId === undefined) return undefined;
  const text = textOf(form.ButtonText) ?? textOf(form.Body) ?? buttonId;
  return { type: 'button', buttonId, text, source: form.MessageType === 'button' ? 'template' : 'message' };
}

function choice(form: JsonObject): ParsedContent | undefined {
  const buttonId = textOf(form.ListId);
  if (buttonId === undefined) return undefined;
  const text = textOf(form.ListTitle) ?? textOf(form.Body) ?? '';
  return compact({ type: 'list', buttonId, text, description: textOf(form.ListDescription) });
}

function formAnswer(form: JsonObject): ParsedContent | undefined {
  const json = textOf(form.InteractiveData);
  if (json === undefined) return undefined;
  const data = readAnswers(json);
  return compact({ type: 'form', name: 'flow', text: textOf(form.Body), token: textOf(data.flow_token), data });
}

function media(form: JsonObject): ParsedContent | undefined {
  const [first, ...more] = files(form);
  if (first === undefined) return undefined;
  const caption = textOf(form.Body);
  return compact({ ...first, caption, more: more.length > 0 ? more : undefined });
}

/** Kinds whose text is all there is to them; `undefined`: SMS, which has no kinds. */
const TEXTUAL = new Set([undefined, 'text', 'interactive', 'button', 'contacts']);

/** What a kind that is not known says in words is kept; the rest of it is in the raw body. */
function contentOf(form: JsonObject): ParsedContent {
  const found = location(form) ?? media(form) ?? button(form) ?? choice(form) ?? formAnswer(form);
  if (found !== undefined) return found;
  const kind = textOf(form.MessageType);
  const text = textOf(form.Body);
  if (TEXTUAL.has(kind) && (text !== undefined || kind === undefined || kind === 'text')) {
    return { type: 'text', text: text ?? '' };
  }
  const words = text === undefined ? '' : `: ${text}`;
  return { type: 'unsupported', reason: `message kind "${kind}" is not known, or its content is missing${words}` };
}

/** The ad that a conversation came from. */
function referralOf(form: JsonObject): Referral | undefined {
  const referral = compact({
    sourceUrl: textOf(form.ReferralSourceUrl),
    sourceId: textOf(form.ReferralSourceId),
    sourceType: textOf(form.ReferralSourceType),
    headline: textOf(form.ReferralHeadline),
    body: textOf(form.ReferralBody),
    mediaType: textOf(form.ReferralMediaContentType),
    mediaUrl: textOf(form.ReferralMediaUrl),
    clickId: textOf(form.ReferralCtwaClid),
  });
  return Object.keys(referral).length > 0 ? referral : undefined;
}

const isTrue = (value: unknown): true | undefined => (textOf(value)?.toLowerCase() === 'true' ? true : undefined);

function contextOf(form: JsonObject): MessageContext | undefined {
  const context = compact({
    replyToProviderId: textOf(form.OriginalRepliedMessageSid),
    forwarded: isTrue(form.Forwarded),
    frequentlyForwarded: isTrue(form.FrequentlyForwarded),
    referral: referralOf(form),
  });
  return Object.keys(context).length > 0 ? context : undefined;
}

/** On WhatsApp every message opens the window; whether a reaction does, nobody says. SMS has no window. */
function openerOf(form: JsonObject, content: ParsedContent, context?: MessageContext): WindowOpener | undefined {
  if (!isByWhatsApp(form.From, form) || form.MessageType === 'reaction') return undefined;
  if (context?.referral !== undefined) return 'ad';
  return content.type === 'button' || content.type === 'list' ? 'button' : 'message';
}

const WISHES: ReadonlyMap<unknown, ParsedPreference['value']> = new Map([
  ['STOP', 'stop'],
  ['START', 'resume'],
]);

/** Words by which whoever said stop comes back; `YES` is one to Twilio as well, but mostly an answer to something else. */
const RESUMING = /^\s*(start|unstop)\s*$/i;

/** Words to which Twilio by itself sends nothing more from this number (page "Twilio support for opt-out keywords"). */
const STOPPING = /^\s*(stop|stopall|unsubscribe|cancel|end|quit|revoke|optout)\s*$/i;

/**
 * The wish that Twilio read in the message and already answered; `HELP` is none. Without Advanced Opt-Out it keeps that to itself, and the words are
 * read here as Twilio reads them.
 */
function wishOf(form: JsonObject): ParsedPreference['value'] | undefined {
  const told = textOf(form.OptOutType);
  if (told !== undefined) return WISHES.get(told.toUpperCase());
  if (isByWhatsApp(form.From, form)) return undefined;
  const said = textOf(form.Body) ?? '';
  if (STOPPING.test(said)) return 'stop';
  return RESUMING.test(said) ? 'resume' : undefined;
}

/** The message, and the wish in it. */
export function messageEvents(form: JsonObject, sid: string, people: IdentityRef[], address: string[]): ChannelEvent[] {
  const contact = compact({
    ...{ identities: people, name: textOf(form.ProfileName), username: textOf(form.ProfileUsername) },
  });
  const content = contentOf(form);
  const context = contextOf(form);
  const message: ChannelEvent = compact({
    ...{ type: 'message.received' as const, address, dedupeKey: messageKey(sid), contact, raw: form },
    ...{ providerMessageId: sid, content, context, opensWindow: openerOf(form, content, context) },
  });
  const value = wishOf(form);
  if (value === undefined) return [message];
  const wish: ChannelEvent = compact({
    ...{ type: 'contact.preference' as const, address, dedupeKey: `preference:${sid}`, contact, raw: form },
    ...{ topic: 'all', value, data: compact({ keyword: textOf(form.Body), providerMessageId: sid }) },
  });
  return [{ ...message, wishTold: true }, wish];
}
