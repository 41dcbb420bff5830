import { sql, type ColumnDataType, type Kysely } from 'kysely';
import type { StoreDialect } from '../dialect.ts';

/** A database and what its columns are called. */
interface On {
  db: Kysely<never>;
  dialect: StoreDialect;
}

/** Adds a text column: with a default where one is given, else null in the rows that are there. */
async function addText({ db, dialect }: On, to: string, column: string, otherwise?: string): Promise<void> {
  await db.schema
    .alterTable(to)
    .addColumn(column, dialect.text as ColumnDataType, (c) =>
      otherwise === undefined ? c : c.notNull().defaultTo(otherwise),
    )
    .execute();
}

/** Ids that Meta chose for one Page, or for one Instagram account, mean the person there; the accounts of their conversations say where. */
async function realms(on: On): Promise<void> {
  const { db } = on;
  await addText(on, 'identities', 'realm', '');
  await db.schema.dropIndex('identities_channel_kind_address').execute();
  await sql`insert into identities (channel, kind, address, contact_id, created_at, realm)
    select distinct i.channel, i.kind, i.address, i.contact_id, i.created_at, a.external_id
    from identities i
    join conversations c on c.contact_id = i.contact_id
    join accounts a on a.id = c.account_id and a.channel = i.channel
    where i.kind in ('psid', 'igsid')`.execute(db);
  await sql`delete from identities where kind in ('psid', 'igsid') and realm = '' and exists (
    select 1 from identities placed where placed.contact_id = identities.contact_id and placed.channel = identities.channel
    and placed.kind = identities.kind and placed.address = identities.address and placed.realm <> '')`.execute(db);
  await db.schema
    .createIndex('identities_channel_kind_address_realm')
    .unique()
    .on('identities')
    .columns(['channel', 'kind', 'address', 'realm'])
    .execute();
}

/** An account may have several conversations with a contact, each by its thread; each knows what was told of it. */
async function conversations(on: On): Promise<void> {
  await addText(on, 'conversations', 'thread', '');
  for (const column of ['in_reply_to', 'facts', 'attributes']) await addText(on, 'conversations', column);
  await on.db.schema.alterTable('conversations').addColumn('closed_at', 'bigint').execute();
  await on.db.schema
    .alterTable('conversations')
    .addColumn('version', 'integer', (c) => c.notNull().defaultTo(1))
    .execute();
  await on.db.schema.dropIndex('conversations_contact_id_account_id').execute();
  await on.db.schema
    .createIndex('conversations_contact_id_account_id_thread')
    .unique()
    .on('conversations')
    .columns(['contact_id', 'account_id', 'thread'])
    .execute();
  // What a provider tells of a thread without naming an account finds its account by it.
  await sql`create index conversations_thread on conversations (thread) where thread <> ''`.execute(on.db);
}

/** PostgreSQL reads no JSON with escapes of characters that it cannot store; what is asked of it holds none. */
const readable = sql`replace(replace(request, ${sql.lit('\\\\')}, ''), ${sql.lit('\\u')}, 'u')::json`;

/** What stood in the JSON of a send and is no wish of its caller stands in columns; the few rows that have any of it are found by their text. */
async function messages(on: On): Promise<void> {
  const { db, dialect } = on;
  await addText(on, 'messages', 'purpose', 'reply');
  for (const column of ['author', 'campaign', 'replay_of', 'replayed_as', 'refused_ids']) {
    await addText(on, 'messages', column);
  }
  const request = dialect.shared ? readable : sql`request`;
  const words = ['"purpose":"campaign"', '"author":"human"', '"replayOf":', '"replayedAs":', '"refusedIds":'];
  const anyOf = sql.join(
    words.map((word) => sql`request like ${sql.lit(`%${word}%`)}`),
    sql` or `,
  );
  await sql`update messages set
    purpose = coalesce(${request} ->> 'purpose', 'reply'),
    author = case when ${request} ->> 'author' = 'human' then ${sql.lit('{"type":"agent","id":"human"}')} end,
    replay_of = ${request} ->> 'replayOf',
    replayed_as = ${request} ->> 'replayedAs',
    refused_ids = ${request} ->> 'refusedIds'
    where ${anyOf}`.execute(db);
  const text = dialect.text as ColumnDataType;
  await db.schema
    .createTable('message_provider_ids')
    .addColumn('account_id', text, (c) => c.notNull())
    .addColumn('provider_id', text, (c) => c.notNull())
    .addColumn('message_id', text, (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('message_provider_ids_account_id_provider_id')
    .unique()
    .on('message_provider_ids')
    .columns(['account_id', 'provider_id'])
    .execute();
  await db.schema
    .createIndex('message_provider_ids_message_id')
    .on('message_provider_ids')
    .column('message_id')
    .execute();
}

/** Realms of identities, threads of conversations, and what a message is besides what its caller asked. */
export async function threads(db: Kysely<never>, dialect: StoreDialect): Promise<void> {
  await realms({ db, dialect });
  await conversations({ db, dialect });
  await messages({ db, dialect });
}
