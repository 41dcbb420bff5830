/** Sending a message: what an item's parameters say about recipient and options, and the call. */
import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { MessageView, Problem, SendAccepted, SendMessage } from '../../contract/api.ts';
import type { OutboundContent } from '../../contract/message.ts';
import type { AnyAccount } from './account.ts';
import type { SendOffer } from './descriptions.ts';
import { itemIdempotencyKey, itemSent } from './idempotency.ts';
import { compact, type Parameters } from './parameters.ts';
import { accountRequest, parleyRequest, type ParleyRequest } from './transport.ts';

/** To whom, as the fields `sendTo` and the one it shows say. */
export function recipientOf(parameters: Parameters): SendMessage['to'] {
  if (parameters.text('sendTo') === 'conversation') {
    return { conversationId: parameters.required('conversationId', 'Conversation ID').trim() };
  }
  if (parameters.text('sendTo') === 'contact') {
    return { contactId: parameters.required('contactId', 'Contact ID').trim() };
  }
  return parameters.required('to', 'To').trim();
}

/** To whom, and in which conversation with an address, as a field or an option says: any other recipient says that by itself. */
function placeOf(parameters: Parameters): Pick<SendMessage, 'to' | 'thread'> {
  const to = recipientOf(parameters);
  if (typeof to !== 'string') return { to };
  const thread = parameters.optional('thread') ?? parameters.group('options').optional('thread');
  return compact({ to, thread: thread?.trim() });
}

/** What `sendOptions` say. */
export function optionsOf(options: Parameters): Pick<SendMessage, 'purpose' | 'replyTo' | 'metadata'> {
  const metadata = options.object('metadata', 'Metadata');
  const replyTo = options.optional('replyTo');
  return compact({
    purpose: options.text('purpose') === 'campaign' ? ('campaign' as const) : undefined,
    replyTo: replyTo?.trim(),
    metadata: metadata !== undefined && Object.keys(metadata).length > 0 ? metadata : undefined,
  });
}

const MINUTE_MS = 60_000;

/** When the message is too late, as `sendOptions` say: the earlier of the two. */
export function expiryOf(context: IExecuteFunctions, parameters: Parameters): string | undefined {
  const options = parameters.group('options');
  const minutes = options.optionalNumber('expiresAfter', 'Expires After (Minutes)');
  const after = minutes === undefined ? undefined : new Date(Date.now() + minutes * MINUTE_MS).toISOString();
  const at = options.instant('expiresAt', 'Expires At', context.getTimezone());
  return [after, at].filter((instant) => instant !== undefined).sort()[0];
}

/** An option as its field's type says. Times without an offset are of `timezone`. */
function optionOf(options: Parameters, field: INodeProperties, timezone: string): unknown {
  const { name, displayName, type } = field;
  if (type === 'number') return options.optionalNumber(name, displayName);
  if (type === 'dateTime') return options.instant(name, displayName, timezone);
  const text = options.optional(name)?.trim();
  return type === 'boolean' && text !== undefined ? options.flag(name) : text;
}

/** What the options that a channel adds say: who wrote it, and what only this channel's sends know. */
export function offeredOptions(
  options: Parameters,
  offer: SendOffer,
  timezone = 'UTC',
): Pick<SendMessage, 'author' | 'options'> {
  const own = (offer.options ?? []).flatMap((field): [string, unknown][] => {
    const value = optionOf(options, field, timezone);
    return value === undefined ? [] : [[field.name, value]];
  });
  return compact({
    author: offer.people && options.flag('writtenByPerson') ? ('human' as const) : undefined,
    options: own.length > 0 ? Object.fromEntries(own) : undefined,
  });
}

/** The whole request of one item; no account: the recipient says it. */
export function sendMessage(
  account: AnyAccount | undefined,
  parameters: Parameters,
  content: OutboundContent,
  extra: Partial<Pick<SendMessage, 'author' | 'degrade' | 'expiresAt' | 'ifSessionClosed' | 'options' | 'wait'>> = {},
): SendMessage {
  return compact({
    account: account?.ref,
    ...placeOf(parameters),
    content,
    ...optionsOf(parameters.group('options')),
    ...extra,
  });
}

/**
 * Hands a message to the service, once per idempotency key. A retry may say it otherwise (`{{ $now }}`, a workflow that was mended): under a key of
 * the node's own, what was accepted first stands, and is answered as a duplicate.
 */
export async function send(
  context: IExecuteFunctions,
  account: AnyAccount | undefined,
  itemIndex: number,
  message: SendMessage,
  ownKey: string | undefined,
): Promise<SendAccepted> {
  const headers = { 'Idempotency-Key': itemIdempotencyKey(context, itemIndex, ownKey) };
  const isOwn = ownKey !== undefined && ownKey.trim() !== '';
  const request: ParleyRequest = {
    ...{ method: 'POST', path: '/v1/messages', body: message, headers, itemIndex },
    ...(!isOwn && { instead: acceptedBefore }),
  };
  const answer =
    account === undefined
      ? await parleyRequest<SendAccepted | Accepted>(context, request)
      : await accountRequest<SendAccepted | Accepted>(context, account, request);
  itemSent(context, itemIndex);
  if (!('before' in answer)) return answer;
  const path = `/v1/messages/${encodeURIComponent(answer.before)}`;
  const { id, status, conversationId } = await parleyRequest<MessageView>(context, { method: 'GET', path, itemIndex });
  return { id, status: status as SendAccepted['status'], conversationId, duplicate: true };
}

/** The id of the message that was accepted under the key. */
interface Accepted {
  before: string;
}

function acceptedBefore(problem: Problem): Accepted | undefined {
  const { code, messageId } = problem;
  return code === 'idempotency_conflict' && typeof messageId === 'string' ? { before: messageId } : undefined;
}

/** What a send gives to the next node: the message is queued, its fate comes by the trigger's status events. */
export function sentOutput(accepted: SendAccepted, { to, thread }: Pick<SendMessage, 'to' | 'thread'>): IDataObject {
  return {
    messageId: accepted.id,
    conversationId: accepted.conversationId,
    status: accepted.status,
    duplicate: accepted.duplicate ?? false,
    ...(accepted.sentAs === undefined ? {} : { sentAs: accepted.sentAs }),
    ...(typeof to === 'string' ? compact({ to, thread }) : {}),
  };
}
