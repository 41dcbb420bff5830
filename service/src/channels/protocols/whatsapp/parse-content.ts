/** What a message of a WhatsApp user says (webhooks/reference/messages/*), kind by kind. */
import type { ContactCard, OrderItem } from '../../../../../contract/message.ts';
import type { MediaKind } from '../../../../../contract/media.ts';
import type { ParsedContent, ProviderMedia } from '../../channel.ts';
import { compact, flagOf, idOf, numberOf, objectOf, objectsOf, textOf, type JsonObject } from '../../kit/json.ts';
import { interactiveContent } from './parse-interactive.ts';

/** Answers `undefined` when what makes the kind is missing. */
type Reader = (message: JsonObject) => ParsedContent | undefined;

/** Webhooks write the digest in base64, the media endpoint in hex: hex in either case. */
export function sha256Of(value: unknown): string | undefined {
  const text = textOf(value) ?? '';
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase();
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === 32 ? bytes.toString('hex') : undefined;
}

function media(kind: MediaKind, member: string = kind): Reader {
  return (message) => {
    const file = objectOf(message[member]);
    const providerId = idOf(file.id);
    if (providerId === undefined) return undefined;
    const reference: ProviderMedia = compact({
      providerId,
      mimeType: textOf(file.mime_type) ?? 'application/octet-stream',
      sha256: sha256Of(file.sha256),
      filename: textOf(file.filename),
      voice: member === 'voice' ? true : flagOf(file.voice),
      animated: flagOf(file.animated),
    });
    return compact({ type: kind, caption: textOf(file.caption), media: reference });
  };
}

function location(message: JsonObject): ParsedContent | undefined {
  const place = objectOf(message.location);
  const latitude = numberOf(place.latitude);
  const longitude = numberOf(place.longitude);
  if (latitude === undefined || longitude === undefined) return undefined;
  const rest = { name: textOf(place.name), address: textOf(place.address), url: textOf(place.url) };
  return compact({ type: 'location', latitude, longitude, ...rest });
}

function addresses(value: unknown): ContactCard['addresses'] {
  return objectsOf(value).map(({ street, city, state, zip, country, country_code: countryCode, type }) =>
    compact({
      street: textOf(street),
      city: textOf(city),
      state: textOf(state),
      zip: textOf(zip),
      country: textOf(country),
      countryCode: textOf(countryCode),
      type: textOf(type),
    }),
  );
}

function phones(value: unknown): ContactCard['phones'] {
  return objectsOf(value).map(({ phone, wa_id: waId, user_id: userId, type }) =>
    compact({
      phone: textOf(phone) ?? textOf(waId) ?? '',
      type: textOf(type),
      address: textOf(waId) ?? textOf(userId),
    }),
  );
}

/** The formatted name of a vCard (RFC 6350, 6.2.1): whoever is shared by a card has none beside it. */
function nameIn(vcard: string | undefined): string | undefined {
  const [, value] = /^FN(?:;[^:\r\n]*)?:([^\r\n]*)/im.exec(vcard ?? '') ?? [];
  return value?.replaceAll(/\\([,;\\])/g, '$1').trim();
}

function nameOf(card: JsonObject): ContactCard['name'] {
  const name = objectOf(card.name);
  const first = textOf(name.first_name);
  const last = textOf(name.last_name);
  const sole = objectsOf(card.phones)[0]?.phone;
  const written = [first, last].filter(Boolean).join(' ') || nameIn(textOf(card.vcard));
  return compact({
    formatted: textOf(name.formatted_name) ?? (written || textOf(sole) || ''),
    first,
    last,
    middle: textOf(name.middle_name),
    prefix: textOf(name.prefix),
    suffix: textOf(name.suffix),
  });
}

function cardOf(card: JsonObject): ContactCard {
  const { company, department, title } = objectOf(card.org);
  const org = compact({ company: textOf(company), department: textOf(department), title: textOf(title) });
  const some = <T>(list: T[] | undefined): T[] | undefined => (list && list.length > 0 ? list : undefined);
  return compact({
    name: nameOf(card),
    phones: some(phones(card.phones)),
    emails: some(objectsOf(card.emails).map((e) => compact({ email: textOf(e.email) ?? '', type: textOf(e.type) }))),
    addresses: some(addresses(card.addresses)),
    org: Object.keys(org).length > 0 ? org : undefined,
    urls: some(objectsOf(card.urls).map((u) => compact({ url: textOf(u.url) ?? '', type: textOf(u.type) }))),
    birthday: textOf(card.birthday),
  });
}

function contacts(message: JsonObject): ParsedContent | undefined {
  const cards = objectsOf(message.contacts);
  if (cards.length === 0) return undefined;
  const vcards = cards.map(({ vcard }) => textOf(vcard)).filter((vcard) => vcard !== undefined);
  const requested = textOf(message.origin)?.startsWith('contact_request') ? (true as const) : undefined;
  return compact({
    ...{ type: 'contacts' as const, contacts: cards.map(cardOf), requested },
    vcards: vcards.length > 0 ? vcards : undefined,
  });
}

/** A missing or empty `emoji` takes the reaction back. */
function reaction(message: JsonObject): ParsedContent | undefined {
  const { message_id: messageId, emoji } = objectOf(message.reaction);
  const target = idOf(messageId);
  return target === undefined ? undefined : { type: 'reaction', messageId: target, emoji: textOf(emoji) ?? '' };
}

/** A tapped quick reply of a template; without a payload at sending, Meta repeats the label as payload. */
function templateButton(message: JsonObject): ParsedContent | undefined {
  const { payload, text } = objectOf(message.button);
  const label = textOf(text) ?? textOf(payload);
  if (label === undefined) return undefined;
  return { type: 'button', buttonId: textOf(payload) ?? label, text: label, source: 'template' };
}

function orderItem(item: JsonObject): OrderItem {
  return {
    productId: idOf(item.product_retailer_id) ?? '',
    quantity: numberOf(item.quantity) ?? 0,
    price: numberOf(item.item_price) ?? 0,
    currency: textOf(item.currency) ?? '',
  };
}

function order(message: JsonObject): ParsedContent | undefined {
  const { catalog_id: catalogId, text, product_items: items } = objectOf(message.order);
  const catalog = idOf(catalogId);
  if (catalog === undefined) return undefined;
  return compact({ type: 'order', catalogId: catalog, text: textOf(text), items: objectsOf(items).map(orderItem) });
}

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  [
    'text',
    ({ text }) =>
      typeof objectOf(text).body === 'string' ? { type: 'text', text: objectOf(text).body as string } : undefined,
  ],
  ['image', media('image')],
  ['video', media('video')],
  ['audio', media('audio')],
  // Of older providers: `audio` with a flag since.
  ['voice', media('audio', 'voice')],
  ['document', media('document')],
  ['sticker', media('sticker')],
  ['location', location],
  ['contacts', contacts],
  ['reaction', reaction],
  ['interactive', ({ interactive }) => interactiveContent(objectOf(interactive))],
  ['button', templateButton],
  ['order', order],
  ['request_welcome', () => ({ type: 'request_welcome' })],
]);

/** Of the words of an error beside the messages, which are repeated with each of them. */
const MAX_REASON = 600;

/** Why Meta could not pass a message on, in its words. */
function reasonOf(message: JsonObject, valueError?: JsonObject): string {
  const kind = textOf(objectOf(message.unsupported).type);
  const error = objectsOf(message.errors)[0] ?? valueError;
  const { title, message: text, error_data: data } = error ?? {};
  const words = (textOf(objectOf(data).details) ?? textOf(text) ?? textOf(title))?.slice(0, MAX_REASON);
  const said = [kind, words].filter((part) => part !== undefined).join(': ');
  return said || `message kind "${textOf(message.type) ?? 'none'}" is not known, or its content is missing`;
}

/** Total: what it cannot read is `unsupported` with the reason. `valueError`: the first of `errors` beside `messages`. */
export function contentOf(message: JsonObject, valueError?: JsonObject): ParsedContent {
  const content = READERS.get(textOf(message.type) ?? '')?.(message);
  return content ?? { type: 'unsupported', reason: reasonOf(message, valueError) };
}
