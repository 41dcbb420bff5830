/** Shapes of message content, as the API checks them. Lengths and counts are the channel's to check. */
import { z } from 'zod';
import { MEDIA_KINDS } from '../../../contract/media.ts';
import { formPages, locale, ONE_FORM, timeSlots, timeZone, venue } from './interactive.schema.ts';

const text = z.string().min(1);
const anyObject = z.record(z.string(), z.unknown());
const source = { link: z.url({ protocol: /^https?$/ }).optional(), mediaId: text.optional() };

/** Exactly one of `link` and `mediaId`. */
function oneSource(value: { link?: string | undefined; mediaId?: string | undefined }): boolean {
  return (value.link === undefined) !== (value.mediaId === undefined);
}
const ONE_SOURCE = { message: 'Give exactly one of link and mediaId', path: ['link'] };

/** Stickers of the provider go by their name. */
function oneSticker({
  name,
  ...file
}: {
  link?: string | undefined;
  mediaId?: string | undefined;
  name?: string | undefined;
}): boolean {
  return name === undefined ? oneSource(file) : file.link === undefined && file.mediaId === undefined;
}
const ONE_STICKER = { message: 'Give exactly one of link, mediaId and name', path: ['link'] };

const SEVERAL_OF_NONE = { message: 'Give the choices of which several may be picked', path: ['choices'] };

const fileHeader = z
  .strictObject({ type: z.enum(['image', 'video', 'document']), filename: text.optional(), ...source })
  .refine(oneSource, ONE_SOURCE);
const header = z.union([z.strictObject({ type: z.literal('text'), text }), fileHeader]);
const frame = { text, header: header.optional(), footer: text.optional() };
const button = z.strictObject({ id: text, title: text });
const cardButton = z.union([
  button,
  z.strictObject({ title: text, url: text }),
  z.strictObject({ title: text, phone: text }),
]);
const quickReply = z.union([
  button.extend({ imageUrl: text.optional() }),
  z.strictObject({ ask: z.enum(['phone', 'email']) }),
]);
const place = { latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) };
const productSections = z.array(z.strictObject({ title: z.string(), productIds: z.array(text).min(1) })).min(1);

/** A shared address-book card. */
export const contactCard = z.strictObject({
  name: z.strictObject({
    formatted: text,
    first: text.optional(),
    last: text.optional(),
    middle: text.optional(),
    prefix: text.optional(),
    suffix: text.optional(),
  }),
  phones: z.array(z.strictObject({ phone: text, type: text.optional(), address: text.optional() })).optional(),
  emails: z.array(z.strictObject({ email: text, type: text.optional() })).optional(),
  addresses: z
    .array(
      z.strictObject({
        street: text.optional(),
        city: text.optional(),
        state: text.optional(),
        zip: text.optional(),
        country: text.optional(),
        countryCode: text.optional(),
        type: text.optional(),
      }),
    )
    .optional(),
  org: z.strictObject({ company: text.optional(), department: text.optional(), title: text.optional() }).optional(),
  urls: z.array(z.strictObject({ url: text, type: text.optional() })).optional(),
  birthday: z.iso.date().optional(),
});

const templateValue = z.strictObject({
  name: text.optional(),
  type: z.enum(['text', 'currency', 'date_time']),
  text: z.string(),
  currency: z.strictObject({ code: text, amount1000: z.int() }).optional(),
});
const templateHeader = z.union([
  z.strictObject({ type: z.literal('text'), values: z.array(templateValue) }),
  z
    .strictObject({ type: z.enum(['image', 'video', 'document', 'gif']), filename: text.optional(), ...source })
    .refine(oneSource, ONE_SOURCE),
  z.strictObject({ type: z.literal('location'), ...place, name: text.optional(), address: text.optional() }),
  z.strictObject({ type: z.literal('product'), productId: text, catalogId: text }),
]);
const index = z.int().min(0).max(9);
const templateButton = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('quick_reply'), index, payload: z.string() }),
  z.strictObject({ type: z.literal('url'), index, suffix: z.string() }),
  z.strictObject({ type: z.literal('copy_code'), index, code: text }),
  z.strictObject({ type: z.literal('catalog'), index, thumbnailProductId: text.optional() }),
  z.strictObject({ type: z.literal('products'), index, thumbnailProductId: text, sections: productSections }),
  z.strictObject({ type: z.literal('form'), index, token: text.optional(), data: anyObject.optional() }),
]);
const templateParts = {
  header: templateHeader.optional(),
  body: z.array(templateValue).optional(),
  buttons: z.array(templateButton).optional(),
};

/** A template with what it is filled in with. */
export const templateContent = z.strictObject({
  type: z.literal('template'),
  name: text,
  language: text,
  ...templateParts,
  cards: z.array(z.strictObject(templateParts)).optional(),
  offerEndsAt: z.int().optional(),
  code: text.optional(),
});

const cardMedia = z.strictObject({ type: z.enum(['image', 'video']), ...source }).refine(oneSource, ONE_SOURCE);
const card = z.union([
  z.strictObject({
    header: cardMedia.optional(),
    title: text.optional(),
    body: text.optional(),
    url: text.optional(),
    link: z.strictObject({ title: text, url: text }).optional(),
    buttons: z.array(button).optional(),
  }),
  z.strictObject({ productId: text }),
]);

const captioned = { ...source, caption: z.string().optional() };

/** Everything that can be sent, told apart by `type`. A test holds it to `OutboundContent`. */
export const outboundContent = z.discriminatedUnion('type', [
  z
    .strictObject({
      type: z.literal('text'),
      text,
      preview: z.boolean().optional(),
      choices: z.array(button).min(1).optional(),
      multiple: z.boolean().optional(),
    })
    .refine(({ choices, multiple }) => multiple === undefined || choices !== undefined, SEVERAL_OF_NONE),
  z.strictObject({ type: z.literal('image'), ...captioned }).refine(oneSource, ONE_SOURCE),
  z.strictObject({ type: z.literal('video'), ...captioned }).refine(oneSource, ONE_SOURCE),
  z.strictObject({ type: z.literal('audio'), ...source, voice: z.boolean().optional() }).refine(oneSource, ONE_SOURCE),
  z
    .strictObject({ type: z.literal('document'), ...captioned, filename: text.optional() })
    .refine(oneSource, ONE_SOURCE),
  z.strictObject({ type: z.literal('sticker'), ...source, name: text.optional() }).refine(oneSticker, ONE_STICKER),
  z.strictObject({ type: z.literal('location'), ...place, name: text.optional(), address: text.optional() }),
  z.strictObject({ type: z.literal('contacts'), contacts: z.array(contactCard).min(1) }),
  z.strictObject({ type: z.literal('reaction'), messageId: text, emoji: z.string() }),
  z.strictObject({ type: z.literal('buttons'), ...frame, buttons: z.array(button).min(1) }),
  z.strictObject({
    type: z.literal('quick_replies'),
    text: text.optional(),
    media: z
      .strictObject({ type: z.enum(MEDIA_KINDS), ...source })
      .refine(oneSource, ONE_SOURCE)
      .optional(),
    replies: z.array(quickReply).min(1),
  }),
  z.strictObject({
    type: z.literal('list'),
    ...frame,
    buttonTitle: text,
    sections: z
      .array(
        z.strictObject({
          title: text.optional(),
          multiple: z.boolean().optional(),
          rows: z
            .array(z.strictObject({ id: text, title: text, description: text.optional(), imageUrl: text.optional() }))
            .min(1),
        }),
      )
      .min(1),
  }),
  z.strictObject({ type: z.literal('link'), ...frame, title: text, url: text }),
  z.strictObject({
    type: z.literal('product'),
    text: text.optional(),
    footer: text.optional(),
    catalogId: text.optional(),
    productId: text,
  }),
  z.strictObject({
    type: z.literal('products'),
    text: text.optional(),
    header: text.optional(),
    footer: text.optional(),
    catalogId: text.optional(),
    sections: productSections,
  }),
  z.strictObject({
    type: z.literal('catalog'),
    text,
    footer: text.optional(),
    thumbnailProductId: text.optional(),
  }),
  z.strictObject({
    type: z.literal('carousel'),
    text: text.optional(),
    catalogId: text.optional(),
    cards: z.array(card).min(1),
  }),
  z.strictObject({ type: z.literal('media_card'), media: cardMedia, buttons: z.array(cardButton).min(1) }),
  z.strictObject({
    type: z.literal('coupon'),
    title: text,
    subtitle: text.optional(),
    code: text.optional(),
    url: text.optional(),
    urlTitle: text.optional(),
    text: text.optional(),
    imageUrl: text.optional(),
  }),
  z.strictObject({ type: z.literal('receipt'), receipt: anyObject }),
  z
    .strictObject({
      type: z.literal('form'),
      ...frame,
      formId: text.optional(),
      pages: formPages.optional(),
      summary: z.boolean().optional(),
      buttonTitle: text,
      token: text.optional(),
      screen: text.optional(),
      data: anyObject.optional(),
      draft: z.boolean().optional(),
    })
    .refine(({ formId, pages }) => (formId === undefined) !== (pages === undefined), ONE_FORM),
  z.strictObject({
    type: z.literal('time_picker'),
    ...frame,
    slots: timeSlots,
    timeZone: timeZone.optional(),
    locale: locale.optional(),
    venue: venue.optional(),
  }),
  z.strictObject({ type: z.literal('payment_request'), ...frame, payment: anyObject }),
  z.strictObject({
    type: z.literal('authentication_request'),
    ...frame,
    scopes: z.array(text).optional(),
    responseType: z.enum(['code', 'token']).optional(),
    state: text.optional(),
  }),
  z.strictObject({
    type: z.literal('app'),
    ...frame,
    appId: text,
    name: text,
    storeId: z.int().positive().optional(),
    url: text,
    sessionId: text.optional(),
  }),
  z.strictObject({ type: z.literal('location_request'), text }),
  z.strictObject({
    type: z.literal('address_request'),
    text,
    country: text,
    values: z.record(z.string(), z.string()).optional(),
  }),
  templateContent,
  z.strictObject({ type: z.literal('native'), body: anyObject }),
]);
