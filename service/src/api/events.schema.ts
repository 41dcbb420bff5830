/** Shapes of events and deliveries, as the API documents them. A test holds them to `ParleyEvent`. */
import { z } from 'zod';
import { MESSAGE_STATUSES } from '../../../contract/message.ts';
import { inboundContent, messageContext, observedContent, media } from './inbound-content.schema.ts';

const text = z.string();
const word = text.optional();
const instant = z.iso.datetime();
const data = z.record(z.string(), z.unknown());
const incomplete = z.literal(true).optional();
const owner = z.enum(['bot', 'human']);
const identities = z.array(z.object({ kind: text, address: text }));

const session = z.object({
  open: z.boolean(),
  expiresAt: instant.optional(),
  openedBy: z.enum(['message', 'button', 'reaction', 'link', 'call', 'ad', 'welcome']).optional(),
  freeUntil: instant.optional(),
  personUntil: instant.optional(),
  closedAt: instant.optional(),
});

const message = z.object({
  id: text,
  providerMessageId: text,
  content: inboundContent,
  context: messageContext.optional(),
  replyTo: word,
  incomplete,
  sentAt: instant,
});

const echo = z.object({
  providerMessageId: text,
  content: inboundContent,
  context: messageContext.optional(),
  replyTo: word,
  edited: z.literal(true).optional(),
  incomplete,
});

const status = z.object({
  id: text,
  providerMessageId: word,
  status: z.enum(MESSAGE_STATUSES),
  kind: text,
  error: z.object({ code: text, message: text, providerCode: word }).optional(),
  pricing: z.object({ billable: z.boolean().optional(), model: word, type: word, category: word }).optional(),
  metadata: data.optional(),
});

const frame = {
  id: text,
  at: instant,
  channel: text,
  account: z.object({ id: text, externalId: text, name: word }),
  conversationId: word,
  thread: word,
  owner: owner.optional(),
  attributes: z.record(z.string(), z.string()).readonly().optional(),
  contact: z.object({ id: text, name: word, username: word, identities }).optional(),
  session: session.optional(),
  raw: z.unknown().optional(),
};

const preference = z.object({
  topic: text,
  value: z.enum(['stop', 'resume', 'signup']),
  category: word,
  detail: word,
  signupId: word,
  kind: word,
  title: word,
  token: word,
  tokenExpiresAt: instant.optional(),
  tokenStatus: word,
  timeZone: word,
  frequency: word,
  reference: word,
  keyword: word,
  certainty: z.enum(['exact', 'likely']).optional(),
  providerMessageId: word,
});

const template = z.looseObject({ templateId: word, name: word, language: word, event: word, reason: word });

const changed = { field: word, event: word, reason: word, pausedAt: instant.optional() };

const call = z.object({
  callId: word,
  event: text,
  direction: z.enum(['inbound', 'outbound']),
  status: word,
  startedAt: instant.optional(),
  endedAt: instant.optional(),
  durationMs: z.number().optional(),
  correlationId: word,
  payload: word,
  recording: media.optional(),
});

const amount = z.number().optional();
const payment = z.object({
  messageId: word,
  providerMessageId: word,
  status: text,
  referenceId: word,
  amount,
  currency: word,
  transactionId: word,
  transactionType: word,
  transactionStatus: word,
  refunds: z.array(z.object({ id: word, status: word, amount, currency: word })).optional(),
  error: z.object({ code: word, message: word }).optional(),
});

const click = z.looseObject({
  event: word,
  reference: word,
  source: word,
  sourceType: word,
  adId: word,
  url: word,
  productId: word,
  answers: z.array(z.object({ question: text, answer: text })).optional(),
  component: word,
  clickId: word,
  trackingToken: word,
});

const control = z.object({
  owner: owner.optional(),
  reason: word,
  event: word,
  previousOwner: word,
  newOwner: word,
  requestedOwner: word,
  metadata: word,
  summary: word,
  roles: data.optional(),
  providerMessageId: word,
  status: word,
  content: observedContent.optional(),
});

const deleted = z.object({ messageId: word, providerMessageId: text, isOwn: z.literal(true).optional() });
const identityChange = z.object({ before: identities, event: text, text: word, hash: word });
const typing = z.object({ isTyping: z.boolean() });
const members = z.object({
  event: z.enum(['joined', 'left']),
  members: z.array(z.object({ identities, name: word })),
  count: z.number().optional(),
});
const unknown = z.object({ reason: text, field: word, status: word, groupId: word });

/** What is told of a person may be forgotten: every member may be absent. */
const eventWith = <T extends string, Shape extends z.ZodRawShape, Config extends z.core.$ZodObjectConfig>(
  type: T,
  members: z.ZodObject<Shape, Config>,
) => z.object({ ...frame, type: z.literal(type), data: members.partial() });

/** A fact as it is handed to a workflow, told apart by `type`. */
export const parleyEvent = z.discriminatedUnion('type', [
  z.object({ ...frame, type: z.literal('message.received'), message, awaited: z.boolean().optional() }),
  z.object({ ...frame, type: z.literal('message.edited'), message }),
  z.object({ ...frame, type: z.literal('message.status'), status }),
  z.object({
    ...frame,
    type: z.literal('message.echo'),
    echo,
  }),
  eventWith('message.deleted', deleted),
  eventWith('contact.preference', preference),
  eventWith('contact.identity_changed', identityChange),
  eventWith('contact.typing', typing),
  eventWith('template.status', template),
  eventWith('template.quality', template),
  eventWith('template.changed', template),
  eventWith('account.alert', z.looseObject({ ...changed, message: word, providerCode: word })),
  eventWith('account.changed', z.looseObject(changed)),
  eventWith('call', call),
  eventWith('payment.updated', payment),
  eventWith('link.clicked', click),
  eventWith('conversation.control', control),
  eventWith('conversation.members', members),
  eventWith('unsupported', unknown),
]);

/** The body of a delivery. */
export const deliveryBody = z.object({ events: z.array(parleyEvent).min(1) });
