/** A contact who asks to be forgotten: nothing of them is left in the ledger, nothing more is sent, and everybody else keeps what is theirs. */
import type { ErasedContact, Page, MessageView } from '../../../contract/api.ts';
import { SANDBOX_DEFAULTS } from '../../sandbox/whatsapp/defaults.ts';
import { ACCOUNT, ANA, BEN, closeApps, DAY, HOUR, MINUTE, startApp, type App } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { change, placesOf } from '../../support/ledger-file.ts';
import { posts, says, written } from '../../support/meta-messages.ts';

afterEach(closeApps);

const NAME = 'Anastasia Featherstonehaugh';
const SECRET = 'my card is 4111 4242';
const BY_ADDRESS = `/v1/contacts?channel=whatsapp&externalId=${ACCOUNT.externalId}&address=%2B${ANA}`;

/** Where anything stands that is Ana's. */
const traces = (app: App) => [ANA, NAME, SECRET].flatMap((text) => placesOf(app.dataDir, text));

async function contactOf(app: App, to = ANA): Promise<string> {
  const path = `/v1/permission?channel=whatsapp&externalId=${ACCOUNT.externalId}&to=%2B${to}&kind=text`;
  return ((await app.call('GET', path)).body as { contact: { id: string } }).contact.id;
}

async function erase(app: App, path = BY_ADDRESS): Promise<ErasedContact> {
  const answer = await app.call('DELETE', path);
  expect(answer.status).toBe(202);
  await app.idle();
  return answer.body as ErasedContact;
}

/** As much of a life as the ledger can hold: both directions, files, edits, waits, holds, what is told and what is not delivered. */
async function life(app: App) {
  const trigger = await app.listen({
    events: ['message.received', 'message.edited', 'message.status'],
    includeRaw: true,
  });
  const { customer } = app.sandbox;
  await customer.sends({ from: ANA, name: NAME, username: 'ana', text: SECRET });
  const file = { mimeType: 'application/pdf', filename: `${SECRET}.pdf` };
  const { id } = await customer.sends({ from: ANA, document: file });
  const message = { type: 'text', text: { body: `${SECRET}, twice` } };
  await posts(app, { from: ANA }, { type: 'edit', edit: { original_message_id: id, message } });
  const content = { type: 'text' as const, text: `you said ${SECRET}`, choices: [{ id: '1', title: SECRET }] };
  await app.reaches(await app.sent('', { content, metadata: { SECRET } }), 'read');
  await trigger.took(5);
  await customer.sends({ from: BEN, name: 'Ben', text: 'I am somebody else' });
  await app.idle();
  return { trigger };
}

test.each([
  ['address', async () => BY_ADDRESS],
  ['address, on any account of the channel', async () => `/v1/contacts?channel=whatsapp&address=${ANA}`],
  ['id', async (app: App) => `/v1/contacts/${await contactOf(app)}`],
])('by %s: nothing of the person is left anywhere', async (_name, pathOf) => {
  const app = await startApp();
  await life(app);
  const kept = ['contacts.name', 'conversations.choices', 'events.payload', 'identities.address'];
  expect(traces(app)).toEqual(expect.arrayContaining(kept));
  const id = await contactOf(app);
  const erased = await erase(app, await pathOf(app));
  expect(erased).toMatchObject({ id, rest: 'follows', erased: { conversations: 1, messages: 3, sends: 0, waits: 0 } });
  expect(traces(app)).toEqual([]);
  for (const table of ['attempts', 'idempotency', 'media', "cursors WHERE name LIKE 'erase%'"])
    expect([table, app.rows(`SELECT * FROM ${table}`)]).toEqual([table, []]);
  expect(placesOf(app.dataDir, 'I am somebody else')).toEqual(['events.payload', 'events.raw', 'messages.content']);
  expect(app.rows("SELECT * FROM jobs WHERE kind <> 'maintenance' OR key <> 'maintenance:retention:'")).toEqual([]);
});

test('what waits is not sent, and a workflow that waits is not told', async () => {
  const app = await startApp();
  const waiter = await app.receiver();
  const until = new Date(app.clock.now() + 3 * DAY).toISOString();
  await app.sent(`held ${SECRET}`, { ifSessionClosed: 'hold', wait: { url: waiter.url, until } });
  await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
  await app.idle();
  app.advance(25 * HOUR);
  await app.sent(`held ${SECRET} again`, { ifSessionClosed: 'hold' });
  const before = written(app).length;
  expect((await erase(app)).erased).toMatchObject({ sends: 1, waits: 1 });
  await app.sandbox.customer.sends({ from: ANA, text: 'hello again' });
  await app.idle();
  app.advance(8 * DAY);
  await app.idle();
  expect(written(app)).toHaveLength(before);
  expect(waiter.deliveries).toEqual([]);
  expect(placesOf(app.dataDir, SECRET)).toEqual([]);
  expect(app.rows("SELECT * FROM jobs WHERE kind <> 'maintenance'")).toEqual([]);
});

test('a send in backoff and those behind it end, and nobody hears of them', async () => {
  const app = await startApp();
  const trigger = await app.listen({ events: ['message.status'] });
  await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
  app.sandbox.faults.next({ kind: 'throttled', retryAfterSeconds: 60 });
  for (const text of ['one', 'two']) await app.sent(`${text} ${SECRET}`);
  await eventually(() => app.sandbox.faults.pending() === 0, 'the first try');
  await app.idle();
  expect((await erase(app)).erased).toMatchObject({ sends: 2 });
  app.advance(10 * MINUTE);
  await app.idle();
  expect(app.sandbox.listReceivedMessages()).toEqual([]);
  expect(trigger.deliveries).toEqual([]);
  expect(traces(app)).toEqual([]);
  expect(app.rows("SELECT * FROM jobs WHERE kind <> 'maintenance'")).toEqual([]);
});

test('a send that is under way arrives, and ends without a trace', async () => {
  const app = await startApp();
  await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
  app.sandbox.faults.next({ kind: 'slow', delayMs: 300 });
  await app.sent(SECRET);
  await eventually(() => app.sandbox.faults.pending() === 0, 'the call to the provider');
  await erase(app);
  await eventually(() => app.sandbox.listReceivedMessages().length === 1, 'the message to arrive');
  await eventually(() => app.rows("SELECT * FROM jobs WHERE kind = 'send'").length === 0, 'the send to end');
  await app.idle();
  expect(traces(app)).toEqual([]);
  expect(app.rows('SELECT * FROM attempts')).toEqual([]);
  expect(app.log.text).not.toContain('A job failed');
});

test('what a workflow that was down was to get of the person is not delivered; the rest is', async () => {
  const app = await startApp();
  const trigger = await app.listen();
  await trigger.goDown();
  await says(app, { from: ANA }, SECRET);
  await says(app, { from: BEN }, 'from Ben');
  await erase(app);
  await trigger.comeUp();
  app.advance(HOUR);
  const [event] = await trigger.took(1);
  await app.idle();
  expect(event?.message?.content).toMatchObject({ text: 'from Ben' });
  expect(trigger.taken()).toHaveLength(1);
  expect(app.rows('SELECT * FROM deliveries')).toEqual([]);
});

test('who writes again is somebody new', async () => {
  const app = await startApp();
  const trigger = await app.listen();
  await life(app);
  const before = await contactOf(app);
  await erase(app);
  await app.sandbox.customer.sends({ from: ANA, text: 'a new start' });
  const event = await eventually(
    () => trigger.taken().find((one) => JSON.stringify(one).includes('a new start')),
    'the new message',
  );
  expect(event.contact?.id).not.toBe(before);
  const path = `/v1/conversations/${event.conversationId}/messages`;
  const { data } = (await app.call('GET', path)).body as Page<MessageView>;
  expect(data.map(({ content }) => content)).toEqual([{ type: 'text', text: 'a new start' }]);
});

test("not even the provider's id of a message is left", async () => {
  const app = await startApp();
  const id = await says(app, { from: ANA }, SECRET);
  await erase(app);
  expect(placesOf(app.dataDir, id)).toEqual([]);
});

test('two contacts that turned out to be one go together', async () => {
  const app = await startApp();
  await says(app, { from: BEN }, `${SECRET} by number`);
  await says(app, { from_user_id: 'US.2002' }, `${SECRET} by user id`);
  await says(app, { from: BEN, from_user_id: 'US.2002' }, 'both are me');
  expect((await erase(app, `/v1/contacts?channel=whatsapp&address=US.2002`)).erased).toMatchObject({
    conversations: 2,
    messages: 3,
    identities: 2,
  });
  for (const text of [BEN, 'US.2002', SECRET, 'both are me']) expect(placesOf(app.dataDir, text)).toEqual([]);
});

test('a long life goes in steps, and comes to its end after a restart', async () => {
  const app = await startApp();
  await says(app, { from: ANA }, SECRET);
  await says(app, { from: BEN }, 'short');
  const many = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)`;
  const copied = "id || '-' || i, account_id, conversation_id";
  change(
    app.dataDir,
    `INSERT INTO messages (id, account_id, conversation_id, direction, kind, status, status_at, content, created_at) ${many}
     SELECT ${copied}, direction, kind, status, status_at, content, created_at FROM messages, n`,
  );
  change(
    app.dataDir,
    `INSERT INTO events (id, account_id, conversation_id, type, dedupe_key, payload, created_at) ${many}
     SELECT ${copied}, type, dedupe_key || '-' || i, payload, created_at FROM events, n`,
  );
  const answer = await app.call('DELETE', BY_ADDRESS);
  expect(answer.body).toMatchObject({ erased: { messages: 3_001 } });
  await app.stop();
  await app.start();
  await app.idle();
  expect(traces(app)).toEqual([]);
  expect(app.rows('SELECT count(*) AS n FROM messages UNION ALL SELECT count(*) FROM events')).toEqual([
    { n: 3_001 },
    { n: 3_001 },
  ]);
});

describe('webhooks that are kept with their body', () => {
  /** A webhook that two people's messages came in. */
  const body = (suffix: string, by = ANA) => {
    const text = (from: string, said: string) => ({
      from,
      id: `wamid.${from}.${suffix}`,
      timestamp: String(Date.UTC(2026, 0, 1, 11) / 1000),
      type: 'text',
      text: { body: said },
    });
    const value = {
      messaging_product: 'whatsapp',
      metadata: {
        display_phone_number: SANDBOX_DEFAULTS.displayPhoneNumber,
        phone_number_id: SANDBOX_DEFAULTS.phoneNumberId,
      },
      messages: [text(by, SECRET), text(BEN, `me too ${suffix}`)],
    };
    const webhook = {
      object: 'whatsapp_business_account',
      entry: [{ id: SANDBOX_DEFAULTS.wabaId, changes: [{ field: 'messages', value }] }],
    };
    return Buffer.from(JSON.stringify(webhook));
  };

  const keep = (app: App, suffix: string, deadAt: number | null, by?: string) =>
    change(
      app.dataDir,
      'INSERT INTO receipts (connection_id, received_at, request, body, digest, processed_at, dead_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
      String(app.rows('SELECT connection_id FROM accounts')[0]?.['connection_id']),
      app.clock.now(),
      JSON.stringify({ method: 'POST', url: '/', headers: {}, query: {} }),
      body(suffix, by),
      `digest ${suffix}`,
      deadAt,
      deadAt,
    );

  test('are emptied when they were given up', async () => {
    const app = await startApp();
    await says(app, { from: ANA }, SECRET);
    keep(app, 'dead', app.clock.now());
    expect(placesOf(app.dataDir, SECRET)).toContain('receipts.body');
    expect((await erase(app)).erased).toMatchObject({ webhooks: 1 });
    expect(traces(app)).toEqual([]);
    expect(app.rows('SELECT dead_at FROM receipts WHERE dead_at IS NOT NULL')).toEqual([]);
  });

  /** Of one person, as their messages name the number and as everybody writes it. */
  const [SPELLED, WRITTEN] = ['553187654321', '5531987654321'];

  test('are emptied, and read without the person, whose number they spell otherwise', async () => {
    const app = await startApp();
    await app.sent('held', { to: `+${WRITTEN}`, ifSessionClosed: 'hold' });
    keep(app, 'dead', app.clock.now(), SPELLED);
    keep(app, 'waiting', null, SPELLED);
    const path = `/v1/contacts?channel=whatsapp&address=%2B${WRITTEN}`;
    const answer = await app.call('DELETE', path);
    expect(answer.body).toMatchObject({ erased: { webhooks: 1, sends: 1 } });
    await says(app, { from: BEN }, 'lets them all be read');
    await app.idle();
    app.advance(MINUTE);
    await app.idle();
    for (const text of [SPELLED, WRITTEN, SECRET]) expect(placesOf(app.dataDir, text ?? '')).toEqual([]);
    expect(placesOf(app.dataDir, 'me too waiting').length).toBeGreaterThan(0);
  });

  test('are read without what the person said when they still wait; what others said is read', async () => {
    const app = await startApp();
    const trigger = await app.listen();
    await says(app, { from: ANA }, 'hi');
    keep(app, 'waiting', null);
    await app.call('DELETE', BY_ADDRESS);
    // The next webhook lets them all be read, and is of the person as well.
    await says(app, { from: ANA }, 'a new start');
    await trigger.took(3);
    app.advance(MINUTE);
    await app.idle();
    const texts = trigger.taken().map(({ message }) => (message?.content as { text: string }).text);
    expect(texts).toEqual(['hi', 'me too waiting', 'a new start']);
    expect(placesOf(app.dataDir, SECRET)).toEqual([]);
    expect(app.rows("SELECT * FROM cursors WHERE name LIKE 'erase%'")).toEqual([]);
  });
});

test.each([
  ['an id that nobody has', '/v1/contacts/con_nobody', 404, 'not_found'],
  ['an address that nobody has', '/v1/contacts?channel=whatsapp&address=15550009999', 404, 'not_found'],
  ['no address at all', '/v1/contacts?channel=whatsapp&address=hello', 400, 'invalid_recipient'],
  ['a channel that does not exist', '/v1/contacts?channel=pigeon&address=1', 404, 'unknown_channel'],
  [
    'an account that is not registered',
    '/v1/contacts?channel=whatsapp&externalId=9&address=15550001111',
    409,
    'account_required',
  ],
  ['no question', '/v1/contacts', 400, 'invalid_request'],
])('%s: refused', async (_name, path, status, code) => {
  const app = await startApp();
  await says(app, { from: ANA }, 'hi');
  expect(await app.call('DELETE', path)).toMatchObject({ status, body: { code } });
  expect(traces(app)).not.toEqual([]);
});

test('only for who has the key', async () => {
  const app = await startApp();
  await says(app, { from: ANA }, 'hi');
  expect((await fetch(app.url + BY_ADDRESS, { method: 'DELETE' })).status).toBe(401);
  await erase(app);
  expect((await app.call('DELETE', BY_ADDRESS)).status).toBe(404);
});
