/** Shapes of requests, as the API checks and documents them. */
import { z } from 'zod';
import type { SendMessage } from '../../../contract/api.ts';
import { EVENT_TYPES } from '../../../contract/event.ts';
import { INBOUND_KINDS, MESSAGE_STATUSES, OUTBOUND_KINDS } from '../../../contract/message.ts';
import { outboundContent, templateContent } from './content.schema.ts';

export const text = z.string().min(1);
export const object = z.record(z.string(), z.unknown());
export const limit = z.coerce.number().int().min(1).max(500).default(50);

export const accountRef = z.strictObject({
  channel: text,
  externalId: text,
  settingsDigest: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'Must be a SHA-256 in lower-case hex')
    .optional(),
});

export const putAccount = z.strictObject({ name: text.max(200).optional(), settings: object });

export const createSubscription = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  events: z.array(z.enum(EVENT_TYPES)).min(1),
  account: accountRef.optional(),
  messageKinds: z.array(z.enum(INBOUND_KINDS)).min(1).optional(),
  statuses: z.array(z.enum(MESSAGE_STATUSES)).min(1).optional(),
  attributes: z.record(text.max(100), z.array(text.max(300)).min(1)).optional(),
  includeAwaited: z.boolean().optional(),
  includeHandedOff: z.boolean().optional(),
  maxBatch: z.int().min(1).max(500).optional(),
  includeRaw: z.boolean().optional(),
  confirms: z.boolean().optional(),
});

export const removeSubscriptionQuery = z.strictObject({ handOver: z.enum(['true', 'false']).default('false') });

const known = z
  .strictObject({ conversationId: text.optional(), contactId: text.optional() })
  .transform(({ conversationId, contactId }, context): Exclude<SendMessage['to'], string> => {
    if (conversationId !== undefined && contactId === undefined) return { conversationId };
    if (contactId !== undefined && conversationId === undefined) return { contactId };
    const message = 'Give exactly one of conversationId and contactId';
    context.addIssue({ code: 'custom', path: ['conversationId'], message });
    return z.NEVER;
  });
/** A sheet gives a phone number as a number; of one that is longer than those of JSON are exact, the last digits are lost already. */
const wholeNumber = z
  .number()
  .transform(String)
  .refine((text) => /^\d+$/.test(text) && Number.isSafeInteger(Number(text)), {
    error: 'Must be text: as a number it is not exact, or no whole number',
  });
const to = z.union([text.max(300), wholeNumber, known]);
const author = z.enum(['bot', 'human']);
const agent = z.strictObject({
  type: z.literal('agent'),
  id: text.max(100),
  name: text.max(200).optional(),
  desk: text.max(100).optional(),
});

export const sendMessage = z
  .strictObject({
    account: accountRef.optional(),
    to,
    thread: text.max(300).optional(),
    content: outboundContent,
    degrade: z.boolean().optional(),
    author: z.union([author, z.strictObject({ type: z.literal('bot') }), agent]).optional(),
    options: object.optional(),
    purpose: z.enum(['reply', 'campaign']).optional(),
    ifSessionClosed: z.union([z.enum(['fail', 'hold']), z.strictObject({ template: templateContent })]).optional(),
    replyTo: text.optional(),
    expiresAt: z.iso.datetime({ offset: true }).optional(),
    metadata: object.optional(),
    wait: z
      .strictObject({
        url: z.url({ protocol: /^https?$/ }),
        until: z.iso.datetime({ offset: true }),
        confirms: z.boolean().optional(),
      })
      .optional(),
  })
  .refine(({ account, to }) => account !== undefined || typeof to !== 'string', {
    path: ['account'],
    error: 'Name the account that sends to this address; only a conversation or a contact says it by itself',
  })
  .refine(({ thread, to }) => thread === undefined || typeof to === 'string', {
    path: ['thread'],
    error: 'Goes with an address; a conversation says its thread by itself',
  });

const KEY_NEEDED = 'Send this header: a text that is the same for each try of this message';

export const sendHeaders = z.object({
  'Idempotency-Key': z.string(KEY_NEEDED).min(1, KEY_NEEDED).max(255),
});

export const markRead = z.strictObject({ account: accountRef, messageId: text, typing: z.boolean().optional() });

export const permissionQuery = accountRef
  .extend({
    channel: text.optional(),
    externalId: text.optional(),
    to: text.max(300).optional(),
    thread: text.max(300).optional(),
    conversationId: text.optional(),
    kind: z.enum(OUTBOUND_KINDS),
    author: author.default('bot'),
    purpose: z.enum(['reply', 'campaign']).default('reply'),
    template: text.optional(),
    language: text.optional(),
  })
  .refine(({ to, conversationId }) => (to === undefined) !== (conversationId === undefined), {
    path: ['to'],
    error: 'Give exactly one of to and conversationId',
  })
  .refine(({ to, channel, externalId }) => to === undefined || (channel !== undefined && externalId !== undefined), {
    path: ['externalId'],
    error: 'Name the account that sends to this address, by channel and externalId',
  });
export const messagesQuery = z.strictObject({ limit, after: text.optional() });
