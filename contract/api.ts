/** Requests and answers of the service's HTTP API (`/v1`). The service validates them with schemas of the same shape. */
import type { AccountRef, Capabilities } from './channel.ts';
import type { EventError, EventType, IdentityRef, SessionState } from './event.ts';
import type {
  Author,
  InboundContent,
  InboundKind,
  MessageStatus,
  OutboundContent,
  OutboundKind,
  TemplateContent,
} from './message.ts';
import type { RefusalReason } from './problem.ts';

/** Calls that are refused answer a problem; `RefusalReason` lists why a send is refused. */
export { PROBLEM_CODES, type Problem, type ProblemCode, type RefusalReason } from './problem.ts';
/** Calls under `/v1/templates` take and answer templates. */
export type { CreateTemplate, EditTemplate, Template, TemplateVariable } from './template.ts';

/** `PUT /v1/accounts/{channel}/{externalId}` */
export interface PutAccount {
  name?: string;
  settings: Record<string, unknown>;
}

/** Tells of one thing that was set up, or could not be, at the provider. */
export interface ProvisioningStep {
  step: string;
  ok: boolean;
  /** What is missing and how to mend it; absent when ok. */
  detail?: string;
  /** Without this step no message can arrive: a trigger refuses to start. Absent when ok, or when only other events are missing. */
  blocking?: boolean;
}

/** An account as `GET /v1/accounts` and `PUT /v1/accounts/{channel}/{externalId}` show it. Instants are ISO 8601 UTC. */
export interface Account {
  id: string;
  channel: string;
  /** The channel as people know it, e.g. `Facebook Messenger`. */
  channelName: string;
  externalId: string;
  name?: string;
  /** Secrets are masked. */
  settings: Record<string, unknown>;
  webhookUrl: string;
  capabilities: Capabilities;
  /** How many messages per second are sent through it; absent: as many as can. */
  perSecond?: number;
  /** The provider refuses the account, and its messages wait; absent: it works. */
  paused?: { since: string; reason: string };
  /** Its sends wait because the provider asked for it: until then, an hour at most, or until the account is stored again. */
  throttled?: { since: string; until: string; reason: string };
  /** Set by the last registration only. */
  provisioning?: ProvisioningStep[];
  createdAt: string;
  updatedAt: string;
}

/** 200 of `DELETE /v1/accounts/{id}` */
export interface DeletedAccount {
  deleted: true;
  /** What was taken back at the provider, and what stays there. */
  provisioning?: ProvisioningStep[];
}

/** `POST /v1/subscriptions` */
export interface CreateSubscription {
  url: string;
  events: EventType[];
  account?: AccountRef;
  /** Only messages of these kinds; absent: all. Applies to `message.received` and `message.edited`. */
  messageKinds?: InboundKind[];
  /** Only these statuses; absent: all. Applies to `message.status`. */
  statuses?: MessageStatus[];
  /** Only of conversations that have one of the values of each of these attributes; absent: all. */
  attributes?: Record<string, string[]>;
  /** Also replies that a waiting workflow gets. Default false. */
  includeAwaited?: boolean;
  /** Also while a human owns the conversation. Default false. */
  includeHandedOff?: boolean;
  /** Up to this many events per call, 1 to 500. Default 1. */
  maxBatch?: number;
  includeRaw?: boolean;
  /**
   * The receiver repeats the delivery's `webhook-id` in its answer, as a header or as a member of a JSON body; a 2xx without it counts as not taken.
   * Default false: any 2xx that is no page counts.
   */
  confirms?: boolean;
}

/** A workflow's wish for events as `GET /v1/subscriptions` shows it. Instants are ISO 8601 UTC. */
export interface Subscription extends CreateSubscription {
  id: string;
  createdAt: string;
  endedAt?: string;
  endedReason?: string;
}
/** The service answers `POST /v1/subscriptions` with it. It tells the secret that signs deliveries here and never again. */
export interface CreatedSubscription extends Subscription {
  secret: string;
}

/** Says what to do when the session is closed: refuse, keep until the contact writes, or send this template instead. */
export type IfSessionClosed = 'fail' | 'hold' | { template: TemplateContent };

/** `POST /v1/messages`, with the header `Idempotency-Key`. */
export interface SendMessage {
  /** May be absent when `to` is a conversation or a contact, which say it. */
  account?: AccountRef;
  /** A provider address (phone number, user id…), a known conversation, or a contact: then the conversation in which they were last heard. */
  to: string | { conversationId: string } | { contactId: string };
  /** Which conversation with the address, on channels that have several; only where `to` is an address. */
  thread?: string;
  content: OutboundContent;
  /** A content that the channel lacks or does not take as it is becomes the nearest that it has; absent: it is refused. */
  degrade?: boolean;
  /**
   * Who wrote it. `human` may be sent while a person owns the conversation, and where the channel gives people more time; it takes the conversation,
   * unless it is a campaign. Default `bot`.
   */
  author?: 'bot' | 'human' | Author;
  /** What only this channel's sends know, see its page: checked by the channel, an unknown member is an error. */
  options?: Record<string, unknown>;
  /** `campaign` sends are overtaken by replies. Default `reply`. */
  purpose?: 'reply' | 'campaign';
  ifSessionClosed?: IfSessionClosed;
  /** Parley's or the provider's id of the message to quote. */
  replyTo?: string;
  /**
   * From then on the message is not sent any more and fails with `expired`, wherever it waits: an ISO 8601 instant in the future, at
   * most 30 days ahead. Default: 24 hours after it could first be sent.
   */
  expiresAt?: string;
  metadata?: Record<string, unknown>;
  /** Ask to be called, once, with the contact's next reply: one POST of a `DeliveryBody` to `url` before `until`. `confirms`: as a subscription does. */
  wait?: { url: string; until: string; confirms?: boolean };
}

/** One call to the provider for a message. Instants are ISO 8601 UTC; `outcome` and `error` are absent while it is under way. */
export interface MessageAttempt {
  number: number;
  openedAt: string;
  closedAt?: string;
  outcome?: string;
  error?: EventError;
}

/** An outbound or inbound message as `GET /v1/messages/{id}` shows it. Instants are ISO 8601 UTC. */
export interface MessageView {
  id: string;
  direction: 'inbound' | 'outbound';
  status: MessageStatus | 'received';
  conversationId: string;
  providerMessageId?: string;
  content: OutboundContent | InboundContent;
  /** Who wrote it; absent: the contact, or somebody by another way than Parley. */
  author?: Author;
  error?: EventError;
  metadata?: Record<string, unknown>;
  /** As the sender asked. */
  expiresAt?: string;
  /** The dead letter that this message sends again. */
  replayOf?: string;
  /** The message that sends this dead letter again. */
  replayedAs?: string;
  createdAt: string;
  statusAt: string;
  attempts?: MessageAttempt[];
}

/** The service answers `POST /v1/messages` with it (202). `duplicate`: this idempotency key was admitted before; nothing new was queued. */
export interface SendAccepted {
  id: string;
  status: MessageStatus;
  conversationId: string;
  duplicate?: boolean;
  /** What the content became, by `degrade`. */
  sentAs?: OutboundKind;
}

/** `POST /v1/messages/read` */
export interface MarkRead {
  account: AccountRef;
  /** Parley's or the provider's id of the inbound message. */
  messageId: string;
  /** Shows that an answer is being typed, or no longer; absent: neither. */
  typing?: boolean;
}

/** `GET /v1/conversations/{id}`; listed by `GET /v1/conversations`, the one last heard from first. */
export interface ConversationView {
  id: string;
  channel: string;
  account: { id: string; externalId: string; name?: string };
  /** What tells it apart from others between the two; absent: there is one only. */
  thread?: string;
  owner: 'bot' | 'human';
  /** Grows with each change of the owner; the header `ETag` holds it, and `If-Match` of a `PATCH` takes that. */
  version: number;
  /** What the channel told of it beside its messages: intent, group, locale. Absent: nothing. */
  attributes?: Readonly<Record<string, string>>;
  contact: { id: string; name?: string; username?: string; identities: IdentityRef[] };
  session: SessionState;
  /** When the contact last wrote, tapped or called; absent: never. */
  heardAt?: string;
  createdAt: string;
}

/** One of `GET /v1/actions?channel&externalId`; run by `POST /v1/actions/{name}` with its input as the body, answered `{result}`. */
export interface ActionDescription {
  name: string;
  /** It changes something at the provider. */
  changes: boolean;
  /** JSON Schema. */
  input: Record<string, unknown>;
}

/**
 * `GET /v1/permission?channel&externalId&to&thread&kind`, or `?conversationId&kind`; `purpose=campaign` asks about a campaign, `template` and
 * `language` about that template.
 */
export interface Permission {
  allowed: boolean;
  reasons: { code: RefusalReason; detail: string }[];
  session: SessionState;
  conversationId?: string;
  contact?: { id: string; name?: string; identities: IdentityRef[] };
}

/**
 * 202 of `DELETE /v1/contacts/{id}` and `DELETE /v1/contacts?channel&address`. Nothing of the person is sent or shown any more; events and what
 * is left of long conversations follow in small steps.
 */
export interface ErasedContact {
  id: string;
  erased: {
    identities: number;
    conversations: number;
    /** Of both directions. */
    messages: number;
    /** Of these, sends that were queued or held. */
    sends: number;
    /** Workflows that waited for a reply. */
    waits: number;
    /** That could not be read and named the person. */
    webhooks: number;
  };
  rest: 'follows';
}

/** `POST /v1/media`, raw body; `id` goes into `mediaId` of a content. `reused`: the same bytes were uploaded before. */
export interface UploadedMedia {
  id: string;
  mimeType: string;
  sha256: string;
  bytes: number;
  expiresAt?: string;
  reused: boolean;
}

/** One page of a list. */
export interface Page<T> {
  data: T[];
  /** Give it as `after` to get the next page; absent on the last. */
  next?: string;
}
