/**
 * The ledger's tables, as Kysely types. Instants are milliseconds since the epoch; JSON is text; booleans are 0 or 1, so that
 * SQLite and PostgreSQL hold the same values.
 */
import type { Generated } from 'kysely';

export interface AccountsTable {
  id: string;
  channel: string;
  external_id: string;
  name: string | null;
  /** The random part of the webhook URL. */
  endpoint: string;
  /** Encrypted settings (see platform/secret-box). */
  settings: string;
  settings_digest: string;
  created_at: number;
  updated_at: number;
  deleted_at: number | null;
  /** Its sends wait since then: the provider refuses the account. Null: it works. */
  paused_at: Generated<number | null>;
  /** What the provider said. */
  paused_reason: Generated<string | null>;
  /** When one send may try whether the account works again. */
  probe_at: Generated<number | null>;
  /** Messages per second that the provider allows, where it told. */
  per_second: Generated<number | null>;
}

/** By what address a webhook names an account: several accounts may share one. */
export interface AccountAddressesTable {
  channel: string;
  address: string;
  account_id: string;
}

export interface ApiKeysTable {
  id: string;
  hash: string;
  created_at: number;
  revoked_at: number | null;
}

export interface ContactsTable {
  id: string;
  name: string | null;
  username: string | null;
  marketing_stopped_at: number | null;
  created_at: number;
}

export interface IdentitiesTable {
  channel: string;
  kind: string;
  address: string;
  contact_id: string;
  created_at: number;
}

export interface ConversationsTable {
  id: string;
  account_id: string;
  contact_id: string;
  owner: 'bot' | 'human';
  window_expires_at: number | null;
  window_opened_by: string | null;
  window_ad_at: number | null;
  window_free_until: number | null;
  /** When the contact last did something that opens a window. */
  heard_at: Generated<number | null>;
  /** Since when the owner is who it is, where somebody told. */
  owner_at: Generated<number | null>;
  /** The numbered choices that the newest outbound message left the contact, as JSON; null: it left none. */
  choices: Generated<string | null>;
  /** The contact turned out to be the same as another: this conversation goes on in that one. */
  merged_into: string | null;
  created_at: number;
}

export interface MessagesTable {
  id: string;
  account_id: string;
  conversation_id: string;
  direction: 'inbound' | 'outbound';
  kind: string;
  status: string;
  status_at: number;
  provider_id: string | null;
  content: string;
  context: string | null;
  /** Outbound: what the API call asked besides the content. */
  request: string | null;
  error: string | null;
  pricing: string | null;
  created_at: number;
  /** When it ended without having arrived, until a person sends it again or lets it go. */
  dead_at: Generated<number | null>;
}

export interface IdempotencyTable {
  key: string;
  digest: string;
  message_id: string;
  created_at: number;
}

export interface AttemptsTable {
  id: string;
  message_id: string;
  number: number;
  opened_at: number;
  closed_at: number | null;
  outcome: string | null;
  error: string | null;
}

export interface ReceiptsTable {
  seq: Generated<number>;
  account_id: string;
  received_at: number;
  /** What of the request is needed besides the body. */
  request: string;
  body: Uint8Array;
  /** Of the account and the body, once it was read: the same webhook is read once. Empty while it waits. */
  digest: string;
  processed_at: number | null;
  /** When it was given up, to be looked at by a person. */
  dead_at: Generated<number | null>;
  /** What went wrong. */
  dead_reason: Generated<string | null>;
}

export interface JobsTable {
  seq: Generated<number>;
  kind: string;
  /** At most one job has a key: enqueuing it again changes nothing. */
  key: string | null;
  /** Jobs of one lane run one at a time, in order. */
  lane: string | null;
  /** `blocked`: an earlier job of the lane is not finished. */
  state: 'ready' | 'blocked';
  priority: number;
  due_at: number;
  attempts: number;
  created_at: number;
  payload: string;
  /** Jobs of one kind are shared out fairly between lots: an account's sends are one. */
  lot: Generated<string>;
  /** The process that runs it, where there may be several. */
  lease_owner: Generated<string | null>;
  /** A process that says nothing until then is taken for dead. */
  lease_until: Generated<number | null>;
  /** From then on the work is not to be done any more. Null: it is never too late. */
  expires_at: Generated<number | null>;
}

export interface EventsTable {
  seq: Generated<number>;
  id: string;
  account_id: string;
  conversation_id: string | null;
  type: string;
  dedupe_key: string;
  /** The provider's id of the message whose later form this tells: by it, a deletion finds the edits. */
  edit_of: string | null;
  payload: string;
  raw: string | null;
  created_at: number;
}

export interface SubscriptionsTable {
  id: string;
  /** Null: every account. */
  account_id: string | null;
  /** Set: only this conversation (a waiting workflow). */
  conversation_id: string | null;
  url: string;
  filter: string;
  max_batch: number;
  secret: string;
  once: number;
  expires_at: number | null;
  created_at: number;
  ended_at: number | null;
  ended_reason: string | null;
}

/** What is still to be handed over: a row goes when the subscription took the event. */
export interface DeliveriesTable {
  subscription_id: string;
  event_seq: number;
  /** Deliveries of one shard run one after the other; a conversation is always in the same. */
  shard: number;
}

export interface MediaTable {
  id: string;
  account_id: string;
  provider_id: string;
  mime_type: string;
  filename: string | null;
  created_at: number;
}

export interface UploadsTable {
  account_id: string;
  sha256: string;
  mime_type: string;
  provider_id: string;
  bytes: number;
  expires_at: number | null;
}

/** How much of a limit is used, see the pacer. */
export interface RatesTable {
  key: string;
  /** Until then the allowance is used up. */
  full_at: number;
}

/** How far work has come that goes through a table in small steps. */
export interface CursorsTable {
  name: string;
  position: string;
}

export interface Schema {
  accounts: AccountsTable;
  account_addresses: AccountAddressesTable;
  api_keys: ApiKeysTable;
  contacts: ContactsTable;
  identities: IdentitiesTable;
  conversations: ConversationsTable;
  messages: MessagesTable;
  idempotency: IdempotencyTable;
  attempts: AttemptsTable;
  receipts: ReceiptsTable;
  jobs: JobsTable;
  events: EventsTable;
  subscriptions: SubscriptionsTable;
  deliveries: DeliveriesTable;
  media: MediaTable;
  uploads: UploadsTable;
  rates: RatesTable;
  cursors: CursorsTable;
}
