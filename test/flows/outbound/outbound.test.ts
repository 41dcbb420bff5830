/** What workflows say reaches the contact once, in order, whatever the provider does. */
import { ANA, BEN, closeApps, DAY, HOUR, MINUTE, sandboxSettings, startApp, type App } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { startTcpGate } from '../../support/tcp-gate.ts';
import { objectOf } from '../../sandbox/kit/json.ts';

afterEach(closeApps);

/** An app to whose account Ana and Ben have written. */
async function appWithSession(options?: Parameters<typeof startApp>[0]): Promise<App> {
  const app = await startApp(options);
  for (const from of [ANA, BEN]) await app.sandbox.customer.sends({ from, text: 'hi' });
  await app.idle();
  return app;
}

/** What the provider accepted, as texts, in order. */
const accepted = (app: App, to?: string) =>
  app.sandbox
    .listReceivedMessages()
    .filter((message) => to === undefined || message.to.waId === to)
    .map(({ body }) => objectOf(body['text'])['body']);

const outcomes = async (app: App, id: string) => (await app.message(id)).attempts?.map(({ outcome }) => outcome);

describe('a message', () => {
  test('is accepted once and climbs from queued to read', async () => {
    const app = await appWithSession();
    const workflow = await app.listen({ events: ['message.status'] });
    const answer = await app.send('hello', { metadata: { order: 7 } });
    expect(answer).toMatchObject({ status: 202, body: { id: expect.stringMatching(/^msg_/), status: 'queued' } });
    const { id } = answer.body as { id: string };
    const events = await workflow.took(3);
    expect(events.map(({ status }) => status?.status)).toEqual(['sent', 'delivered', 'read']);
    expect(events[1]?.status).toMatchObject({ id, kind: 'text', metadata: { order: 7 } });
    expect(await app.message(id)).toMatchObject({ status: 'read', attempts: [{ number: 1, outcome: 'accepted' }] });
    expect(app.sandbox.acceptedCountFor(id)).toBe(1);
  });

  test('with the same key and body is the same message, with another body a conflict', async () => {
    const app = await appWithSession();
    const first = await app.send('hello', { key: 'one' });
    const again = await app.send('hello', { key: 'one' });
    const other = await app.send('good bye', { key: 'one' });
    const { id } = first.body as { id: string };
    expect(again).toMatchObject({ status: 202, body: { id, duplicate: true } });
    expect(other).toMatchObject({ status: 409, body: { code: 'idempotency_conflict', messageId: id } });
    await app.reaches(id, 'read');
    expect(accepted(app)).toEqual(['hello']);
  });

  test('asked for twenty times at once under one key is one message', async () => {
    const app = await appWithSession();
    const answers = await Promise.all(Array.from({ length: 20 }, () => app.send('hello', { key: 'one' })));
    const ids = new Set(answers.map(({ body }) => (body as { id: string }).id));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(202));
    expect(ids.size).toBe(1);
    await app.idle();
    expect(accepted(app)).toEqual(['hello']);
  });

  test('to a conversation goes to its contact, and its transcript shows both sides', async () => {
    const app = await startApp();
    const workflow = await app.listen();
    await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
    const conversationId = (await workflow.took(1))[0]?.conversationId ?? '';
    await app.reaches(await app.sent('hello', { to: { conversationId } }), 'read');
    const { body } = await app.call('GET', `/v1/conversations/${conversationId}/messages`);
    expect(body).toMatchObject({ data: [{ direction: 'outbound' }, { direction: 'inbound', status: 'received' }] });
    expect(accepted(app, ANA)).toEqual(['hello']);
  });

  test('quotes and reacts by the ids of Parley', async () => {
    const app = await startApp();
    const workflow = await app.listen();
    const { id: quoted } = await app.sandbox.customer.sends({ from: ANA, text: 'which one?' });
    const messageId = (await workflow.took(1))[0]?.message?.id ?? '';
    await app.reaches(await app.sent('this one', { replyTo: messageId }), 'read');
    await app.reaches(await app.sent('', { content: { type: 'reaction', messageId, emoji: '👍' } }), 'sent');
    const [reply, reaction] = app.sandbox.listReceivedMessages();
    expect(reply?.body).toMatchObject({ context: { message_id: quoted } });
    expect(reaction?.body).toMatchObject({ reaction: { message_id: quoted, emoji: '👍' } });
  });

  test("answers tell which message they are about, by Parley's id", async () => {
    const app = await appWithSession();
    const id = await app.sent('pick', {
      content: { type: 'buttons', text: 'Tea?', buttons: [{ id: 'yes', title: 'Yes' }] },
    });
    const { providerMessageId = '' } = await app.reaches(id, 'read');
    const workflow = await app.listen();
    await app.sandbox.customer.taps({ messageId: providerMessageId, choice: 'yes' });
    const [event] = await workflow.took(1);
    expect(event?.message).toMatchObject({ replyTo: id, content: { type: 'button', buttonId: 'yes' } });
  });

  test.each([false, true])('is marked as read (typing: %s)', async (typing) => {
    const app = await startApp();
    const workflow = await app.listen();
    const { id } = await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
    const messageId = (await workflow.took(1))[0]?.message?.id;
    const { channel, externalId } = app.account;
    const mark = { account: { channel, externalId }, messageId, typing };
    expect(await app.call('POST', '/v1/messages/read', mark)).toMatchObject({ status: 200, body: { read: true } });
    expect(app.sandbox.listReadMarks()).toMatchObject([{ messageId: id, isTyping: typing }]);
  });
});

describe('when the provider', () => {
  test('throttles, the message waits as told, costs no attempt and keeps its place', async () => {
    const app = await appWithSession();
    app.sandbox.faults.next({ kind: 'throttled', times: 15, retryAfterSeconds: 30 });
    const first = await app.sent('1');
    await eventually(async () => (await outcomes(app, first))?.length === 1, 'the first try');
    for (const text of ['2', '3']) await app.sent(text);
    await app.idle();
    for (let left = app.sandbox.faults.pending(); left > 0; left = app.sandbox.faults.pending()) {
      app.advance(10 * MINUTE);
      await eventually(() => app.sandbox.faults.pending() < left, 'the next try');
      await app.idle();
    }
    app.advance(10 * MINUTE);
    await eventually(() => accepted(app, ANA).length === 3, 'all three');
    expect(accepted(app, ANA)).toEqual(['1', '2', '3']);
  });

  test('throttles one conversation, the others go on', async () => {
    const app = await appWithSession();
    app.sandbox.faults.next({ kind: 'recipient_throttled' });
    const waiting = await app.sent('to Ana');
    await eventually(async () => (await outcomes(app, waiting))?.length === 1, 'the first try');
    await app.reaches(await app.sent('to Ben', { to: `+${BEN}` }), 'read');
    expect((await app.message(waiting)).status).toBe('queued');
    app.advance(3_999);
    await app.idle();
    expect(await outcomes(app, waiting)).toEqual(['throttled']);
    app.advance(2_000);
    await app.reaches(waiting, 'read');
    expect(await outcomes(app, waiting)).toEqual(['throttled', 'accepted']);
  });

  test('throttles the account, none of its messages goes out before the time that it told', async () => {
    const app = await appWithSession();
    app.sandbox.faults.next({ kind: 'throttled', retryAfterSeconds: 60 });
    const first = await app.sent('to Ana');
    await eventually(async () => (await outcomes(app, first))?.length === 1, 'the first try');
    const second = await app.sent('to Ben', { to: `+${BEN}` });
    app.advance(MINUTE - 1);
    await app.idle();
    expect(accepted(app)).toEqual([]);
    app.advance(MINUTE);
    for (const id of [first, second]) await app.reaches(id, 'read');
    expect(await outcomes(app, first)).toEqual(['throttled', 'accepted']);
    expect(await outcomes(app, second)).toEqual(['accepted']);
  });

  test.each(['server_error', 'unavailable'] as const)('fails (%s), nobody knows whether it took it', async (kind) => {
    const app = await appWithSession({ sandbox: { autoStatuses: [] } });
    app.sandbox.faults.next({ kind });
    const id = await app.sent('hello');
    await app.reaches(id, 'uncertain');
    app.advance(HOUR);
    await app.reaches(id, 'unknown');
    expect(await outcomes(app, id)).toEqual(['uncertain']);
  });

  test('says that it did not take it, the message is sent again once, after a pause in which nothing else is sent', async () => {
    const app = await appWithSession();
    app.sandbox.faults.next({ kind: 'maintenance' });
    const id = await app.sent('hello');
    await eventually(async () => (await outcomes(app, id))?.length === 1, 'the first try');
    const other = await app.sent('and to you', { to: `+${BEN}` });
    await app.idle();
    expect(accepted(app)).toEqual([]);
    app.advance(3 * MINUTE);
    await app.reaches(id, 'read');
    await app.reaches(other, 'read');
    expect(await outcomes(app, id)).toEqual(['unavailable', 'accepted']);
    expect(app.sandbox.acceptedCountFor(id)).toBe(1);
  });

  test('says so twice, the message fails, and may be replayed with all that failed', async () => {
    const app = await appWithSession();
    app.sandbox.faults.next({ kind: 'maintenance', times: 2 });
    const id = await app.sent('hello');
    await eventually(async () => (await outcomes(app, id))?.length === 1, 'the first try');
    await app.idle();
    app.advance(3 * MINUTE);
    expect(await app.reaches(id, 'failed')).toMatchObject({ error: { code: 'unavailable', providerCode: '131057' } });
    expect(await outcomes(app, id)).toEqual(['unavailable', 'unavailable']);
    app.advance(3 * MINUTE);
    const { body } = await app.call('POST', '/v1/dead-letters/replay', { filter: {} });
    expect(body).toMatchObject({ replayed: 1, skipped: [] });
    await app.idle();
    expect(accepted(app)).toEqual(['hello']);
  });

  test('cannot be reached, the message is tried again and sent once', async () => {
    const app = await startApp();
    const gate = await startTcpGate(app.sandbox.port);
    await useProvider(app, gate.url);
    await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
    await app.idle();
    await gate.goDown();
    const id = await app.sent('hello');
    for (let tries = 1; tries <= 3; tries++) {
      await eventually(async () => (await outcomes(app, id))?.length === tries, `try ${tries}`);
      await app.idle();
      if (tries === 3) await gate.comeUp();
      app.advance(5 * MINUTE);
    }
    await app.reaches(id, 'read');
    expect(await outcomes(app, id)).toEqual(['unreachable', 'unreachable', 'unreachable', 'accepted']);
    expect(app.sandbox.acceptedCountFor(id)).toBe(1);
    await gate.goDown();
  });

  test('cannot be reached at all, the message is given up after twelve tries', async () => {
    const app = await startApp();
    await useProvider(app, 'http://127.0.0.1:9');
    await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
    await app.idle();
    const id = await app.sent('hello');
    for (let tries = 1; tries < 12; tries++) {
      await eventually(async () => (await outcomes(app, id))?.length === tries, `try ${tries}`);
      await app.idle();
      app.advance(5 * MINUTE);
    }
    expect(await app.reaches(id, 'failed')).toMatchObject({ error: { code: 'unreachable' } });
    expect(await outcomes(app, id)).toHaveLength(12);
  });

  test('puts a message off for more than a day, it expires instead of arriving absurdly late', async () => {
    const app = await appWithSession();
    app.sandbox.faults.next({ kind: 'throttled', retryAfterSeconds: 25 * 3600 });
    const id = await app.sent('good morning');
    await eventually(async () => (await outcomes(app, id))?.length === 1, 'the first try');
    await app.idle();
    app.advance(32 * HOUR);
    expect(await app.reaches(id, 'failed')).toMatchObject({ error: { code: 'expired' } });
    expect(accepted(app)).toEqual([]);
  });

  async function useProvider(app: App, baseUrl: string): Promise<void> {
    const settings = sandboxSettings(app.sandbox, { baseUrl });
    await app.call('PUT', `/v1/accounts/whatsapp/${app.account.externalId}`, { settings });
  }
});

describe('when the answer never comes', () => {
  test('the message is uncertain, is not repeated, and its status settles it', async () => {
    const app = await appWithSession({ sandbox: { autoStatuses: [] } });
    const workflow = await app.listen({ events: ['message.status'] });
    app.sandbox.faults.next({ kind: 'answer_dropped' });
    const id = await app.sent('hello');
    await app.reaches(id, 'uncertain');
    app.advance(MINUTE);
    await app.idle();
    const [taken] = app.sandbox.listReceivedMessages();
    app.sandbox.postStatus(taken?.id ?? '', 'delivered');
    expect(await app.reaches(id, 'delivered')).toMatchObject({ providerMessageId: taken?.id });
    expect((await workflow.took(2)).map(({ status }) => status?.status)).toEqual(['uncertain', 'delivered']);
    app.advance(HOUR);
    await app.idle();
    expect((await app.message(id)).status).toBe('delivered');
    expect(app.sandbox.acceptedCountFor(id)).toBe(1);
    expect(app.rows("SELECT * FROM jobs WHERE kind <> 'maintenance'")).toEqual([]);
  });

  test.each(['answer_dropped', 'connection_dropped'] as const)(
    'and no status either (%s), it is reported as unknown',
    async (kind) => {
      const app = await appWithSession({ sandbox: { autoStatuses: [] } });
      app.sandbox.faults.next({ kind });
      const id = await app.sent('hello');
      await app.reaches(id, 'uncertain');
      const { settleWithinMs } = app.account.capabilities;
      app.advance(settleWithinMs - 1);
      await app.idle();
      expect((await app.message(id)).status).toBe('uncertain');
      app.advance(1);
      await app.reaches(id, 'unknown');
      expect(app.sandbox.acceptedCountFor(id)).toBeLessThanOrEqual(1);
      expect(app.rows("SELECT * FROM jobs WHERE kind <> 'maintenance'")).toEqual([]);
    },
  );

  test('what follows in the conversation is sent', async () => {
    const app = await appWithSession();
    app.sandbox.faults.next({ kind: 'answer_dropped' });
    await app.sent('1');
    const next = await app.sent('2');
    await app.idle();
    // Nothing follows at once: the provider may be down.
    app.advance(1_000);
    await app.reaches(next, 'read');
    expect(accepted(app)).toEqual(['1', '2']);
  });
});

describe('statuses', () => {
  test('that come before the answer are kept', async () => {
    const app = await startApp();
    const gate = await startTcpGate(app.sandbox.port);
    const settings = sandboxSettings(app.sandbox, { baseUrl: gate.url });
    await app.call('PUT', `/v1/accounts/whatsapp/${app.account.externalId}`, { settings });
    await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
    await app.idle();
    let release: () => void = () => undefined;
    gate.hold = new Promise((resolve) => (release = resolve));
    const id = await app.sent('hello');
    await app.reaches(id, 'read');
    expect(await outcomes(app, id)).toEqual([undefined]);
    release();
    await eventually(async () => (await outcomes(app, id))?.[0] === 'accepted', 'the answer');
    expect(await app.message(id)).toMatchObject({ status: 'read' });
    await gate.goDown();
  });

  test.each(['reversed', 'concurrent'] as const)('that come %s never step back', async (statusOrder) => {
    const app = await appWithSession({ sandbox: { statusOrder } });
    const workflow = await app.listen({ events: ['message.status'] });
    const id = await app.sent('hello');
    await app.reaches(id, 'read');
    await app.sandbox.webhooks.settled();
    await app.idle();
    expect((await app.message(id)).status).toBe('read');
    const ladder = ['sent', 'delivered', 'read'];
    const told = workflow.taken().map(({ status }) => ladder.indexOf(status?.status ?? ''));
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(new Set(told).size).toBe(told.length);
  });

  test('of a message that is not ours change nothing', async () => {
    const app = await appWithSession();
    const workflow = await app.listen({ events: ['message.status'] });
    const before = app.dump();
    const value = {
      messaging_product: 'whatsapp',
      metadata: { display_phone_number: '15550783881', phone_number_id: app.account.externalId },
      statuses: [{ id: 'wamid.foreign', status: 'read', timestamp: '1767268800', recipient_id: ANA }],
    };
    await app.sandbox.webhooks.emit({ field: 'messages', value })?.done;
    await app.idle();
    const { receipts, ...after } = app.dump();
    expect(receipts).toHaveLength((before['receipts'] ?? []).length + 1);
    expect({ ...after, sqlite_sequence: [] }).toEqual({ ...before, receipts: undefined, sqlite_sequence: [] });
    expect(workflow.deliveries).toEqual([]);
  });
});

describe('files', () => {
  const upload = (app: App, bytes: Uint8Array, type: string) =>
    app.call('POST', `/v1/media?channel=whatsapp&externalId=${app.account.externalId}&filename=a`, bytes, {
      'content-type': type,
    });
  const uploads = (app: App) => app.sandbox.requests().filter(({ path }) => path.endsWith('/media')).length;

  test('are uploaded once and reused by their hash until the provider forgets them', async () => {
    const app = await appWithSession();
    const png = Buffer.from('89504e470d0a1a0a', 'hex');
    const first = await upload(app, png, 'image/png');
    const again = await upload(app, png, 'image/png');
    expect(first).toMatchObject({ status: 201, body: { reused: false, bytes: 8, mimeType: 'image/png' } });
    expect(again).toMatchObject({ status: 201, body: { reused: true, id: (first.body as { id: string }).id } });
    expect(uploads(app)).toBe(1);
    const { id: mediaId } = first.body as { id: string };
    await app.reaches(await app.sent('', { content: { type: 'image', mediaId, caption: 'a dot' } }), 'read');
    expect(app.sandbox.listReceivedMessages()[0]?.body).toMatchObject({ image: { id: mediaId, caption: 'a dot' } });
    app.clock.advance(31 * DAY);
    expect(await upload(app, png, 'image/png')).toMatchObject({ status: 201, body: { reused: false } });
  });

  test.each<[string, Buffer, string, number, string]>([
    ['of a type that is not taken', Buffer.from('x'), 'application/x-msdownload', 415, 'media_type_not_allowed'],
    ['larger than the provider takes', Buffer.alloc(5 * 1024 * 1024 + 1), 'image/png', 413, 'media_too_large'],
    ['without a byte', Buffer.alloc(0), 'image/png', 400, 'invalid_body'],
  ])('%s are refused before anything is uploaded', async (_name, bytes, type, status, code) => {
    const app = await startApp();
    const before = app.dump();
    expect(await upload(app, bytes, type)).toMatchObject({ status, body: { code } });
    expect(uploads(app)).toBe(0);
    expect(app.dump()).toEqual(before);
  });
});
