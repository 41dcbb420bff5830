/** "May I send this now?": the session window, holding, templates in the place of a message, and consent. */
import type { Permission } from '../../../contract/api.ts';
import type { TemplateContent } from '../../../contract/message.ts';
import { SANDBOX_DEFAULTS } from '../../sandbox/whatsapp/defaults.ts';
import { ANA, closeApps, DAY, HOUR, startApp, type App } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';

afterEach(closeApps);

const TEMPLATE: TemplateContent = { type: 'template', name: 'news', language: 'en_US' };

async function appWithTemplate(category: 'UTILITY' | 'MARKETING' = 'UTILITY'): Promise<App> {
  const app = await startApp();
  app.sandbox.templates.seed({ name: 'news', category, components: [{ type: 'BODY', text: 'There is news' }] });
  return app;
}

const kinds = (app: App) => app.sandbox.listReceivedMessages().map(({ type }) => type);

async function permission(app: App, kind = 'text', to = `+${ANA}`): Promise<Permission> {
  const query = new URLSearchParams({ channel: 'whatsapp', externalId: app.account.externalId, to, kind });
  return (await app.call('GET', `/v1/permission?${query}`)).body as Permission;
}

/** A message that the service hears of and the sandbox does not: the two disagree about the window. */
async function writesUnknownToProvider(app: App): Promise<void> {
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '15550783881', phone_number_id: SANDBOX_DEFAULTS.phoneNumberId },
    messages: [{ from: ANA, id: 'wamid.unseen', timestamp: '1767268800', type: 'text', text: { body: 'hi' } }],
  };
  await app.sandbox.webhooks.emit({ field: 'messages', value })?.done;
  await app.idle();
}

describe('the session window', () => {
  test.each<[string, (app: App) => Promise<unknown>, number, Partial<Permission['session']>, boolean]>([
    ['never opened', async () => undefined, 0, { open: false }, false],
    ['a message', (app) => app.sandbox.customer.sends({ from: ANA, text: 'hi' }), 0, { openedBy: 'message' }, true],
    [
      'a message, to its last moment',
      (app) => app.sandbox.customer.sends({ from: ANA, text: 'hi' }),
      DAY - 1,
      {},
      true,
    ],
    ['a message, a day ago', (app) => app.sandbox.customer.sends({ from: ANA, text: 'hi' }), DAY, {}, false],
    ['a call', (app) => app.sandbox.customer.calls({ from: ANA }), HOUR, { openedBy: 'call' }, true],
  ])('%s', async (_name, happens, laterMs, session, allowed) => {
    const app = await startApp();
    await happens(app);
    await app.idle();
    app.advance(laterMs);
    const answer = await permission(app);
    expect(answer).toMatchObject({ allowed, session: { open: allowed, ...session } });
    expect(answer.reasons.map(({ code }) => code)).toEqual(allowed ? [] : ['session_closed']);
    expect((await permission(app, 'template')).allowed).toBe(true);
    const sent = await app.send('hello');
    expect(sent.status).toBe(allowed ? 202 : 409);
  });

  test('asking makes no contact', async () => {
    const app = await startApp();
    const before = app.dump();
    await permission(app);
    expect(app.dump()).toEqual(before);
  });

  test('an answer to an ad within a day is free for 72 hours', async () => {
    const app = await startApp();
    const workflow = await app.listen();
    const referral = { source_type: 'ad', source_id: '120', source_url: 'https://fb.me/x', ctwa_clid: 'click' };
    await app.sandbox.customer.sends({ from: ANA, text: 'I saw your ad', referral });
    const [event] = await workflow.took(1);
    expect(event).toMatchObject({
      session: { openedBy: 'ad' },
      message: { context: { referral: { clickId: 'click' } } },
    });
    app.advance(HOUR);
    await app.reaches(await app.sent('welcome'), 'read');
    const { session } = await permission(app);
    expect(session.freeUntil).toBe(new Date(app.clock.now() + 3 * DAY).toISOString());
    expect(session.expiresAt).toBe(new Date(app.clock.now() + 23 * HOUR).toISOString());
  });
});

describe('when the session is closed at admission, ifSessionClosed', () => {
  test('fail: the send is refused, with the time at which the window ended', async () => {
    const app = await appWithTemplate();
    await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
    await app.idle();
    app.advance(2 * DAY);
    await app.idle();
    const before = app.dump();
    expect(await app.send('hello')).toMatchObject({
      status: 409,
      body: { code: 'session_closed', windowEndedAt: '2026-01-02T12:00:00.000Z' },
    });
    expect(app.dump()).toEqual(before);
  });

  test('template: it is sent in the place of the message', async () => {
    const app = await appWithTemplate();
    const id = await app.sent('hello', { ifSessionClosed: { template: TEMPLATE } });
    expect(await app.reaches(id, 'read')).toMatchObject({ content: TEMPLATE });
    expect(kinds(app)).toEqual(['template']);
  });

  test("hold: what is held goes out, in order, when the contact's next message opens the session", async () => {
    const app = await appWithTemplate();
    const workflow = await app.listen({ events: ['message.status'] });
    const ids = [];
    for (const text of ['1', '2', '3']) ids.push(await app.sent(text, { ifSessionClosed: 'hold' }));
    await app.idle();
    expect(await Promise.all(ids.map(async (id) => (await app.message(id)).status))).toEqual(['held', 'held', 'held']);
    await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
    for (const id of ids) await app.reaches(id, 'read');
    expect(app.sandbox.listReceivedMessages().map(({ body }) => body['text'])).toMatchObject(
      ['1', '2', '3'].map((body) => ({ body })),
    );
    const sent = (await workflow.took(9)).filter(({ status }) => status?.status === 'sent');
    expect(sent.map(({ status }) => status?.id)).toEqual(ids);
    app.advance(8 * DAY);
    await app.idle();
    expect(app.rows("SELECT * FROM jobs WHERE kind <> 'maintenance'")).toEqual([]);
  });

  test('hold: a contact who never writes lets the message expire', async () => {
    const app = await appWithTemplate();
    const workflow = await app.listen({ events: ['message.status'] });
    const id = await app.sent('hello', { ifSessionClosed: 'hold' });
    app.advance(7 * DAY - 1);
    await app.idle();
    expect((await app.message(id)).status).toBe('held');
    app.advance(1);
    expect(await app.reaches(id, 'failed')).toMatchObject({ error: { code: 'expired' } });
    expect((await workflow.took(1))[0]?.status).toMatchObject({ id, status: 'failed' });
  });
});

describe.each(['at_once', 'by_status'] as const)('when the provider says that the session is closed (%s)', (when) => {
  async function refusedByProvider(): Promise<App> {
    const app = await appWithTemplate();
    app.sandbox.settings.recipientErrors = when;
    await writesUnknownToProvider(app);
    return app;
  }

  test('fail: the message fails and says so', async () => {
    const app = await refusedByProvider();
    const id = await app.sent('hello');
    expect(await app.reaches(id, 'failed')).toMatchObject({
      error: { code: 'session_closed', providerCode: '131047' },
    });
  });

  test('template: it is sent in the place of the message', async () => {
    const app = await refusedByProvider();
    const id = await app.sent('hello', { ifSessionClosed: { template: TEMPLATE } });
    expect(await app.reaches(id, 'read')).toMatchObject({ content: TEMPLATE });
    expect(kinds(app).at(-1)).toBe('template');
  });

  test("hold: the messages go out, in order, after the contact's next message", async () => {
    const app = await refusedByProvider();
    const ids = [];
    for (const text of ['1', '2']) {
      ids.push(await app.sent(text, { ifSessionClosed: 'hold' }));
      await app.reaches(ids.at(-1) ?? '', 'held');
    }
    const before = app.sandbox.listReceivedMessages().length;
    await app.sandbox.customer.sends({ from: ANA, text: 'here I am' });
    for (const id of ids) await app.reaches(id, 'read');
    const bodies = app.sandbox.listReceivedMessages().slice(before);
    expect(bodies.map(({ body }) => body['text'])).toMatchObject([{ body: '1' }, { body: '2' }]);
  });
});

describe('a contact who wants no marketing', () => {
  test.each<[string, (app: App) => Promise<void>]>([
    ['by a preference', (app) => says(app, 'stop')],
    ['by refusing a message (131050)', refusesCampaign],
  ])('%s: later campaigns are refused, replies go on', async (_name, stops) => {
    const app = await appWithTemplate('MARKETING');
    await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
    await stops(app);
    const campaign = { content: TEMPLATE, purpose: 'campaign' } as const;
    const before = app.dump();
    expect(await app.send('', campaign)).toMatchObject({ status: 409, body: { code: 'opted_out' } });
    expect(app.dump()).toEqual(before);
    await app.reaches(await app.sent('hello'), 'read');
    await says(app, 'resume');
    expect((await app.send('', campaign)).status).toBe(202);
  });

  async function says(app: App, value: 'stop' | 'resume'): Promise<void> {
    await app.sandbox.customer.setsMarketing({ from: ANA, value });
    await app.idle();
  }

  /** The service missed the preference and learns of it from the provider's refusal. */
  async function refusesCampaign(app: App): Promise<void> {
    app.sandbox.subscribe('http://127.0.0.1:9/nowhere');
    await app.sandbox.customer.setsMarketing({ from: ANA, value: 'stop' });
    app.sandbox.subscribe(app.account.webhookUrl);
    const id = await app.sent('', { content: TEMPLATE, purpose: 'campaign' });
    expect(await app.reaches(id, 'failed')).toMatchObject({ error: { code: 'opted_out', providerCode: '131050' } });
  }
});

test('a reply overtakes the campaign messages that wait', async () => {
  const app = await appWithTemplate();
  await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
  await app.idle();
  // The pace of a number with the highest throughput, in a moment that does not pass.
  const underWay = 50;
  const people = Array.from({ length: underWay + 16 }, (_, index) => `+1555100${String(index).padStart(4, '0')}`);
  await Promise.all(people.map((to) => app.sent('', { to, content: TEMPLATE, purpose: 'campaign' })));
  await eventually(() => app.sandbox.listReceivedMessages().length === underWay, 'as many sends as start at once');
  const reply = await app.sent('at once');
  app.advance(1_000);
  await eventually(() => app.sandbox.listReceivedMessages().length === people.length + 1, 'everything');
  const order = app.sandbox.listReceivedMessages().map(({ bizOpaqueCallbackData }) => bizOpaqueCallbackData);
  expect(order.indexOf(reply)).toBeLessThan(underWay + 4);
});
