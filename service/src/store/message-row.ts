/** Says what a message is, and how its row holds it. */
import type { Selectable } from 'kysely';
import type { SendMessage } from '../../../contract/api.ts';
import type { EventError, IdentityRef, StatusChange } from '../../../contract/event.ts';
import type {
  Author,
  InboundContent,
  MessageContext,
  MessageStatus,
  OutboundContent,
} from '../../../contract/message.ts';
import { read, readOrNull, textOf, textOrNull } from './json.ts';
import type { MessagesTable } from './schema.ts';

/** Says what a send asked besides the content: it is kept with the message. */
export interface StoredRequest {
  /** Absent: the caller named a conversation; the contact's best identity at the time of sending. */
  to?: IdentityRef;
  ifSessionClosed: NonNullable<SendMessage['ifSessionClosed']>;
  replyToProviderId?: string;
  /** From then on it is not to be sent any more, milliseconds since the epoch; absent: a day after it could first be sent. */
  expiresAt?: number;
  metadata?: Record<string, unknown>;
  /** Keeps them as the channel read them. */
  options?: Record<string, unknown>;
}

/** Describes a message of either direction. */
export interface Message extends Omit<MessageRow, JsonMember | 'status'> {
  status: MessageStatus | 'received';
  /** That of an outbound message is what the contact was sent; of one that was sent from elsewhere, what the provider told of it. */
  content: OutboundContent | InboundContent;
  context: MessageContext | null;
  /** Outbound: null: it was not sent by Parley, or its body is no longer kept. */
  request: StoredRequest | null;
  /** Holds the person who wrote it; null: a program, or the contact. */
  author: Author | null;
  /** Holds the provider's ids of what it took and refused later, before something else took its place. */
  refusedIds: readonly string[];
  error: EventError | null;
  pricing: NonNullable<StatusChange['pricing']> | null;
}

type MessageRow = Selectable<MessagesTable>;
/** Says which members are JSON in their columns. */
type JsonMember = 'content' | 'context' | 'request' | 'author' | 'refusedIds' | 'error' | 'pricing';

/** Says what only some messages have. */
type Particular = Pick<Message, 'purpose' | 'author' | 'replayOf' | 'sentAt'>;
/** Describes a message that comes, or is to be sent. */
export type NewMessage = Omit<Message, 'deadAt' | 'campaign' | 'replayedAs' | 'refusedIds' | keyof Particular> &
  Partial<Particular>;

/** Reads a message from its row. */
export function fromRow(row: MessageRow): Message {
  return {
    ...row,
    status: row.status as Message['status'],
    content: read(row.content),
    context: readOrNull(row.context),
    request: readOrNull(row.request),
    author: readOrNull(row.author),
    refusedIds: readOrNull<string[]>(row.refusedIds) ?? [],
    error: readOrNull(row.error),
    pricing: readOrNull(row.pricing),
  };
}

/** Describes a row as it is stored at first. */
export type NewRow = Omit<MessageRow, 'deadAt' | 'campaign' | 'replayedAs' | 'refusedIds'>;

/** Makes the row of a new message. */
export function toRow(message: NewMessage): NewRow {
  return {
    ...{ purpose: 'reply' as const, replayOf: null, sentAt: null, ...message },
    content: textOf(message.content),
    context: textOrNull(message.context),
    request: textOrNull(message.request),
    author: textOrNull(message.author),
    error: errorText(message.error),
    pricing: textOrNull(message.pricing),
  };
}

/** Says what changes of a message. */
export type MessageChange = Partial<
  Pick<
    Message,
    | 'status'
    | 'statusAt'
    | 'providerId'
    | 'content'
    | 'kind'
    | 'error'
    | 'pricing'
    | 'sentAt'
    | 'deadAt'
    | 'replayedAs'
    | 'refusedIds'
  >
>;

/** Describes a change as the row takes it. */
export type RowChange = Partial<Pick<MessageRow, keyof MessageChange>>;

/** Makes the row's change of a message's. */
export function rowChange(change: MessageChange): RowChange {
  const { content, refusedIds, error, pricing, ...rest } = change;
  return {
    ...rest,
    ...(content !== undefined && { content: textOf(content) }),
    ...(refusedIds !== undefined && { refusedIds: refusedIds.length === 0 ? null : textOf(refusedIds) }),
    ...(error !== undefined && { error: errorText(error) }),
    ...(pricing !== undefined && { pricing: textOrNull(pricing) }),
  };
}

/** The code stands first: by it, dead letters are found. */
function errorText(error: EventError | null): string | null {
  if (error === null) return null;
  const { code, ...more } = error;
  return textOf({ code, ...more });
}
