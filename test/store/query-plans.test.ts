/**
 * How SQLite runs what the service asks it: every statement of a service at work, by the plan that SQLite makes for it. A table
 * that grows with the traffic is never read from end to end, and none is sorted to find the next piece of work.
 */
import { jest } from '@jest/globals';
import type { ConversationView } from '../../contract/api.ts';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import * as conversations from '../../service/src/store/conversation.store.ts';
import * as owners from '../../service/src/store/conversation-owner.store.ts';
import * as messages from '../../service/src/store/message.store.ts';
import * as pendingFacts from '../../service/src/store/pending-fact.store.ts';
import { ANA, BEN, closeApps, DAY, HOUR, MINUTE, sandboxSettings, startApp, type App } from '../support/app.ts';
import { posts, says } from '../support/meta-messages.ts';

const GROWING = [
  'events',
  'jobs',
  'messages',
  'subscriptions',
  'deliveries',
  'receipts',
  'conversations',
  'contacts',
  'identities',
  'attempts',
  'idempotency',
  'message_provider_ids',
  'media',
  'pending_facts',
  'uploads',
  'lost_uploads',
  'rates',
  'cursors',
];

/** Asked by people, by the metrics and at a start now and then, about everything there is. */
const SELDOM = [
  /^update "jobs" set "due_at" = \?, "set_at" = \? where \("set_at" > \? or "due_at" > \?\)$/,
  /from "jobs" group by "kind", "state"$/,
  /^select \* from "subscriptions" where "ended_at" is null and "ended_reason" is null/,
];

const statements = new Set<string>();
let app: App;

/** As much of what a service does as there are statements for. */
async function work(): Promise<void> {
  const env = { PARLEY_KEEP_BODIES: '1h', PARLEY_KEEP_RECEIPTS: '8d', PARLEY_KEEP_EVENTS: '8d' };
  app = await startApp({ sandbox: { recipientErrors: 'by_status' }, env });
  const trigger = await app.listen({
    events: ['message.received', 'message.status', 'message.deleted'],
    includeRaw: true,
  });
  const everywhere = await app.listen({ account: undefined as never, maxBatch: 5 });
  const waiter = await app.receiver();
  const until = new Date(app.clock.now() + 3 * DAY).toISOString();
  const wait = { url: waiter.url, until };
  const held = await app.sent('held', { ifSessionClosed: 'hold', wait });
  await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
  await app.reaches(held, 'read');
  app.sandbox.faults.next({ kind: 'throttled', retryAfterSeconds: 1 });
  const throttled = await app.sent('later', { wait });
  await app.idle();
  app.advance(MINUTE);
  await app.reaches(throttled, 'read');
  await app.sandbox.customer.sends({ from: ANA, text: 'an answer' });
  await waiter.took(1);
  const slip = await says(app, { from: BEN }, 'a slip');
  await posts(app, { from: BEN }, { type: 'revoke', revoke: { original_message_id: slip } });
  await says(app, { from_user_id: 'US.2002' }, 'by user id');
  await app.sent('in a conversation', { to: `+${BEN}`, ifSessionClosed: 'hold' });
  await says(app, { from: BEN, from_user_id: 'US.2002' }, 'both are me');
  await app.sandbox.customer.sends({ from: ANA, image: {} });
  await app.call('GET', '/v1/permission?channel=whatsapp&externalId=106540352242922&to=%2B15550001111&kind=text');
  await looksConversationsUp();
  await refusesOne();
  const upload = `/v1/media?channel=whatsapp&externalId=${app.account.externalId}&filename=a`;
  await app.call('POST', upload, Buffer.from('89504e470d0a1a0a', 'hex'), { 'content-type': 'image/png' });
  await app.call('GET', '/readyz');
  await app.call('GET', '/metrics');
  await app.call('GET', `/v1/subscriptions`);
  await app.call('DELETE', `/v1/subscriptions/${trigger.subscription.id}?handOver=true`);
  const { subscription } = await app.listen({ url: trigger.url });
  await app.call('POST', `/v1/subscriptions/${subscription.id}/replay`, { from: new Date(0).toISOString() });
  await looksAfterDeadLetters();
  await tellsOfOtherChannels(held);
  await app.call('DELETE', `/v1/subscriptions/${everywhere.subscription.id}`);
  const { conversationId } = await app.message(held);
  await app.call('GET', `/v1/conversations/${conversationId}/messages`);
  app.advance(HOUR);
  await app.idle();
  app.advance(20 * DAY);
  await app.idle();
  await says(app, { from: ANA }, 'still here');
  const erased = await app.call('DELETE', `/v1/contacts?channel=whatsapp&address=${ANA}`);
  expect(erased.status).toBe(202);
  await app.idle();
  await app.stop();
  await app.start();
  await app.idle();
}

/** What this channel does not tell. */
async function tellsOfOtherChannels(id: string): Promise<void> {
  const { ledger } = app.service;
  const { conversationId } = await app.message(id);
  for (const status of ['sent', 'delivered'] as const) {
    await messages.sentUpTo(ledger.reader, conversationId, status, app.clock.now(), 25);
  }
  await ledger.write(async (tx) => {
    await owners.setOwner(tx, conversationId, 'bot', app.clock.now());
    await conversations.setChoices(tx, { id: conversationId, choices: [] }, [{ id: '1', title: 'One' }]);
    await conversations.forgetChoices(tx, conversationId, id);
    const about = { id: 'fct_1', accountId: app.account.id, conversationId, providerMessageId: 'p', dedupeKey: 'd' };
    await pendingFacts.insert(tx, { ...about, partial: true, at: 1, createdAt: 1, fact: '' });
    await pendingFacts.isKnown(tx.db, about.accountId, 'd');
    await pendingFacts.firstIn(tx.db, conversationId);
    await pendingFacts.find(tx.db, 'fct_1');
    await pendingFacts.ofMessage(tx.db, about.accountId, 'p');
    await pendingFacts.rewrite(tx, 'fct_1', '');
    await pendingFacts.remove(tx, 'fct_1');
  });
}

/** By every filter, of one account and of several, from the start and from the middle. */
async function looksConversationsUp(): Promise<void> {
  const settings = sandboxSettings(app.sandbox, { phoneNumberId: '222' });
  await app.call('PUT', '/v1/accounts/whatsapp/222', { settings });
  const { data } = (await app.call('GET', '/v1/conversations')).body as { data: ConversationView[] };
  const { id = '', contact } = data[0] ?? {};
  const account = `channel=whatsapp&externalId=${app.account.externalId}`;
  const since = `heardSince=${new Date(0).toISOString()}`;
  const filters = ['', account, 'channel=whatsapp', 'owner=human', 'owner=bot', 'open=true', 'open=false', since];
  for (const filter of filters) {
    await app.call('GET', `/v1/conversations?${filter}`);
    await app.call('GET', `/v1/conversations?${filter}&limit=1&after=${app.clock.now()}.${id}`);
    await app.call('GET', `/v1/conversations?${filter}&after=.${id}`);
  }
  await app.call('GET', `/v1/conversations?contactId=${contact?.id}`);
  await app.call('GET', `/v1/permission?conversationId=${id}&kind=text`);
  for (const owner of ['human', 'bot']) await app.call('PATCH', `/v1/conversations/${id}`, { owner });
  const to = { contactId: contact?.id ?? '' };
  await app.sent('to a contact', { account: undefined as never, to, ifSessionClosed: 'hold' });
}

/** A workflow that refuses one event and takes the next. */
async function refusesOne(): Promise<void> {
  const picky = await app.listen();
  picky.answers.push(500);
  for (const from of [ANA, BEN]) await app.sandbox.customer.sends({ from, text: 'for a picky one' });
  await app.idle();
  app.advance(MINUTE);
  await picky.took(2);
  picky.answer = 410;
  await app.sandbox.customer.sends({ from: ANA, text: 'too late' });
  await app.idle();
}

/** Of all types, by every filter, forth and back. */
async function looksAfterDeadLetters(): Promise<void> {
  const [from, to] = [new Date(0).toISOString(), new Date(app.clock.now() + DAY).toISOString()];
  const after = `${app.clock.now()}.msg_0`;
  await app.call('GET', `/v1/dead-letters?from=${from}&to=${to}`);
  await app.call('GET', `/v1/dead-letters?channel=whatsapp&after=${after}`);
  await app.call('GET', `/v1/dead-letters?code=unreachable&status=failed`);
  for (const id of ['rcp_1', 'evd_1']) await app.call('GET', `/v1/dead-letters/${id}`);
  for (const action of ['replay', 'discard']) {
    await app.call('POST', `/v1/dead-letters/${action}`, { filter: { from, to, channel: 'whatsapp' }, after });
  }
}

beforeAll(async () => {
  const prepare = jest.spyOn(DatabaseSync.prototype, 'prepare');
  await work();
  for (const [sql] of prepare.mock.calls) statements.add(sql);
  prepare.mockRestore();
}, 30_000);
afterAll(closeApps);

interface Plan {
  sql: string;
  steps: string[];
}

function plans(about: RegExp): Plan[] {
  const db = new DatabaseSync(join(app.dataDir, 'parley.db'), { readOnly: true });
  try {
    return [...statements]
      .filter((sql) => /^(select|insert|update|delete)\b/i.test(sql) && about.test(sql))
      .map((sql) => ({
        sql,
        steps: db
          .prepare(`EXPLAIN QUERY PLAN ${sql}`)
          .all()
          .map(({ detail }) => String(detail)),
      }));
  } finally {
    db.close();
  }
}

const often = ({ sql }: Plan) => !SELDOM.some((seldom) => seldom.test(sql));

test('of receipts, only those that wait or were given up are looked through for a name', () => {
  const steps = plans(/^select "seq", "body"/).flatMap((one) => one.steps);
  expect(steps.join('\n')).toContain('INDEX receipts_waiting (connection_id=? AND seq>?)');
  expect(steps.join('\n')).toContain('INDEX receipts_dead (dead_at>?)');
});

test.each(['messages', 'receipts'])('dead %s are found by when they were given up, and not sorted', (table) => {
  const about = plans(new RegExp(`from "${table}" where .*"dead_at" is not null`)).filter(
    ({ sql }) => !/^update/.test(sql),
  );
  expect(about.length).toBeGreaterThan(3);
  for (const { sql, steps } of about) expect([sql, steps]).toEqual([sql, [expect.stringContaining(`${table}_dead`)]]);
});

test('dead events are found by when they were given up, and not sorted', () => {
  const about = plans(/^select .* from "dead_events" .* order by /);
  expect(about.length).toBeGreaterThan(2);
  for (const { sql, steps } of about) {
    const inOrder = [expect.stringContaining('INDEX dead_events_dead'), expect.stringMatching(/^SEARCH events /)];
    expect([sql, steps]).toEqual([sql, inOrder]);
  }
});

test.each(GROWING)('%s is never read from end to end', (table) => {
  const about = plans(new RegExp(`"${table}"`)).filter(often);
  expect(about.length).toBeGreaterThan(0);
  const scans = about.filter(({ steps }) => steps.some((step) => new RegExp(`^SCAN ${table}\\b`).test(step)));
  expect(scans).toEqual([]);
});

test('conversations are listed in the order of an index, and of a contact sorted', () => {
  const about = plans(/from "conversations" where .*order by "heard_at" desc/);
  expect(about.length).toBeGreaterThan(10);
  for (const { sql, steps } of about) {
    const found = [expect.stringMatching(/^SEARCH conversations USING INDEX conversations_(account_)?(heard|human) /)];
    if (!sql.includes('"id" in (')) expect([sql, steps]).toEqual([sql, found]);
  }
  const ofPeople = about.filter(({ sql }) => sql.includes(`"owner" = 'human'`));
  expect(ofPeople.length).toBeGreaterThan(0);
  for (const { steps } of ofPeople) expect(steps.join()).toContain('conversations_human');
  const used = new Set(about.flatMap(({ steps }) => steps.join().match(/conversations_\w+/g) ?? []));
  expect([...used]).toEqual(expect.arrayContaining(['conversations_heard', 'conversations_account_heard']));
});

test('the events of a time are found by it, and not sorted', () => {
  const about = plans(/from "events" where \("created_at", "seq"\) > /);
  expect(about.map(({ steps }) => steps)).toEqual([
    [expect.stringMatching(/^SEARCH events USING INDEX events_created_at/)],
  ]);
});

describe('what decides', () => {
  /** Every statement like these searches by all of these columns, and finds things in the order in which they are wanted. */
  test.each<[string, RegExp, string[]]>([
    ['which jobs are due', /^select .* from "jobs" .*"due_at" <= \?/, ['kind=?', 'due_at<?']],
    ['when the next job will be', /^select .* from "jobs" .*"due_at" > \?/, ['kind=?', 'due_at>?']],
    ['which sends are too late', /^select .* from "jobs" .*"expires_at" <= \?/, ['kind=?', 'expires_at<?']],
    ['who is first with an ordering key', /^select .* from "jobs" where "ordering_key" = \?/, ['ordering_key=?']],
    [
      'whose turn it is in a conversation where facts wait',
      /^select .* from "pending_facts" .*order by "seq"/,
      ['conversation_id=?'],
    ],
    ['which receipts wait', /^select .* from "receipts" .*"processed_at" is null/, ['connection_id=?']],
    [
      'what of a conversation was sent by a time',
      /^select .* from "messages" .*coalesce.*max\("opened_at"\)/,
      ['conversation_id=? AND status=?', 'attempts USING INDEX', 'message_id=?'],
    ],
    [
      'what a subscription has not taken',
      /^select .* from "deliveries" .*"shard" = \?/,
      ['subscription_id=?', 'shard=?'],
    ],
  ])('%s', (_name, about, columns) => {
    const found = plans(about);
    expect(found.length).toBeGreaterThan(0);
    for (const { steps } of found) {
      for (const column of columns) expect(steps.join('\n')).toContain(column);
      expect(steps.join('\n')).not.toContain('TEMP B-TREE');
    }
  });

  test.each<[string, RegExp, string[]]>([
    [
      'which messages of a conversation are held',
      /^select .* from "messages" .*"conversation_id" = \?.*"status" = \?/,
      ['conversation_id=?', 'status=?'],
    ],
    ['who waits in a conversation', /^select .* from "subscriptions" .*"conversation_id" = \?/, ['conversation_id=?']],
  ])('%s: by the few there are', (_name, about, columns) => {
    const found = plans(about);
    expect(found.length).toBeGreaterThan(0);
    for (const { steps } of found) for (const column of columns) expect(steps.join('\n')).toContain(column);
  });
});
