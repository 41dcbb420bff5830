/** Shows stored messages as the API and events tell of them. */
import type { MessageAttempt, MessageView } from '../../../contract/api.ts';
import type { StatusChange } from '../../../contract/event.ts';
import type { Author, MessageStatus, OutboundContent } from '../../../contract/message.ts';
import type { OutgoingMessage } from '../channels/channel.ts';
import { BOT } from '../core/author.ts';
import { iso } from '../core/clock.ts';
import type { Conversation } from '../store/conversation.store.ts';
import type { Attempt } from '../store/attempt.store.ts';
import type { Message, StoredRequest } from '../store/message.store.ts';

const ASKED_NOTHING: StoredRequest = { ifSessionClosed: 'fail' };

/** Answers what its send asked besides the content; nothing, where that is not known (any more). */
export function requestOf({ request }: Pick<Message, 'request'>): StoredRequest {
  return request ?? ASKED_NOTHING;
}

/** Answers what a message of ours says. */
export function contentOf({ content }: Pick<Message, 'content'>): OutboundContent {
  return content as OutboundContent;
}

/** Answers who wrote a message of ours. */
export function writerOf({ author }: Pick<Message, 'author'>): Author {
  return author ?? BOT;
}

/** Says what a channel learns besides the message itself. */
export type Circumstances = Pick<OutgoingMessage, 'to' | 'thread' | 'inReplyTo' | 'session' | 'webhookUrl'>;

/** Says where in the talk with the contact a message stands. */
export function whereOf({ thread, inReplyTo }: Conversation): Pick<Circumstances, 'thread' | 'inReplyTo'> {
  return { thread, ...(inReplyTo !== null && { inReplyTo }) };
}

/** Makes the message as a channel gets it. */
export function outgoingOf(row: Message, circumstances: Circumstances): OutgoingMessage {
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

export function viewMessage(row: Message, attempts?: readonly Attempt[]): MessageView {
  const { metadata, expiresAt } = requestOf(row);
  const { replayOf, replayedAs, error } = row;
  const isOurs = row.request !== null || row.author !== null;
  return {
    id: row.id,
    direction: row.direction,
    status: row.status,
    conversationId: row.conversationId,
    ...(row.providerId !== null && { providerMessageId: row.providerId }),
    content: row.content,
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

export function viewAttempt(row: Attempt): MessageAttempt {
  const { error } = row;
  return {
    number: row.number,
    openedAt: iso(row.openedAt),
    ...(row.closedAt !== null && { closedAt: iso(row.closedAt) }),
    ...(row.outcome !== null && { outcome: row.outcome }),
    ...(error && { error }),
  };
}

/** Makes the status of an outbound message as an event tells it. */
export function statusChange(row: Message): StatusChange {
  const { metadata } = requestOf(row);
  const { error, pricing } = row;
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
