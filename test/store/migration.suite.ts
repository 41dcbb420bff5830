/** A ledger of the first release, and a large one, opened by the present program: everything is there, and it does not take long. */
import { sql } from 'kysely';
import type { StoreDialect } from '../../service/src/store/dialect.ts';
import { Ledger } from '../../service/src/store/ledger.ts';
import { firstRelease } from '../support/first-release.ts';

/** A database that the first release left: the same at each opening. */
export type Left = () => Promise<StoreDialect>;

/** What the migrations add to rows of the first release. */
const ADDED: Record<string, Record<string, unknown>> = {
  accounts: {
    connection_id: expect.any(String),
    paused_at: null,
    paused_reason: null,
    probe_at: null,
    per_second: null,
    paused_by: null,
    throttled_at: null,
    throttled_until: null,
    throttled_reason: null,
  },
  conversations: {
    heard_at: null,
    owner_at: null,
    choices: null,
    thread: '',
    in_reply_to: null,
    closed_at: null,
    facts: null,
    attributes: null,
  },
  identities: { realm: '' },
  media: { secret: null, conversation_id: null },
  messages: {
    dead_at: null,
    purpose: 'reply',
    author: null,
    campaign: null,
    replay_of: null,
    replayed_as: null,
    refused_ids: null,
  },
  receipts: { dead_at: null, dead_code: null, dead_addresses: null },
  jobs: { group_key: '', lease_owner: null, lease_until: null, set_at: 0 },
};

/** Columns that a migration renames. */
const RENAMED: Record<string, Record<string, string>> = {
  jobs: { lane: 'ordering_key' },
  receipts: { account_id: 'connection_id' },
};

/** What became of tables and columns that are gone is asserted by itself. */
const DROPPED = { tables: ['account_addresses'], columns: { accounts: 'endpoint' } as Record<string, string> };

/** As the database calls it. */
const columnOf = (member: string) => member.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const ROWS = 100_000;

export function describeMigration(name: string, left: Left): void {
  describe(`migration: ${name}`, () => {
    let ledger: Ledger | undefined;
    afterEach(() => ledger?.close());

    const rowsOf = async (table: string) => {
      const rows = await (ledger as Ledger).reader
        .selectFrom(table as 'messages')
        .selectAll()
        .execute();
      return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [columnOf(name), value])));
    };

    test('every row of every table is there, as it was', async () => {
      ledger = await Ledger.open(await left());
      for (const [table, before] of Object.entries(firstRelease.rows)) {
        if (table.startsWith('kysely') || DROPPED.tables.includes(table)) continue;
        const expected = before.map((row) => ({
          ...ADDED[table],
          ...Object.fromEntries(
            Object.entries(row)
              .filter(([column]) => DROPPED.columns[table] !== column)
              .map(([column, value]) => [RENAMED[table]?.[column] ?? column, plain(value)]),
          ),
          ...changes(table, row),
        }));
        const found = (await rowsOf(table)).map((row) =>
          Object.fromEntries(Object.entries(row).map(([column, value]) => [column, plain(value)])),
        );
        expect({ table, rows: sorted(found) }).toMatchObject({ table, rows: sorted(expected) });
        expect(found).toHaveLength(before.length);
      }
    });

    test('each account has a connection of its own, which is called where the account was', async () => {
      ledger = await Ledger.open(await left());
      const accounts = await rowsOf('accounts');
      const before = firstRelease.rows['accounts'] ?? [];
      expect(accounts).toHaveLength(before.length);
      const [connections, endpoints] = [await rowsOf('connections'), await rowsOf('endpoints')];
      for (const { id, channel, endpoint } of before) {
        const account = accounts.find((one) => one['id'] === id);
        const connection = connections.find((one) => one['id'] === account?.['connection_id']);
        expect(connection).toMatchObject({ connector: channel, endpoint, learned: null });
        expect(endpoints).toContainEqual({ endpoint, connection_id: connection?.['id'] });
      }
    });

    test('is made once: a second opening changes nothing', async () => {
      const dialect = await left();
      ledger = await Ledger.open(dialect);
      const before = await rowsOf('jobs');
      await ledger.close();
      ledger = await Ledger.open(dialect);
      expect(await rowsOf('jobs')).toEqual(before);
    });

    test('of the jobs calls what was care by its new name', async () => {
      const dialect = await left();
      await addCare(dialect);
      ledger = await Ledger.open(dialect);
      const jobs = (await rowsOf('jobs')).filter(({ due_at: dueAt }) => Number(dueAt) === 77);
      expect(jobs).toEqual([expect.objectContaining({ kind: 'maintenance', key: 'maintenance:retention:' })]);
    });

    test('of an erasure under way keeps the webhooks that waited, and their marks, for the eraser whose they are', async () => {
      const dialect = await left();
      const rest = { contactId: 'con', conversationIds: ['cnv'], since: 1, erasedAt: 2 };
      const waiting = { unread: [7], marks: ['erased:x'] };
      await addCare(dialect, 'erase:con', { ...rest, ...waiting, task: 'erase' });
      ledger = await Ledger.open(dialect);
      const jobs = (await rowsOf('jobs')).filter(({ key }) => key === 'maintenance:erase:con');
      const payloads = jobs.map(({ payload }) => JSON.parse(String(payload)) as unknown);
      expect(payloads).toEqual([{ ...rest, task: 'erase', own: { receipts: waiting } }]);
    });

    test('ids that a provider chose for each account are placed where their conversations are', async () => {
      const dialect = await left();
      await addMetaPeople(dialect);
      ledger = await Ledger.open(dialect);
      const { reader } = ledger;
      const rows = await reader.selectFrom('identities').selectAll().where('kind', '!=', 'user_id').execute();
      const placed = rows.filter(({ contactId }) => contactId.startsWith('of '));
      expect(placed.map((row) => [row.contactId, row.kind, row.address, row.realm]).sort()).toEqual([
        ['of both', 'psid', '42', 'page 1'],
        ['of both', 'psid', '42', 'page 2'],
        ['of instagram', 'igsid', '42', 'ig 1'],
        ['of instagram', 'phone', '15550009999', ''],
        ['of none', 'psid', '43', ''],
      ]);
    });

    test('what stood in the JSON of a send stands in columns', async () => {
      const dialect = await left();
      await addSends(dialect);
      ledger = await Ledger.open(dialect);
      const columns = ['id', 'purpose', 'author', 'replayOf', 'replayedAs', 'refusedIds'] as const;
      const rows = await ledger.reader.selectFrom('messages').select(columns).where('id', 'like', 'of %').execute();
      const nothing = { purpose: 'reply', author: null, replayOf: null, replayedAs: null, refusedIds: null };
      const found = Object.fromEntries(rows.map(({ id, ...row }) => [id, row]));
      expect(found).toEqual({
        'of a program': nothing,
        'of a person': { ...nothing, author: '{"type":"agent","id":"human"}' },
        'of a campaign': { ...nothing, purpose: 'campaign' },
        'of both': { ...nothing, replayOf: 'msg_1', replayedAs: 'msg_2' },
        'of refusals': { ...nothing, refusedIds: '["p1","p2"]' },
        'of words': nothing,
      });
    });

    test(`of ${ROWS} messages, events, receipts and keys takes seconds`, async () => {
      const dialect = await left();
      await fill(dialect);
      const startedAt = performance.now();
      ledger = await Ledger.open(dialect);
      const tookMs = performance.now() - startedAt;
      const count = async (table: 'messages' | 'events') =>
        (
          await ledger?.reader
            .selectFrom(table)
            .select((is) => is.fn.countAll().as('n'))
            .executeTakeFirst()
        )?.n;
      expect(Number(await count('messages'))).toBeGreaterThan(ROWS);
      expect(Number(await count('events'))).toBeGreaterThan(ROWS);
      // A fraction of a second on a machine that does nothing else.
      expect(tookMs).toBeLessThan(15_000);
    }, 120_000);
  });
}

/** What a migration is meant to change. */
function changes(table: string, row: Record<string, unknown>): Record<string, unknown> {
  if (table === 'messages' && String(row['request']).includes('"purpose":"campaign"')) return { purpose: 'campaign' };
  if (table === 'jobs' && row['kind'] === 'send') return { group_key: expect.any(String) };
  const connectionId = String(row['account_id']).replace('acc_', 'cnn_');
  if (table === 'receipts' && row['processed_at'] === null) return { connection_id: connectionId };
  if (table === 'receipts' && row['request'] !== '')
    return { dead_at: row['processed_at'], dead_code: 'unreadable', connection_id: connectionId };
  if (table === 'jobs' && row['kind'] === 'normalize') {
    const id = String(row['key']).replace('normalize:acc_', 'cnn_');
    return { key: `normalize:${id}`, payload: JSON.stringify({ connectionId: id }) };
  }
  // The one channel there was kept a session open for a day.
  if (table === 'conversations' && row['window_expires_at'] !== null)
    return { heard_at: Number(row['window_expires_at']) - 86_400_000 };
  return {};
}

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return typeof value === 'object' && value !== null && 'base64' in value ? value.base64 : value;
}

function sorted(rows: Record<string, unknown>[]): Record<string, unknown>[] {
  const keyOf = (row: Record<string, unknown>) =>
    String(row['seq'] ?? row['id'] ?? row['key'] ?? [row['channel'], row['kind'], row['address'], row['event_seq']]);
  return [...rows].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** A job of the kind that was called `care`, before the migration. */
async function addCare(dialect: StoreDialect, about = 'retention:', payload: object = {}): Promise<void> {
  const { writer, reader } = dialect.open();
  await sql`insert into jobs (kind, key, state, priority, due_at, attempts, created_at, payload)
    values ('care', ${`care:${about}`}, 'ready', 0, 77, 0, 77, ${JSON.stringify(payload)})`.execute(writer);
  await writer.destroy();
  await reader.destroy();
}

/** People of channels that came after the first release, as a version before this one kept them. */
async function addMetaPeople(dialect: StoreDialect): Promise<void> {
  const { writer, reader } = dialect.open();
  const accounts = { page_1: 'messenger', page_2: 'messenger', ig_1: 'instagram' };
  for (const [id, channel] of Object.entries(accounts)) {
    await sql`insert into accounts (id, channel, external_id, endpoint, settings, settings_digest, created_at, updated_at, deleted_at)
      values (${id}, ${channel}, ${id.replace('_', ' ')}, ${id}, '', '', 1, 1, 1)`.execute(writer);
  }
  const conversations = [
    ['of both', 'page_1'],
    ['of both', 'page_2'],
    ['of instagram', 'ig_1'],
  ];
  for (const [contact, account] of conversations) {
    await sql`insert into conversations (id, account_id, contact_id, owner, created_at)
      values (${`${contact} ${account}`}, ${account}, ${contact}, 'bot', 1)`.execute(writer);
  }
  const identities = [
    ['messenger', 'psid', '42', 'of both'],
    ['messenger', 'psid', '43', 'of none'],
    ['instagram', 'igsid', '42', 'of instagram'],
    ['whatsapp', 'phone', '15550009999', 'of instagram'],
  ];
  for (const [channel, kind, address, contact] of identities) {
    await sql`insert into identities (channel, kind, address, contact_id, created_at)
      values (${channel}, ${kind}, ${address}, ${contact}, 1)`.execute(writer);
  }
  await writer.destroy();
  await reader.destroy();
}

/** Sends as a version before this one kept them. */
async function addSends(dialect: StoreDialect): Promise<void> {
  const { writer, reader } = dialect.open();
  const asked = { purpose: 'reply', ifSessionClosed: 'fail' };
  const requests = {
    'of a program': asked,
    'of a person': { ...asked, author: 'human' },
    'of a campaign': { ...asked, purpose: 'campaign' },
    'of both': { ...asked, replayOf: 'msg_1', replayedAs: 'msg_2' },
    'of refusals': { ...asked, refusedIds: ['p1', 'p2'] },
    // Nothing of it is Parley's; the escape is no text that a database takes as it is.
    'of words': { ...asked, metadata: { said: { author: 'human', replayOf: '\u0000\\u\ud800' } } },
  };
  for (const [id, request] of Object.entries(requests)) {
    await sql`insert into messages (id, account_id, conversation_id, direction, kind, status, status_at, content, request, created_at)
      values (${id}, 'acc', 'cnv', 'outbound', 'text', 'sent', 1, '{}', ${JSON.stringify(request)}, 1)`.execute(writer);
  }
  await writer.destroy();
  await reader.destroy();
}

/** Many rows, before the migration. */
async function fill(dialect: StoreDialect): Promise<void> {
  const { writer, reader } = dialect.open();
  const numbers = sql`with recursive n(i) as (select 1 union all select i + 1 from n where i < ${sql.lit(ROWS)})`;
  const from = sql`${numbers} select`;
  const body = sql.lit(JSON.stringify({ type: 'text', text: 'x'.repeat(200) }));
  await sql`insert into messages (id, account_id, conversation_id, direction, kind, status, status_at, provider_id, content, created_at)
    ${from} 'msg_many' || i, 'acc', 'cnv' || (i % 1000), 'inbound', 'text', 'received', i, 'p' || i, ${body}, i from n`.execute(
    writer,
  );
  await sql`insert into events (id, account_id, conversation_id, type, dedupe_key, payload, created_at)
    ${from} 'evt_many' || i, 'acc', 'cnv' || (i % 1000), 'message.received', 'many' || i, ${body}, i from n`.execute(
    writer,
  );
  const empty = dialect.shared ? sql`''::bytea` : sql`x''`;
  await sql`insert into receipts (account_id, received_at, request, body, digest, processed_at)
    ${from} 'acc', i, '', ${empty}, 'many' || i, i from n`.execute(writer);
  await sql`insert into idempotency (key, digest, message_id, created_at)
    ${from} 'many' || i, 'd', 'msg_many' || i, i from n`.execute(writer);
  await sql`insert into deliveries (subscription_id, event_seq, shard) ${from} 'sub_many', 1000000 + i, i % 4 from n`.execute(
    writer,
  );
  await writer.destroy();
  await reader.destroy();
}
