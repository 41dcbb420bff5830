/**
 * What events tell besides messages and statuses: `data` of each type. A member that is named has one meaning on every channel; one that
 * does not apply is absent. Where a type is open (`[more: string]`), providers tell more, by their own names in camel case.
 */
import type { InboundMedia } from './media.ts';
import type { InboundContentOf } from './message.ts';

/** One way to reach a contact on a channel. `kind` is the channel's word for it, e.g. `phone` or `user_id`. */
export interface IdentityRef {
  kind: string;
  address: string;
}

/** `message.deleted`: the contact took a message back, or the business one of its own. */
export interface DeletedMessage {
  /** The business took it back; absent: the contact did. */
  isOwn?: true;
  /** Parley's id of the message, when it is known. */
  messageId?: string;
  providerMessageId: string;
}

/** `contact.preference`: a yes or no to messages about a topic. */
export interface Preference {
  /** `marketing`, `all`, or what the business named it. */
  topic: string;
  value: 'stop' | 'resume' | 'signup';
  /** The provider's word for the topic. */
  category?: string;
  /** The provider's words about the wish. */
  detail?: string;
  signupId?: string;
  /** How it was said: `notification_messages`, `one_time_notif_req`, `plugin`. */
  kind?: string;
  title?: string;
  /** What a message to this topic is addressed to. */
  token?: string;
  tokenExpiresAt?: string;
  tokenStatus?: string;
  timeZone?: string;
  frequency?: string;
  /** What the business put into the link or the plugin. */
  reference?: string;
  /** The word that the contact wrote. */
  keyword?: string;
  /** Parley read it in what the contact wrote: a word that says nothing else, or a sentence that sounds like it. Absent: the provider told it. */
  certainty?: 'exact' | 'likely';
  /** The message in which it was said. */
  providerMessageId?: string;
}

/** `contact.identity_changed`: `before` is how the contact was reached until now; `contact` of the event has the new identities. */
export interface IdentityChange {
  before: IdentityRef[];
  /** The provider's word for what happened, e.g. `user_changed_number`. */
  event: string;
  text?: string;
  hash?: string;
}

/** `template.status`, `template.quality`, `template.changed` */
export interface TemplateNews {
  templateId?: string;
  name?: string;
  language?: string;
  /** The new status, in the provider's words. */
  event?: string;
  reason?: string;
  [more: string]: unknown;
}

/** `account.alert`: something stops or threatens sending, or touches security. */
export interface AccountAlert {
  /** The provider's name of what changed. */
  field?: string;
  event?: string;
  /** `settings`: the provider refuses the credentials or the account. */
  reason?: string;
  message?: string;
  providerCode?: string;
  /** Since then the account's messages wait. */
  pausedAt?: string;
  [more: string]: unknown;
}

/** `account.changed` */
export interface AccountChange {
  /** The provider's name of what changed. */
  field?: string;
  event?: string;
  /** `resumed`: the account works again. */
  reason?: string;
  /** Since then the account's messages waited. */
  pausedAt?: string;
  [more: string]: unknown;
}

/** `call`: it rings, it is over, or its recording is there. */
export interface CallNews {
  callId?: string;
  /** The provider's word: `connect`, `terminate`, `ringing`, `accepted`, `rejected` … */
  event: string;
  direction: 'inbound' | 'outbound';
  status?: string;
  startedAt?: string;
  endedAt?: string;
  durationMs?: number;
  /** What the business gave with the call. */
  correlationId?: string;
  /** What the business put into the button or the link that the contact called by. */
  payload?: string;
  /** `id` gives the bytes: `GET /v1/media/{id}`. */
  recording?: InboundMedia;
}

/** `payment.updated`: what a contact was asked to pay was paid, failed to be, or came back. */
export interface PaymentNews {
  /** Parley's id of the message that asked for it, when it is known. */
  messageId?: string;
  providerMessageId?: string;
  /** The provider's word, in lower case: `pending`, `captured`, `failed`, `canceled` … */
  status: string;
  /** What the business called the order. */
  referenceId?: string;
  /** In whole units of `currency`: 12.5 is twelve and a half. */
  amount?: number;
  currency?: string;
  transactionId?: string;
  /** The provider's words for the way of the payment, or `refund`. */
  transactionType?: string;
  transactionStatus?: string;
  /** What went back to the contact. */
  refunds?: { id?: string; status?: string; amount?: number; currency?: string }[];
  /** Why it failed. */
  error?: { code?: string; message?: string };
}

/** `link.clicked`: a link or an ad led into a conversation, or was followed out of a message. */
export interface LinkClick {
  event?: string;
  /** What the business put into the link. */
  reference?: string;
  source?: string;
  /** `ad`, `shortlink`, or the provider's word. */
  sourceType?: string;
  adId?: string;
  url?: string;
  productId?: string;
  /** What was answered to the questions of an ad. */
  answers?: { question: string; answer: string }[];
  component?: string;
  clickId?: string;
  trackingToken?: string;
  [more: string]: unknown;
}

/** `conversation.control`: who answers a conversation, or what is said while another responder does. */
export interface ControlChange {
  /** Who answers from now on. */
  owner?: 'bot' | 'human';
  /** By what it is known: `echo`, `standby`, `message`, `own message`, `author` (a person wrote through the API), `api`. */
  reason?: string;
  /** `control_passed`, `control_taken`, `control_requested`, `roles_changed`, `standby_message`; `left`: the contact left, and nobody may write until they do … */
  event?: string;
  /** The provider's names of the responders. */
  previousOwner?: string;
  newOwner?: string;
  requestedOwner?: string;
  metadata?: string;
  summary?: string;
  roles?: Record<string, unknown>;
  /** `standby_…`: what another responder's conversation is about. Files go by the provider's id. */
  providerMessageId?: string;
  status?: string;
  content?: InboundContentOf<{ providerId: string; mimeType?: string; filename?: string }>;
}

/** `contact.typing`: the contact began to write, or stopped without sending. */
export interface Typing {
  isTyping: boolean;
}

/** `conversation.members`: people came into a conversation of several, or went. */
export interface MembersChange {
  event: 'joined' | 'left';
  members: { identities: IdentityRef[]; name?: string }[];
  /** How many are in it since. */
  count?: number;
}

/** `unsupported`: what Parley does not know or does not treat. The event has the provider's body as `raw` where it is asked for. */
export interface Unsupported {
  reason: string;
  /** The provider's name of the part. */
  field?: string;
  status?: string;
  groupId?: string;
}
