import { sql, type ColumnDefinitionBuilder, type ColumnDataType, type Kysely } from 'kysely';
import type { StoreDialect } from '../dialect.ts';

type Columns = Record<string, [ColumnDataType, 'null'?]>;

const ID: [ColumnDataType] = ['text'];
const TEXT: [ColumnDataType] = ['text'];
const NUMBER: [ColumnDataType] = ['bigint'];
const MAYBE_TEXT: [ColumnDataType, 'null'] = ['text', 'null'];
const MAYBE_NUMBER: [ColumnDataType, 'null'] = ['bigint', 'null'];

/** A database and what its columns are called. */
interface On {
  db: Kysely<never>;
  dialect: StoreDialect;
}

async function table(
  { db, dialect }: On,
  name: string,
  columns: Columns,
  serial?: StoreDialect['serial'],
): Promise<void> {
  let builder = db.schema.createTable(name);
  if (serial) builder = builder.addColumn('seq', serial.type, serial.modify);
  for (const [column, [type, nullable]] of Object.entries(columns)) {
    const modify = (c: ColumnDefinitionBuilder) => (nullable === 'null' ? c : c.notNull());
    builder = builder.addColumn(column, (type === 'text' ? dialect.text : type) as ColumnDataType, modify);
  }
  await builder.execute();
}

async function index({ db }: On, on: string, columns: string[], unique: 'unique' | 'plain'): Promise<void> {
  const builder = db.schema
    .createIndex(`${on}_${columns.join('_')}`)
    .on(on)
    .columns(columns);
  await (unique === 'unique' ? builder.unique() : builder).execute();
}

async function people(db: On): Promise<void> {
  await table(db, 'accounts', {
    id: ID,
    channel: TEXT,
    external_id: TEXT,
    name: MAYBE_TEXT,
    endpoint: TEXT,
    settings: TEXT,
    settings_digest: TEXT,
    created_at: NUMBER,
    updated_at: NUMBER,
    deleted_at: MAYBE_NUMBER,
  });
  await index(db, 'accounts', ['id'], 'unique');
  await index(db, 'accounts', ['channel', 'external_id'], 'unique');
  await index(db, 'accounts', ['endpoint'], 'unique');
  await table(db, 'account_addresses', { channel: TEXT, address: TEXT, account_id: ID });
  await index(db, 'account_addresses', ['channel', 'address', 'account_id'], 'unique');
  await table(db, 'api_keys', { id: ID, hash: TEXT, created_at: NUMBER, revoked_at: MAYBE_NUMBER });
  await index(db, 'api_keys', ['id'], 'unique');
  await table(db, 'contacts', {
    id: ID,
    name: MAYBE_TEXT,
    username: MAYBE_TEXT,
    marketing_stopped_at: MAYBE_NUMBER,
    created_at: NUMBER,
  });
  await index(db, 'contacts', ['id'], 'unique');
  await table(db, 'identities', { channel: TEXT, kind: TEXT, address: TEXT, contact_id: ID, created_at: NUMBER });
  await index(db, 'identities', ['channel', 'kind', 'address'], 'unique');
  await index(db, 'identities', ['contact_id'], 'plain');
}

async function talk(db: On): Promise<void> {
  await table(db, 'conversations', {
    id: ID,
    account_id: ID,
    contact_id: ID,
    owner: TEXT,
    window_expires_at: MAYBE_NUMBER,
    window_opened_by: MAYBE_TEXT,
    window_ad_at: MAYBE_NUMBER,
    window_free_until: MAYBE_NUMBER,
    merged_into: MAYBE_TEXT,
    created_at: NUMBER,
  });
  await index(db, 'conversations', ['id'], 'unique');
  await index(db, 'conversations', ['contact_id', 'account_id'], 'unique');
  await table(db, 'messages', {
    id: ID,
    account_id: ID,
    conversation_id: ID,
    direction: TEXT,
    kind: TEXT,
    status: TEXT,
    status_at: NUMBER,
    provider_id: MAYBE_TEXT,
    content: TEXT,
    context: MAYBE_TEXT,
    request: MAYBE_TEXT,
    error: MAYBE_TEXT,
    pricing: MAYBE_TEXT,
    created_at: NUMBER,
  });
  await index(db, 'messages', ['id'], 'unique');
  await index(db, 'messages', ['account_id', 'provider_id'], 'unique');
  await index(db, 'messages', ['conversation_id', 'id'], 'plain');
  await index(db, 'messages', ['conversation_id', 'status', 'id'], 'plain');
  await table(db, 'idempotency', { key: TEXT, digest: TEXT, message_id: ID, created_at: NUMBER });
  await index(db, 'idempotency', ['key'], 'unique');
  await table(db, 'attempts', {
    id: ID,
    message_id: ID,
    number: NUMBER,
    opened_at: NUMBER,
    closed_at: MAYBE_NUMBER,
    outcome: MAYBE_TEXT,
    error: MAYBE_TEXT,
  });
  await index(db, 'attempts', ['id'], 'unique');
  await index(db, 'attempts', ['message_id', 'number'], 'unique');
  await table(db, 'media', {
    id: ID,
    account_id: ID,
    provider_id: TEXT,
    mime_type: TEXT,
    filename: MAYBE_TEXT,
    created_at: NUMBER,
  });
  await index(db, 'media', ['id'], 'unique');
  await index(db, 'media', ['account_id', 'provider_id'], 'unique');
  await table(db, 'uploads', {
    account_id: ID,
    sha256: TEXT,
    mime_type: TEXT,
    provider_id: TEXT,
    bytes: NUMBER,
    expires_at: MAYBE_NUMBER,
  });
  await index(db, 'uploads', ['account_id', 'sha256', 'mime_type'], 'unique');
}

async function work(db: On): Promise<void> {
  const { serial, bytes } = db.dialect;
  const receipts: Columns = {
    account_id: ID,
    received_at: NUMBER,
    request: TEXT,
    body: [bytes],
    digest: TEXT,
    processed_at: MAYBE_NUMBER,
  };
  await table(db, 'receipts', receipts, serial);
  await index(db, 'receipts', ['digest'], 'unique');
  // Only what waits is in it: it stays as small as the backlog.
  await db.db.schema
    .createIndex('receipts_waiting')
    .on('receipts')
    .columns(['account_id', 'seq'])
    .where('processed_at' as never, 'is', null)
    .execute();
  const jobs: Columns = {
    kind: TEXT,
    key: MAYBE_TEXT,
    lane: MAYBE_TEXT,
    state: TEXT,
    priority: NUMBER,
    due_at: NUMBER,
    attempts: NUMBER,
    created_at: NUMBER,
    payload: TEXT,
  };
  await table(db, 'jobs', jobs, serial);
  await index(db, 'jobs', ['key'], 'unique');
  await index(db, 'jobs', ['lane', 'seq'], 'plain');
  await index(db, 'jobs', ['kind', 'state', 'priority', 'due_at', 'seq'], 'plain');
  const events: Columns = {
    id: ID,
    account_id: ID,
    conversation_id: MAYBE_TEXT,
    type: TEXT,
    dedupe_key: TEXT,
    edit_of: MAYBE_TEXT,
    payload: TEXT,
    raw: MAYBE_TEXT,
    created_at: NUMBER,
  };
  await table(db, 'events', events, serial);
  await index(db, 'events', ['id'], 'unique');
  await index(db, 'events', ['account_id', 'dedupe_key'], 'unique');
  await db.db.schema
    .createIndex('events_edit_of')
    .on('events')
    .columns(['edit_of', 'account_id'])
    .where(sql.ref('edit_of'), 'is not', null)
    .execute();
  await table(db, 'subscriptions', {
    id: ID,
    account_id: MAYBE_TEXT,
    conversation_id: MAYBE_TEXT,
    url: TEXT,
    filter: TEXT,
    max_batch: NUMBER,
    secret: TEXT,
    once: NUMBER,
    expires_at: MAYBE_NUMBER,
    created_at: NUMBER,
    ended_at: MAYBE_NUMBER,
    ended_reason: MAYBE_TEXT,
  });
  await index(db, 'subscriptions', ['id'], 'unique');
  await index(db, 'subscriptions', ['conversation_id', 'ended_at'], 'plain');
  await index(db, 'subscriptions', ['url'], 'plain');
  await table(db, 'deliveries', { subscription_id: ID, event_seq: NUMBER, shard: NUMBER });
  await index(db, 'deliveries', ['subscription_id', 'shard', 'event_seq'], 'unique');
}

/** Everything of the first release. */
export async function firstSchema(db: Kysely<never>, dialect: StoreDialect): Promise<void> {
  const on = { db, dialect };
  await people(on);
  await talk(on);
  await work(on);
}
