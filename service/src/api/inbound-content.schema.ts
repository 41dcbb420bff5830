/** Shapes of what contacts say, as events tell it. A test holds them to `InboundContent`. */
import { z } from 'zod';
import { MEDIA_KINDS } from '../../../contract/media.ts';
import { contactCard } from './content.schema.ts';

const text = z.string();
const data = z.record(z.string(), z.unknown());

/** A file as an event tells of it. */
export const media = z.object({
  id: text,
  mimeType: text.optional(),
  sha256: text.optional(),
  filename: text.optional(),
  voice: z.boolean().optional(),
  animated: z.boolean().optional(),
});

const sharedThing = z.object({
  source: z.enum(['link', 'post', 'reel', 'story_mention', 'product']),
  url: text.optional(),
  title: text.optional(),
  id: text.optional(),
});
const shares = z.array(sharedThing).optional();

function contentWith<Media extends z.ZodType>(file: Media) {
  const more = z.array(z.object({ type: z.enum(MEDIA_KINDS), media: file })).optional();
  return z.discriminatedUnion('type', [
    z.object({ type: z.literal('text'), text }),
    z.object({
      type: z.enum(MEDIA_KINDS),
      caption: text.optional(),
      media: file,
      more,
      shares,
      stickerId: text.optional(),
    }),
    z.object({
      type: z.literal('location'),
      latitude: z.number(),
      longitude: z.number(),
      name: text.optional(),
      address: text.optional(),
      url: text.optional(),
    }),
    z.object({
      type: z.literal('contacts'),
      contacts: z.array(contactCard),
      vcards: z.array(text).optional(),
      requested: z.literal(true).optional(),
    }),
    z.object({ type: z.literal('reaction'), messageId: text, emoji: text }),
    z.object({ type: z.literal('button'), buttonId: text, text, source: z.enum(['message', 'template']) }),
    z.object({ type: z.literal('list'), buttonId: text, text, description: text.optional() }),
    z.object({
      type: z.literal('choices'),
      choices: z.array(z.object({ buttonId: text, text })),
      text,
    }),
    z.object({
      type: z.literal('time_slot'),
      slotId: text,
      startsAt: text,
      durationMs: z.number().optional(),
      text,
    }),
    z.object({
      type: z.literal('payment'),
      status: text,
      referenceId: text.optional(),
      text: text.optional(),
      data,
    }),
    z.object({
      type: z.literal('authentication'),
      status: z.enum(['authenticated', 'failed']),
      state: text.optional(),
      token: text.optional(),
      code: text.optional(),
      text: text.optional(),
    }),
    z.object({ type: z.literal('form'), name: text, text: text.optional(), token: text.optional(), data }),
    z.object({ type: z.literal('address'), text: text.optional(), data }),
    z.object({
      type: z.literal('order'),
      catalogId: text.optional(),
      text: text.optional(),
      items: z.array(z.object({ productId: text, quantity: z.number(), price: z.number(), currency: text })),
    }),
    z.object({ type: z.literal('share'), text: text.optional(), shares, ...sharedThing.shape }),
    z.object({ type: z.literal('system'), event: text, text: text.optional(), data: data.optional() }),
    z.object({ type: z.literal('request_welcome') }),
    z.object({ type: z.literal('call_permission'), response: text, expiresAt: z.number().optional() }),
    z.object({ type: z.literal('unsupported'), reason: text }),
  ]);
}

/** What a contact said, with files by Parley's ids. */
export const inboundContent = contentWith(media);

/** The same in another responder's conversation: files go by the provider's ids. */
export const observedContent = contentWith(
  z.object({ providerId: text, mimeType: text.optional(), filename: text.optional() }),
);

/** What a message is an answer to, and how it came. */
export const messageContext = z.object({
  replyToProviderId: text.optional(),
  forwarded: z.boolean().optional(),
  frequentlyForwarded: z.boolean().optional(),
  product: z.object({ catalogId: text.optional(), productId: text }).optional(),
  story: z.object({ id: text.optional(), url: text.optional() }).optional(),
  referral: z
    .object({
      sourceUrl: text.optional(),
      sourceId: text.optional(),
      sourceType: text.optional(),
      headline: text.optional(),
      body: text.optional(),
      mediaType: text.optional(),
      mediaUrl: text.optional(),
      clickId: text.optional(),
      reference: text.optional(),
      welcomeMessage: text.optional(),
    })
    .optional(),
  summary: text.optional(),
});
