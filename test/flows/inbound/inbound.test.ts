/** What customers write reaches the workflows: once, signed, in order, and only those it is for. */
import type { ParleyEvent } from '../../../contract/event.ts';
import { verifyDelivery } from '../../../contract/signature.ts';
import { ACCOUNT, ANA, BEN, closeApps, sandboxSettings, startApp, type App } from '../../support/app.ts';
import { SANDBOX_DEFAULTS } from '../../sandbox/whatsapp/defaults.ts';

afterEach(closeApps);

const textOf = ({ message }: ParleyEvent) => (message?.content as { text?: string }).text;
const texts = (events: readonly ParleyEvent[]) => events.map(textOf);
const from = (events: readonly ParleyEvent[], address: string) =>
  events.filter(({ contact }) => contact?.identities.some((one) => one.address === address));

/** `messages[]` of one change, as Meta writes it. */
function change(phoneNumberId: string, messages: { id: string; from: string; text: string }[]) {
  return {
    field: 'messages',
    value: {
      messaging_product: 'whatsapp',
      metadata: { display_phone_number: '15550783881', phone_number_id: phoneNumberId },
      contacts: [...new Set(messages.map((one) => one.from))].map((waId) => ({ wa_id: waId })),
      messages: messages.map((one) => ({
        from: one.from,
        id: one.id,
        timestamp: '1767268800',
        type: 'text',
        text: { body: one.text },
      })),
    },
  };
}

function webhook(...changes: ReturnType<typeof change>[][]) {
  const entry = changes.map((list) => ({ id: SANDBOX_DEFAULTS.wabaId, changes: list }));
  return { object: 'whatsapp_business_account', entry };
}

describe('a message', () => {
  test('is delivered, signed, as exactly the event', async () => {
    const app = await startApp();
    const workflow = await app.listen();
    const { id, status } = await app.sandbox.customer.sends({ from: ANA, name: 'Ana', text: 'hello' });
    expect(status).toBe(200);
    const [event] = await workflow.took(1);
    const [delivery] = workflow.deliveries;
    const { headers = {}, raw = '' } = delivery ?? {};
    expect(verifyDelivery(workflow.subscription.secret, headers, raw, app.clock.now())).toBe(true);
    expect(event).toEqual({
      id: expect.stringMatching(/^evt_/),
      type: 'message.received',
      at: '2026-01-01T12:00:00.000Z',
      channel: 'whatsapp',
      account: { id: app.account.id, externalId: app.account.externalId },
      conversationId: expect.stringMatching(/^cnv_/),
      owner: 'bot',
      session: { open: true, expiresAt: '2026-01-02T12:00:00.000Z', openedBy: 'message' },
      contact: {
        id: expect.stringMatching(/^con_/),
        name: 'Ana',
        identities: expect.arrayContaining([{ kind: 'phone', address: ANA }]),
      },
      message: {
        id: expect.stringMatching(/^msg_/),
        providerMessageId: id,
        content: { type: 'text', text: 'hello' },
        sentAt: '2026-01-01T12:00:00.000Z',
      },
    });
    await app.idle();
    expect(workflow.deliveries).toHaveLength(1);
  });

  test('of a kind that is not known is kept whole as unsupported', async () => {
    const app = await startApp();
    const workflow = await app.listen({ events: ['message.received', 'unsupported'], includeRaw: true });
    await app.sandbox.customer.sends({ from: ANA, raw: { type: 'hologram', hologram: { shape: 'cat' } } });
    app.sandbox.webhooks.emit({ field: 'brand_new_field', value: { answer: 42 } });
    app.sandbox.webhooks.emitRaw(webhook([{ field: 'brand_new_field', value: { answer: 42 } } as never]));
    const told = await workflow.took(2);
    const [message, field] = ['message.received', 'unsupported'].map((type) =>
      told.find((event) => event.type === type),
    );
    expect(message?.message?.content).toMatchObject({ type: 'unsupported' });
    expect(message?.raw).toMatchObject({ type: 'hologram', hologram: { shape: 'cat' } });
    expect(field).toMatchObject({ type: 'unsupported', data: { field: 'brand_new_field' } });
    expect(field?.raw).toMatchObject({ value: { answer: 42 } });
  });

  test('batches of several entries, changes and messages keep the order of each conversation', async () => {
    const app = await startApp();
    const workflow = await app.listen();
    const said = (who: string, ...list: string[]) =>
      list.map((text) => ({ id: `wamid.${who}.${text}`, from: who, text }));
    const number = SANDBOX_DEFAULTS.phoneNumberId;
    const body = webhook(
      [change(number, [...said(ANA, '1', '2'), ...said(BEN, 'a')]), change(number, said(ANA, '3'))],
      [change(number, [...said(BEN, 'b'), ...said(ANA, '4'), ...said(BEN, 'c')])],
    );
    await app.sandbox.webhooks.emitRaw(body).done;
    const events = await workflow.took(7);
    expect(texts(from(events, ANA))).toEqual(['1', '2', '3', '4']);
    expect(texts(from(events, BEN))).toEqual(['a', 'b', 'c']);
  });
});

describe('a duplicate gives one event', () => {
  const hello = { id: 'wamid.same', from: ANA, text: 'hello' };
  const once = webhook([change(SANDBOX_DEFAULTS.phoneNumberId, [hello])]);
  const withAnother = webhook([
    change(SANDBOX_DEFAULTS.phoneNumberId, [hello, { id: 'wamid.other', from: ANA, text: 'and this' }]),
  ]);

  test.each<[string, object[], (app: App) => Promise<void>, string[]]>([
    ['the same body again', [once, once, once], async () => undefined, ['hello']],
    ['the message in another body', [once, withAnother], async () => undefined, ['hello', 'and this']],
    ['the same body after a restart', [once, once], restart, ['hello']],
    ['the message in another body after a restart', [once, withAnother], restart, ['hello', 'and this']],
  ])('%s', async (_name, bodies, between, expected) => {
    const app = await startApp();
    const workflow = await app.listen();
    for (const [index, body] of bodies.entries()) {
      if (index > 0) await between(app);
      expect((await app.sandbox.webhooks.emitRaw(body).first).status).toBe(200);
      await app.idle();
    }
    await workflow.took(expected.length);
    expect(texts(workflow.taken())).toEqual(expected);
  });

  test('the same webhook a hundred times at once', async () => {
    const app = await startApp();
    const workflow = await app.listen();
    await Promise.all(Array.from({ length: 100 }, () => app.sandbox.webhooks.emitRaw(once).done));
    await app.idle();
    expect(texts(workflow.taken())).toEqual(['hello']);
  });

  async function restart(app: App): Promise<void> {
    await app.stop();
    await app.start();
  }
});

describe('accounts', () => {
  const SECOND = { id: '206540352242933', displayPhoneNumber: '15550783999' };
  const FIRST = { id: SANDBOX_DEFAULTS.phoneNumberId, displayPhoneNumber: SANDBOX_DEFAULTS.displayPhoneNumber };

  async function twoNumbers(second: Record<string, unknown>) {
    const app = await startApp({ sandbox: { phoneNumbers: [FIRST, SECOND] } });
    const settings = sandboxSettings(app.sandbox, { phoneNumberId: SECOND.id, ...second });
    expect((await app.call('PUT', `/v1/accounts/whatsapp/${SECOND.id}`, { settings })).status).toBe(201);
    const first = await app.listen();
    const other = await app.listen({ account: { channel: 'whatsapp', externalId: SECOND.id } });
    const all = await app.listen({ account: undefined as never });
    return { app, first, other, all };
  }

  test('two numbers of one app share an endpoint; each workflow hears its own', async () => {
    const { app, first, other, all } = await twoNumbers({});
    await app.sandbox.customer.sends({ from: ANA, text: 'to the first' });
    await app.sandbox.customer.sends({ from: ANA, to: SECOND.id, text: 'to the second' });
    await all.took(2);
    await app.idle();
    expect(texts(first.taken())).toEqual(['to the first']);
    expect(texts(other.taken())).toEqual(['to the second']);
  });

  test('an account with another secret is not reachable through my endpoint', async () => {
    const { app, other, all } = await twoNumbers({ appSecret: 'another-secret-altogether-000000' });
    await app.sandbox.customer.sends({ from: ANA, to: SECOND.id, text: 'forged from next door' });
    await app.sandbox.customer.sends({ from: ANA, text: 'mine' });
    await all.took(1);
    await app.idle();
    expect(texts(all.taken())).toEqual(['mine']);
    expect(other.deliveries).toEqual([]);
    expect(app.rows('SELECT * FROM messages')).toHaveLength(1);
  });
});

describe('a workflow that is down', () => {
  test('gets everything when it is back, in order, in batches of at most maxBatch', async () => {
    const app = await startApp();
    const workflow = await app.listen({ maxBatch: 3 });
    await workflow.goDown();
    for (const text of ['1', '2', '3', '4', '5', '6', '7']) await app.sandbox.customer.sends({ from: ANA, text });
    await app.idle();
    await workflow.comeUp();
    app.advance(60_000);
    await workflow.took(7);
    expect(texts(workflow.taken())).toEqual(['1', '2', '3', '4', '5', '6', '7']);
    expect(Math.max(...workflow.deliveries.map(({ events }) => events.length))).toBe(3);
  });

  test.each<[string, number | 'cut']>([
    ['500', 500],
    ['404', 404],
    ['429', 429],
    ['a cut connection', 'cut'],
  ])('answering %s is asked again with the same events under the same id', async (_name, answer) => {
    const app = await startApp();
    const workflow = await app.listen();
    workflow.answers.push(answer);
    await app.sandbox.customer.sends({ from: ANA, text: 'once more' });
    await app.idle();
    expect(workflow.deliveries).toHaveLength(1);
    app.advance(60_000);
    await workflow.took(1);
    const [refused, taken] = workflow.deliveries;
    expect(taken?.raw).toBe(refused?.raw);
    expect(taken?.headers['webhook-id']).toBe(refused?.headers['webhook-id']);
  });

  test('answering 410 ends its subscription', async () => {
    const app = await startApp();
    const workflow = await app.listen();
    workflow.answer = 410;
    await app.sandbox.customer.sends({ from: ANA, text: 'anyone?' });
    await app.idle();
    await app.sandbox.customer.sends({ from: ANA, text: 'nobody' });
    await app.idle();
    expect(workflow.deliveries).toHaveLength(1);
    expect((await app.call('GET', `/v1/subscriptions/${workflow.subscription.id}`)).status).toBe(404);
    expect(app.rows('SELECT * FROM deliveries')).toEqual([]);
  });

  test.each<[string, (workflow: Awaited<ReturnType<App['listen']>>) => Promise<void> | void]>([
    ['refuses', (workflow) => void (workflow.answer = 500)],
    ['is gone', (workflow) => workflow.goDown()],
    ['never answers', (workflow) => void (workflow.gate = new Promise(() => undefined))],
  ])('that %s keeps nothing from the others', async (_name, spoil) => {
    const app = await startApp();
    const bad = await Promise.all(Array.from({ length: 6 }, () => app.listen()));
    const good = await app.listen();
    for (const workflow of bad) await spoil(workflow);
    const people = ['15550001001', '15550001002', '15550001003', '15550001004', '15550001005', '15550001006'];
    for (const person of people) await app.sandbox.customer.sends({ from: person, text: 'hi' });
    await good.took(people.length);
    for (const workflow of bad) await workflow.close();
  });
});

describe('a subscription', () => {
  test.each<[string, object, string[]]>([
    ['without a filter', {}, ['text', 'image', 'reaction']],
    ['for kinds', { messageKinds: ['image'] }, ['image']],
    ['for other events', { events: ['message.edited'] }, []],
  ])('%s gets what it asked for', async (_name, wish, kinds) => {
    const app = await startApp();
    const [workflow, all] = [await app.listen(wish), await app.listen()];
    const { id } = await app.sandbox.customer.sends({ from: ANA, text: 'one' });
    await app.sandbox.customer.sends({ from: ANA, image: { caption: 'two' } });
    await app.sandbox.customer.sends({ from: ANA, reaction: { messageId: id, emoji: '👍' } });
    await all.took(3);
    await app.idle();
    expect(workflow.taken().map(({ message }) => message?.content.type)).toEqual(kinds);
  });

  test('for statuses gets those only', async () => {
    const app = await startApp();
    const read = await app.listen({ events: ['message.status'], statuses: ['read'] });
    const all = await app.listen({ events: ['message.status'] });
    await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
    await app.idle();
    await app.sent('hello');
    await all.took(3);
    await app.idle();
    expect(all.taken().map(({ status }) => status?.status)).toEqual(['sent', 'delivered', 'read']);
    expect(read.taken().map(({ status }) => status?.status)).toEqual(['read']);
  });

  test("shows the provider's body only when it asked for it", async () => {
    const app = await startApp();
    const [plain, raw] = [await app.listen(), await app.listen({ includeRaw: true })];
    const { id } = await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
    expect((await plain.took(1))[0]).not.toHaveProperty('raw');
    expect((await raw.took(1))[0]?.raw).toMatchObject({ id, text: { body: 'hi' } });
  });

  test('that was deleted hears nothing more', async () => {
    const app = await startApp();
    const [gone, kept] = [await app.listen(), await app.listen()];
    expect((await app.call('DELETE', `/v1/subscriptions/${gone.subscription.id}`)).status).toBe(200);
    await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
    await kept.took(1);
    await app.idle();
    expect(gone.deliveries).toEqual([]);
  });
});

describe("a contact's file", () => {
  test('is streamed through the service with its type and name', async () => {
    const app = await startApp();
    const workflow = await app.listen();
    const content = Buffer.alloc(300_000, 'parley');
    await app.sandbox.customer.sends({ from: ANA, document: { content, filename: 'Rechnung ä.pdf' } });
    const [event] = await workflow.took(1);
    const { media } = event?.message?.content as { media: { id: string } };
    const headers = { authorization: `Bearer ${app.key}` };
    const answer = await fetch(`${app.url}/v1/media/${media.id}`, { headers });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/pdf');
    expect(answer.headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''Rechnung%20%C3%A4.pdf");
    expect(Buffer.from(await answer.arrayBuffer()).equals(content)).toBe(true);
  });

  test('over the limit, gone, or unknown is refused', async () => {
    const app = await startApp({ env: { PARLEY_MAX_MEDIA_BYTES: '2000' } });
    const workflow = await app.listen();
    await app.sandbox.customer.sends({ from: ANA, image: { content: Buffer.alloc(2001) } });
    await app.sandbox.customer.sends({ from: ANA, image: { content: Buffer.alloc(2000) } });
    const [tooLarge, right] = (await workflow.took(2)).map(
      ({ message }) => (message?.content as { media: { id: string } }).media.id,
    );
    const answers = async (id: string | undefined) => {
      const { status, body } = await app.call('GET', `/v1/media/${id}`);
      return [status, (body as { code?: string } | undefined)?.code];
    };
    expect(await answers(tooLarge)).toEqual([413, 'media_too_large']);
    expect(await answers(right)).toEqual([200, undefined]);
    expect(await answers('mdi_unknown')).toEqual([404, 'not_found']);
    app.clock.advance(8 * 24 * 3_600_000);
    expect(await answers(right)).toEqual([410, 'media_gone']);
  });
});

test('an account is shown how its webhooks are reached, and a workflow may name it by its settings', async () => {
  const app = await startApp();
  const { body } = await app.call('GET', '/v1/accounts');
  expect(body).toMatchObject({ data: [{ ...ACCOUNT, webhookUrl: expect.stringContaining('/webhooks/whatsapp/') }] });
});
