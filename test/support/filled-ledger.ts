/**
 * A ledger that already holds millions of messages: written straight into the service's own file, table by table, its indexes made
 * afterwards. What the rows say is made up, but for the people who write in the bench: their conversations are among them.
 */
import { DatabaseSync } from 'node:sqlite';
import { addressOf, PEOPLE } from '../../bench/requests.ts';

/** Messages of one person. */
const EACH = 50;
const TEXT = 'Hello, is my order on its way already? It was to arrive yesterday.';
const COUNT = 'with recursive n(i) as (values (0) union all select i + 1 from n where i + 1 < :count)';
/** An id that sorts like those the service makes, and before them. */
const id = (kind: string, i = 'i') => `'${kind}_00' || printf('%024d', ${i})`;
/** Any other key, as scattered as providers' ids are. */
const scattered = (bytes: number) => `hex(randomblob(${bytes}))`;

/** The service must have registered the account and be stopped. Answers the size of the file in bytes. */
export function fillLedger(path: string, messages: number): number {
  const db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000');
  const indexes = db.prepare("select name, sql from sqlite_master where type = 'index' and sql is not null").all();
  for (const { name } of indexes) db.exec(`drop index "${String(name)}"`);
  const account = String(db.prepare('select id from accounts').get()?.id);
  const people = Math.max(PEOPLE, Math.ceil(messages / EACH));
  const each = { $now: Date.now(), ':count': people };
  insert(db, 'contacts', { id: id('con'), name: "'Customer ' || i", created_at: '$now' }, each);
  insert(
    db,
    'identities',
    {
      channel: "'whatsapp'",
      kind: "'phone'",
      address: `cast(${addressOf(0)} + i as text)`,
      contact_id: id('con'),
      created_at: '$now',
    },
    each,
  );
  insert(
    db,
    'conversations',
    { id: id('cnv'), account_id: '$account', contact_id: id('con'), owner: "'bot'", created_at: '$now' },
    { ...each, $account: account },
  );
  fillMessages(db, { $now: Date.now(), $account: account, $people: people, ':count': messages });
  for (const { sql } of indexes) db.exec(String(sql));
  db.exec('PRAGMA journal_mode = WAL');
  const { page_count: pages } = db.prepare('PRAGMA page_count').get() as { page_count: number };
  const { page_size: size } = db.prepare('PRAGMA page_size').get() as { page_size: number };
  db.close();
  return pages * size;
}

type Values = Record<string, string | number>;

/** A message, the event that told it, and the digest of its webhook. */
function fillMessages(db: DatabaseSync, given: Values): void {
  const conversation = id('cnv', '(i % $people)');
  const content = `'${JSON.stringify({ type: 'text', text: TEXT })}'`;
  insert(
    db,
    'messages',
    {
      id: id('msg'),
      account_id: '$account',
      conversation_id: conversation,
      direction: "'inbound'",
      kind: "'text'",
      status: "'received'",
      status_at: '$now',
      provider_id: `'wamid.' || ${scattered(24)}`,
      content,
      created_at: '$now',
    },
    given,
  );
  insert(
    db,
    'events',
    {
      id: id('evt'),
      account_id: '$account',
      conversation_id: conversation,
      type: "'message.received'",
      dedupe_key: `'message:wamid.' || ${scattered(24)}`,
      payload: `'${JSON.stringify({ message: { content: { type: 'text', text: TEXT } }, more: 'x'.repeat(600) })}'`,
      created_at: '$now',
    },
    given,
  );
  insert(
    db,
    'receipts',
    {
      account_id: '$account',
      received_at: '$now',
      request: "''",
      body: "x''",
      digest: scattered(11),
      processed_at: '$now',
    },
    given,
  );
}

/** `columns`: an expression for each, of `i` and of the values that are given. */
function insert(db: DatabaseSync, table: string, columns: Record<string, string>, given: Values): void {
  const expressions = Object.values(columns).join(', ');
  const sql = `insert into ${table} (${Object.keys(columns).join(', ')}) ${COUNT} select ${expressions} from n`;
  const used = Object.entries(given).filter(([name]) => sql.includes(name));
  db.prepare(sql).run(Object.fromEntries(used));
}
