/** Messages as they are stored, as the API shows them, and as events tell of them. */
import type { MessageAttempt, MessageView, SendMessage } from '../../../contract/api.ts';
import type { EventError, IdentityRef, StatusChange } from '../../../contract/event.ts';
import type { Author, MessageStatus, OutboundContent } from '../../../contract/message.ts';
import type { OutgoingMessage } from '../channels/channel.ts';
import { BOT } from '../core/author.ts';
import { iso } from '../core/clock.ts';
import type { Conversation } from '../store/conversation.store.ts';
import type { AttemptRow, MessageRow } from '../store/message.store.ts';

/** What a send asked besides the content: kept with the message. */
export interface StoredRequest {
  /** Absent: the caller named a conversation; the contact's best identity at the time of sending. */
  to?: IdentityRef;
  ifSessionClosed: NonNullable<SendMessage['ifSessionClosed']>;
  replyToProviderId?: string;
  /** From then on it is not to be sent any more, milliseconds since the epoch; absent: a day after it could first be sent. */
  expiresAt?: number;
  metadata?: Record<string, unknown>;
  /** As the channel read them. */
  options?: Record<string, unknown>;
}

export function requestOf(row: MessageRow): StoredRequest {
  return JSON.parse(row.request ?? '{}') as StoredRequest;
}

export function contentOf(row: MessageRow): OutboundContent {
  return JSON.parse(row.content) as OutboundContent;
}

/** Who wrote a message of ours. */
export function writerOf({ author }: MessageRow): Author {
  return author === null ? BOT : (JSON.parse(author) as Author);
}

/** What a channel is told besides the message itself. */
export type Circumstances = Pick<OutgoingMessage, 'to' | 'thread' | 'inReplyTo' | 'session' | 'webhookUrl'>;

/** Where in the talk with the contact a message stands. */
export function whereOf({ thread, inReplyTo }: Conversation): Pick<Circumstances, 'thread' | 'inReplyTo'> {
  return { thread, ...(inReplyTo !== null && { inReplyTo }) };
}

/** The message as a channel gets it. */
export function outgoingOf(row: MessageRow, circumstances: Circumstances): OutgoingMessage {
  const { replyToProviderId, options = {} } = requestOf(row);
  return {
    id: row.id,
    content: contentOf(row),
    ...(replyToProviderId !== undefined && { replyToProviderId }),
    author: writerOf(row),
    options,
    ...circumstances,
  };
}

export function parse<T>(text: string | null): T | undefined {
  return text === null ? undefined : (JSON.parse(text) as T);
}

export function viewMessage(row: MessageRow, attempts?: readonly AttemptRow[]): MessageView {
  const { metadata, expiresAt } = requestOf(row);
  const { replayOf, replayedAs } = row;
  const isOurs = row.request !== null || row.author !== null;
  const error = parse<EventError>(row.error);
  return {
    id: row.id,
    direction: row.direction,
    status: row.status as MessageView['status'],
    conversationId: row.conversationId,
    ...(row.providerId !== null && { providerMessageId: row.providerId }),
    content: JSON.parse(row.content) as MessageView['content'],
    ...(isOurs && { author: writerOf(row) }),
    ...(error && { error }),
    ...(metadata && { metadata }),
    ...(expiresAt !== undefined && { expiresAt: iso(expiresAt) }),
    ...(replayOf !== null && { replayOf }),
    ...(replayedAs !== null && { replayedAs }),
    createdAt: iso(row.createdAt),
    statusAt: iso(row.statusAt),
    ...(attempts && { attempts: attempts.map(viewAttempt) }),
  };
}

export function viewAttempt(row: AttemptRow): MessageAttempt {
  const error = parse<EventError>(row.error);
  return {
    number: row.number,
    openedAt: iso(row.openedAt),
    ...(row.closedAt !== null && { closedAt: iso(row.closedAt) }),
    ...(row.outcome !== null && { outcome: row.outcome }),
    ...(error && { error }),
  };
}

/** The status of an outbound message as an event tells it. */
export function statusChange(row: MessageRow): StatusChange {
  const { metadata } = requestOf(row);
  const error = parse<EventError>(row.error);
  const pricing = parse<NonNullable<StatusChange['pricing']>>(row.pricing);
  return {
    id: row.id,
    ...(row.providerId !== null && { providerMessageId: row.providerId }),
    status: row.status as MessageStatus,
    kind: row.kind,
    ...(error && { error }),
    ...(pricing && { pricing }),
    ...(metadata && { metadata }),
  };
}
