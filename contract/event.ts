/** Events: facts that the service publishes and workflows hear. The same customer action has the same event on every channel. */
import type { InboundContent, MessageContext, MessageStatus, OutboundContent } from './message.ts';

/** Every event a subscription can ask for. */
export const EVENT_TYPES = [
  'message.received',
  'message.edited',
  'message.deleted',
  'message.status',
  'message.echo',
  'contact.preference',
  'contact.identity_changed',
  'template.status',
  'template.quality',
  'template.changed',
  'account.alert',
  'account.changed',
  'call',
  'link.clicked',
  'conversation.control',
  'unsupported',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** One way to reach a contact on a channel. `kind` is the channel's word for it, e.g. `phone` or `user_id`. */
export interface IdentityRef {
  kind: string;
  address: string;
}

/** Why a session window is open. */
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
}

export interface EventError {
  code: string;
  message: string;
  /** The provider's own code. */
  providerCode?: string;
}

export interface ReceivedMessage {
  id: string;
  providerMessageId: string;
  content: InboundContent;
  context?: MessageContext;
  /** Parley's id of the outbound message that this answers, when it is known. */
  replyTo?: string;
  sentAt: string;
}

export interface StatusChange {
  id: string;
  providerMessageId?: string;
  status: MessageStatus;
  kind: string;
  error?: EventError;
  pricing?: { billable?: boolean; model?: string; type?: string; category?: string };
  metadata?: Record<string, unknown>;
}

/** A fact as it is handed to a workflow. Members that do not apply are absent. */
export interface ParleyEvent {
  /** Stable: the same event always has the same id, however often it is delivered. */
  id: string;
  type: EventType;
  /** When it happened, by the provider's clock where it tells; ISO 8601 UTC. */
  at: string;
  channel: string;
  account: { id: string; externalId: string; name?: string };
  conversationId?: string;
  /** What tells the conversation apart from others between the account and the contact; absent: there is one only. */
  thread?: string;
  owner?: 'bot' | 'human';
  contact?: { id: string; name?: string; username?: string; identities: IdentityRef[] };
  session?: SessionState;
  /** `message.received`, `message.edited` */
  message?: ReceivedMessage;
  /** `message.echo`: what the business sent from another place (the phone app, another inbox). */
  echo?: { providerMessageId: string; content: InboundContent | OutboundContent };
  /** `message.status` */
  status?: StatusChange;
  /** True when a waiting workflow gets this reply; triggers leave it out unless they ask for it. */
  awaited?: boolean;
  /** Everything particular to the type, e.g. template name and reason; flat names. */
  data?: Record<string, unknown>;
  /** The provider's own body of this event, for subscriptions with `includeRaw`. */
  raw?: unknown;
}

/** Body of a delivery: one or more events of one subscription, in order per conversation. */
export interface DeliveryBody {
  events: ParleyEvent[];
}
