/**
 * Describes the ledger's tables, as Kysely types. Instants are milliseconds since the epoch; JSON is text; booleans are 0 or 1, so that
 * SQLite and PostgreSQL hold the same values. Members are in camel case here and everywhere; the columns of the database, and SQL that is
 * written out, are in snake case.
 */
import type { Generated } from 'kysely';
import type { DeadEventsTable, DeliveriesTable, SubscriptionsTable } from './delivery.schema.ts';
import type { SuppressionsTable, TemplateCategoriesTable } from './consent.schema.ts';
import type { CursorsTable, JobsTable, PendingFactsTable, RatesTable } from './work.schema.ts';

export interface AccountsTable {
  id: string;
  channel: string;
  externalId: string;
  name: string | null;
  /** Holds the provider's application that calls about it. */
  connectionId: string;
  /** Names the connection below which it hung before, when its secrets changed; null: it never moved. */
  formerConnectionId: Generated<string | null>;
  movedAt: Generated<number | null>;
  /** Holds encrypted settings (see platform/secret-box). */
  settings: string;
  settingsDigest: string;
  createdAt: number;
  updatedAt: number;
  deletedAt: number | null;
  /** Its sends wait since then: the provider refuses the account. Null: it works. */
  pausedAt: Generated<number | null>;
  /** Says what the provider said. */
  pausedReason: Generated<string | null>;
  /** Says when one send may try whether the account works again. */
  probeAt: Generated<number | null>;
  /** Tells whether an answer to a send told it (null as well), or a status long after: then an answer does not prove that it works again. */
  pausedBy: Generated<'answer' | 'status' | null>;
  /** Says since when and until when its sends wait because the provider asked for it; null: they do not. */
  throttledAt: Generated<number | null>;
  throttledUntil: Generated<number | null>;
  /** Says what the provider said. */
  throttledReason: Generated<string | null>;
  /** Says how many messages per second the provider allows, where it told. */
  perSecond: Generated<number | null>;
}

/** Describes a provider's application that calls us; accounts name the one they hang below. */
export interface ConnectionsTable {
  id: string;
  /** Holds the connector whose webhooks come to it. */
  connector: string;
  /** Holds the random part of the webhook URL that providers are told. */
  endpoint: string;
  /** Says what the provider made for us, encrypted; null: nothing. */
  learned: Generated<string | null>;
  /** Holds the connection that took it in; null: it stands for itself. */
  mergedInto: Generated<string | null>;
  createdAt: number;
  updatedAt: number;
}

/** Describes every random part of a webhook URL that leads to a connection: the one that is told, and those of connections that it took in. */
export interface EndpointsTable {
  endpoint: string;
  connectionId: string;
}

/** Says between which connections accounts moved, each once: what one was told may be meant for the other. */
export interface ConnectionMovesTable {
  fromId: string;
  intoId: string;
}

export interface ApiKeysTable {
  id: string;
  hash: string;
  createdAt: number;
  revokedAt: number | null;
}

export interface ContactsTable {
  id: string;
  name: string | null;
  username: string | null;
  marketingStoppedAt: number | null;
  createdAt: number;
}

export interface IdentitiesTable {
  channel: string;
  /** Says within what the address means one person; empty: everywhere. */
  realm: string;
  kind: string;
  address: string;
  contactId: string;
  createdAt: number;
}

export interface ConversationsTable {
  id: string;
  accountId: string;
  contactId: string;
  /** Says what tells it apart from others between the two; empty where there is one only. */
  thread: Generated<string>;
  owner: 'bot' | 'human';
  windowExpiresAt: number | null;
  windowOpenedBy: string | null;
  windowAdAt: number | null;
  windowFreeUntil: number | null;
  /** Says when the contact last did something that opens a window. */
  heardAt: Generated<number | null>;
  /** Holds the provider's id of the contact's message that was heard last; null: there is none. */
  inReplyTo: Generated<string | null>;
  /** Says since when the contact is gone; null: they are there. */
  closedAt: Generated<number | null>;
  /** Says what decides about what can be sent, as JSON; null: nothing is known. */
  facts: Generated<string | null>;
  /** Says what else the channel told of it, as JSON; null: nothing. */
  attributes: Generated<string | null>;
  /** Says since when the owner is who it is, where somebody told. */
  ownerAt: Generated<number | null>;
  /** Grows with each change of who answers. */
  version: Generated<number>;
  /** Holds the numbered choices that the newest outbound message left the contact, as JSON; null: it left none. */
  choices: Generated<string | null>;
  /** The contact turned out to be the same as another: this conversation goes on in that one. */
  mergedInto: string | null;
  createdAt: number;
}

export interface MessagesTable {
  id: string;
  accountId: string;
  conversationId: string;
  direction: 'inbound' | 'outbound';
  kind: string;
  status: string;
  statusAt: number;
  providerId: string | null;
  content: string;
  context: string | null;
  /** Outbound: what the API call asked besides the content, as JSON. Null: it was not sent by Parley, or its body is no longer kept. */
  request: string | null;
  purpose: Generated<'reply' | 'campaign'>;
  /** Holds the person who wrote it, as JSON; null: a program, or the contact. */
  author: Generated<string | null>;
  /** Holds the campaign that it is part of. */
  campaign: Generated<string | null>;
  /** Holds the dead letter that it sends again. */
  replayOf: Generated<string | null>;
  /** Holds the message that sends it again. */
  replayedAs: Generated<string | null>;
  /** Holds the provider's ids, as JSON, of what it took and refused later, before something else took its place. */
  refusedIds: Generated<string | null>;
  error: string | null;
  pricing: string | null;
  createdAt: number;
  /** Says when it was sent, by the provider's clock; null: the provider did not tell. */
  sentAt: Generated<number | null>;
  /** Says when it ended without having arrived, until a person sends it again or lets it go. */
  deadAt: Generated<number | null>;
}

/** Lists further ids by which a provider names a message, besides the one that stands with it. */
export interface MessageProviderIdsTable {
  accountId: string;
  providerId: string;
  messageId: string;
}

export interface IdempotencyTable {
  key: string;
  digest: string;
  messageId: string;
  createdAt: number;
}

export interface AttemptsTable {
  id: string;
  messageId: string;
  number: number;
  openedAt: number;
  closedAt: number | null;
  outcome: string | null;
  error: string | null;
}

export interface ReceiptsTable {
  seq: Generated<number>;
  /** Says whose secret verified it. */
  connectionId: string;
  receivedAt: number;
  /** Says what of the request is needed besides the body. */
  request: string;
  body: Uint8Array;
  /** Identifies the connection and the body, once it was read: the same webhook is read once. Empty while it waits. */
  digest: string;
  processedAt: number | null;
  /** Says how often its reading began since it was found unread. */
  tries: Generated<number>;
  /** Says when it was given up, to be looked at by a person. */
  deadAt: Generated<number | null>;
  /** Says which kind of dead letter it is. */
  deadCode: Generated<string | null>;
  /** Says which addresses it names that no account has: a list, as JSON. */
  deadAddresses: Generated<string | null>;
  /** Says what went wrong. */
  deadReason: Generated<string | null>;
}

export interface EventsTable {
  seq: Generated<number>;
  id: string;
  accountId: string;
  conversationId: string | null;
  type: string;
  dedupeKey: string;
  /** Holds the provider's id of the message whose later form this tells: by it, a deletion finds the edits. */
  editOf: string | null;
  payload: string;
  raw: string | null;
  createdAt: number;
}

export interface MediaTable {
  id: string;
  accountId: string;
  providerId: string;
  mimeType: string;
  filename: string | null;
  createdAt: number;
  /** Holds it sealed, bound to `id`: what it takes to read the file besides the provider's id. */
  secret: string | null;
  /** Holds the one in which it came first; null: it is from before that was kept. */
  conversationId: Generated<string | null>;
}

export interface UploadsTable {
  accountId: string;
  sha256: string;
  mimeType: string;
  providerId: string;
  bytes: number;
  expiresAt: number | null;
  /** Says where its bytes are kept; null: they are not. */
  fileId: string | null;
  filename: string | null;
  /** Says when its bytes were last brought, milliseconds since the epoch. */
  keptAt: number | null;
}

/** Describes an id of an upload that the provider does not know any more: the same bytes may have another by now. */
export interface LostUploadsTable {
  accountId: string;
  providerId: string;
  sha256: string;
  mimeType: string;
  lostAt: number;
}

export interface Schema {
  accounts: AccountsTable;
  connections: ConnectionsTable;
  endpoints: EndpointsTable;
  connectionMoves: ConnectionMovesTable;
  apiKeys: ApiKeysTable;
  contacts: ContactsTable;
  identities: IdentitiesTable;
  conversations: ConversationsTable;
  messages: MessagesTable;
  messageProviderIds: MessageProviderIdsTable;
  idempotency: IdempotencyTable;
  attempts: AttemptsTable;
  receipts: ReceiptsTable;
  jobs: JobsTable;
  pendingFacts: PendingFactsTable;
  events: EventsTable;
  subscriptions: SubscriptionsTable;
  deliveries: DeliveriesTable;
  deadEvents: DeadEventsTable;
  media: MediaTable;
  uploads: UploadsTable;
  lostUploads: LostUploadsTable;
  rates: RatesTable;
  cursors: CursorsTable;
  suppressions: SuppressionsTable;
  templateCategories: TemplateCategoriesTable;
}
