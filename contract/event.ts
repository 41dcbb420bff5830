/** Events: facts that the service publishes and workflows hear. The same customer action has the same event on every channel. */
import type {
  AccountAlert,
  AccountChange,
  CallNews,
  ControlChange,
  DeletedMessage,
  IdentityChange,
  IdentityRef,
  LinkClick,
  MembersChange,
  PaymentNews,
  Preference,
  TemplateNews,
  Typing,
  Unsupported,
} from './event-data.ts';
import type { InboundContent, MessageContext, MessageStatus } from './message.ts';

/** Contacts in events are named by identities. */
export type { IdentityRef } from './event-data.ts';

/** Every event a subscription can ask for. */
export const EVENT_TYPES = [
  'message.received',
  'message.edited',
  'message.deleted',
  'message.status',
  'message.echo',
  'contact.preference',
  'contact.identity_changed',
  'contact.typing',
  'template.status',
  'template.quality',
  'template.changed',
  'account.alert',
  'account.changed',
  'call',
  'payment.updated',
  'link.clicked',
  'conversation.control',
  'conversation.members',
  'unsupported',
] as const;
/** The type of an event; what the event tells depends on it. */
export type EventType = (typeof EVENT_TYPES)[number];

/** Tells why a session window is open. */
export type WindowOpener = 'message' | 'button' | 'reaction' | 'link' | 'call' | 'ad' | 'welcome';

/** The session window as it stood when the event was published; instants are ISO 8601 UTC. */
export interface SessionState {
  open: boolean;
  expiresAt?: string;
  openedBy?: WindowOpener;
  /** End of the free entry point (messages from an ad cost nothing until then). */
  freeUntil?: string;
  /** Until then a person may still write, where the channel allows people more time than programs. */
  personUntil?: string;
  /** Since when the contact is gone from the conversation: nobody may write until they do, and no end is told. Absent: they are there. */
  closedAt?: string;
}

/**
 * Tells why a message was not sent, or did not arrive. `code` is Parley's stable word for it, `message` the provider's explanation or ours.
 */
export interface EventError {
  code: string;
  message: string;
  /** The provider's own code. */
  providerCode?: string;
}

/**
 * A message that a contact sent, or what they made of it by an edit. `id` is Parley's; `sentAt` is ISO 8601 UTC, by the provider's clock.
 */
export interface ReceivedMessage {
  id: string;
  providerMessageId: string;
  content: InboundContent;
  context?: MessageContext;
  /** Parley's id of the outbound message that this answers, when it is known. */
  replyTo?: string;
  /** The rest could not be fetched from the provider: `content` is what its webhook told. Absent: it is whole. */
  incomplete?: true;
  sentAt: string;
}

/**
 * A step of an outbound message on the ladder of statuses. `id` is Parley's, `kind` the kind of its content, `metadata` what its sender gave along.
 */
export interface StatusChange {
  id: string;
  providerMessageId?: string;
  status: MessageStatus;
  kind: string;
  error?: EventError;
  pricing?: { billable?: boolean; model?: string; type?: string; category?: string };
  metadata?: Record<string, unknown>;
}

/** What the business sent from another place (the phone app, another inbox), or what it made of it there by an edit. */
export interface EchoedMessage {
  providerMessageId: string;
  content: InboundContent;
  /** What it quotes, and how it came, as of a received message. */
  context?: MessageContext;
  /** Parley's id of the message that it quotes, when it is known. */
  replyTo?: string;
  /** The business changed what it had sent: `content` is what it says now. */
  edited?: true;
  /** As of a received message. */
  incomplete?: true;
}

/** What an event tells, by its type. */
export interface EventMembers {
  /** `awaited`: a waiting workflow gets this reply; triggers leave it out unless they ask for it. */
  'message.received': { message: ReceivedMessage; awaited?: boolean };
  'message.edited': { message: ReceivedMessage };
  'message.deleted': { data: DeletedMessage };
  'message.status': { status: StatusChange };
  'message.echo': { echo: EchoedMessage };
  'contact.preference': { data: Preference };
  'contact.identity_changed': { data: IdentityChange };
  'contact.typing': { data: Typing };
  'template.status': { data: TemplateNews };
  'template.quality': { data: TemplateNews };
  'template.changed': { data: TemplateNews };
  'account.alert': { data: AccountAlert };
  'account.changed': { data: AccountChange };
  call: { data: CallNews };
  'payment.updated': { data: PaymentNews };
  'link.clicked': { data: LinkClick };
  'conversation.control': { data: ControlChange };
  'conversation.members': { data: MembersChange };
  unsupported: { data: Unsupported };
}

/** `data` of the types that have it. */
export type EventData = {
  [T in EventType as EventMembers[T] extends { data: object } ? T : never]: EventMembers[T] extends { data: infer D }
    ? D
    : never;
};

/** A type with what it tells. */
export type EventBody = { [T in EventType]: { type: T } & EventMembers[T] }[EventType];

/** The members of every event. */
export interface EventFrame {
  /** Stable: the same event always has the same id, however often it is delivered. */
  id: string;
  /** When it happened, by the provider's clock where it tells; ISO 8601 UTC. */
  at: string;
  channel: string;
  account: { id: string; externalId: string; name?: string };
  conversationId?: string;
  /** What tells the conversation apart from others between the account and the contact; absent: there is one only. */
  thread?: string;
  owner?: 'bot' | 'human';
  /** What the channel told of the conversation beside its messages: intent, group, locale. */
  attributes?: Readonly<Record<string, string>>;
  contact?: { id: string; name?: string; username?: string; identities: IdentityRef[] };
  session?: SessionState;
  /** The provider's own body of this event, for subscriptions with `includeRaw`. */
  raw?: unknown;
}

/** Retention forgets `data` that tells of a person: it is empty then, and a message's content is `unsupported`. */
type Kept<Members> = Members extends { data: infer Data } ? { data: Partial<Data> } : Members;

/** Members that other types have: a reader may ask any event for them. */
type Absent<Members> = { [Name in Exclude<MemberName, keyof Members>]?: undefined };
type MemberName = 'message' | 'awaited' | 'status' | 'echo' | 'data';

/** An event of one type. */
export type EventOf<T extends EventType> = {
  [K in T]: EventFrame & { type: K } & Kept<EventMembers[K]> & Absent<EventMembers[K]>;
}[T];

/** A fact as it is handed to a workflow, told apart by `type`. Members that do not apply are absent. */
export type ParleyEvent = EventOf<EventType>;

/** Body of a delivery: one or more events of one subscription, in order per conversation. */
export interface DeliveryBody {
  events: ParleyEvent[];
}
