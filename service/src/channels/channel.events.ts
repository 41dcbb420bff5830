/** Facts that `Channel.parse` makes of webhooks, in the words of the contract, with the provider's ids. */
import type { ConversationFacts } from '../../../contract/channel.ts';
import type { IdentityChange, Preference } from '../../../contract/event-data.ts';
import type { EventData, IdentityRef, WindowOpener } from '../../../contract/event.ts';
import type { InboundContentOf, MessageContext } from '../../../contract/message.ts';
import type { MediaRef } from '../connectors/connector.ts';
import type { SendErrorDetails, SendErrorKind, SendErrorScope } from '../core/errors.ts';

/** Names a person as a webhook does. At least one identity; the most lasting first. */
export interface ContactRef {
  identities: IdentityRef[];
  name?: string;
  username?: string;
}

/** Names a file as the provider knows it; the pipeline gives it Parley's id, by which alone others know it. */
export interface ProviderMedia extends MediaRef {
  mimeType?: string;
  sha256?: string;
  filename?: string;
  voice?: boolean;
  animated?: boolean;
}
/** What a contact said, with files by the provider's ids. */
export type ParsedContent = InboundContentOf<ProviderMedia>;

interface ParsedBase {
  /**
   * Which account it is for, as `addresses(settings)` gives it; of several, the first that an account below the connection has. Absent: it
   * is about the connection, and its oldest account hears of it; with a `thread`, the account that has a conversation in it does.
   */
  address?: string | readonly string[];
  /** The same fact always has the same key, two facts never share one. Unique within an account. */
  dedupeKey: string;
  /**
   * The provider gives the fact neither an id nor a time: told once more, later than webhooks are repeated, it happened once more. Only of channels that
   * say when that is, `repeatsWithinMs`.
   */
  undated?: true;
  /** By the provider's clock, milliseconds since the epoch; absent when it does not tell. */
  at?: number;
  contact?: ContactRef;
  /** Which of the account's conversations with the contact, where there are several: only of channels whose capabilities have `threads`. Needs `contact`. */
  thread?: string;
  /** What is known of the conversation from now on that decides what can be sent there, see `Channel.capabilities`. Needs `contact`. */
  facts?: ConversationFacts;
  /** What is known of the conversation from now on that workflows may decide by. Needs `contact`. */
  attributes?: Readonly<Record<string, string>>;
  /** The contact left: nobody may write in the conversation until they do. Needs `contact`. */
  closes?: true;
  /** Only when the provider's rule says that the contact's act (re)opens the session. Needs `contact`. */
  opensWindow?: WindowOpener;
  /** Only when it tells who answers the contact from now on. Needs `contact`. */
  owner?: 'bot' | 'human';
  /** The part of the webhook this was read from. */
  raw: unknown;
}

/** What is said, by whomever. */
interface SaidBase extends ParsedBase {
  content: ParsedContent;
  /**
   * Set: the webhook tells a part only, and this is what it takes to fetch the rest, secrets included. Any JSON object. Kept encrypted, and
   * handed to `completion` only; `parse` keeps its secrets out of everything else that it makes, `raw` included. `content` is then what
   * stands should nobody ever get the rest. Only of channels with the power `completion`.
   */
  rest?: Readonly<Record<string, unknown>>;
}

/** A message or an act of the contact; its `dedupeKey` is `messageKey(providerMessageId)` of core/ids. */
export interface ParsedMessage extends SaidBase {
  type: 'message.received';
  contact: ContactRef;
  providerMessageId: string;
  context?: MessageContext;
  /** The provider read a wish in it, acts by it and answers it: a `contact.preference` of the same webhook tells which. */
  wishTold?: true;
}
/** The contact changed a message, or the business one of its own (`isOwn`): `content` is what it says now. */
export interface ParsedEdit extends SaidBase {
  type: 'message.edited';
  contact: ContactRef;
  /** The message that was edited. */
  providerMessageId: string;
  isOwn?: true;
}
/** The contact took a message back, or the business one of its own (`isOwn`). */
export interface ParsedDeletion extends ParsedBase {
  type: 'message.deleted';
  contact: ContactRef;
  providerMessageId: string;
  isOwn?: true;
}
/** What the provider says of a message that failed, and of nothing else. */
export interface StatusError extends Pick<SendErrorDetails, 'providerCode' | 'lostFile'> {
  kind: SendErrorKind;
  code: string;
  message: string;
  /** Of `settings`, whether the account is refused (the default) or this message alone. */
  scope?: SendErrorScope;
}
/** A step of the status ladder of an outbound message. `correlationId` is our message id, where the provider echoes it. */
export interface ParsedStatus extends ParsedBase {
  type: 'message.status';
  providerMessageId: string;
  correlationId?: string;
  /** What the message says, where the provider tells that instead of our id: the one whose answer was lost is known by it. Needs `contact`. */
  said?: ParsedContent;
  status: 'sent' | 'delivered' | 'read' | 'played' | 'failed';
  error?: StatusError;
  pricing?: { billable?: boolean; model?: string; type?: string; category?: string };
  /** End of a free entry point that this status tells of. */
  freeUntil?: number;
}
/** A step for every message that was sent to the contact until `upTo`, milliseconds since the epoch: of providers that name no messages. */
export interface ParsedWatermark extends ParsedBase {
  type: 'message.watermark';
  contact: ContactRef;
  status: 'delivered' | 'read';
  upTo: number;
}
/**
 * What the business sent from another place; its `dedupeKey` is `messageKey(providerMessageId)`. A message that Parley sent is none, whatever the
 * provider calls it: what proves that is a status `sent`. One whose id the ledger knows is passed over.
 */
export interface ParsedEcho extends SaidBase {
  type: 'message.echo';
  contact: ContactRef;
  providerMessageId: string;
  context?: MessageContext;
}
/** A fact of which the webhook tells a part only. */
export type PartialFact = (ParsedMessage | ParsedEdit | ParsedEcho) & Required<Pick<SaidBase, 'rest'>>;
/** The contact's wish about a kind of messages, e.g. `marketing`. */
export interface ParsedPreference extends ParsedBase {
  type: 'contact.preference';
  contact: ContactRef;
  topic: string;
  value: Preference['value'];
  data: Omit<Preference, 'topic' | 'value'>;
}
/** One person's identities changed: `contact` holds the old ones, `added` the new. */
export interface ParsedIdentityChange extends ParsedBase {
  type: 'contact.identity_changed';
  contact: ContactRef;
  added: IdentityRef[];
  /** The provider says that whoever has the new ones was the same person all along. */
  merges?: true;
  data: Omit<IdentityChange, 'before'>;
}
/** Facts that change nothing in the ledger but the session and the owner, and are published as they are. */
export type NoticeType =
  | 'template.status'
  | 'template.quality'
  | 'template.changed'
  | 'account.alert'
  | 'account.changed'
  | 'call'
  | 'payment.updated'
  | 'link.clicked'
  | 'contact.typing'
  | 'conversation.control'
  | 'conversation.members'
  | 'unsupported';
interface NoticeBase extends ParsedBase {
  /** The provider refuses the account itself: what it says of that. */
  refusal?: { message: string; providerCode?: string };
  /** The provider allows the account more or less than before: it is asked how much. */
  limitsChanged?: true;
  /** Of a `call` that names a contact: its recording. */
  recording?: ProviderMedia;
}
/** A fact of which the pipeline keeps nothing but the session and the owner, and which it publishes as it is. */
export type ParsedNotice<T extends NoticeType = NoticeType> = {
  [K in T]: NoticeBase & { type: K; data: EventData[K] };
}[T];
/** A fact that a channel read from a webhook. */
export type ChannelEvent =
  | ParsedMessage
  | ParsedEdit
  | ParsedDeletion
  | ParsedStatus
  | ParsedWatermark
  | ParsedEcho
  | ParsedPreference
  | ParsedIdentityChange
  | ParsedNotice;
