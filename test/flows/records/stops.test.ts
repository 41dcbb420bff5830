/** Stops are heard, however they are said, and nobody is written to against one. */
import type { ParleyEvent } from '../../../contract/event.ts';
import type { Permission } from '../../../contract/api.ts';
import type { OutboundContent } from '../../../contract/message.ts';
import {
  ACCOUNT,
  ANA,
  BEN,
  closeApps,
  DAY,
  HOUR,
  MINUTE,
  sandboxSettings,
  startApp,
  type App,
  type SendOptions,
} from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { posts, postsChange, says, written } from '../../support/meta-messages.ts';
import { closeMetaApps, startMetaApp } from '../channels/meta-fixture.ts';
import { closeTwilioApps, startTwilioApp, twilioSettings } from '../channels/twilio-fixture.ts';

afterEach(closeMetaApps);
afterEach(closeTwilioApps);
afterEach(closeApps);

const template = (name: string): OutboundContent => ({ type: 'template', name, language: 'en_US' });
const NEWS = template('news');
const NOTICE = template('notice');
const CODE: OutboundContent = { ...(template('code') as OutboundContent & { type: 'template' }), code: '123456' };
const CONFIRMED = 'You will get no more messages from us. Write START to get them again.';

async function appWith(settings: Record<string, unknown> = {}): Promise<App> {
  const app = await startApp();
  const { templates } = app.sandbox;
  for (const [name, category] of [
    ['news', 'MARKETING'],
    ['notice', 'UTILITY'],
  ] as const)
    templates.seed({ name, category, components: [{ type: 'BODY', text: 'There is something' }] });
  if (Object.keys(settings).length > 0) {
    const { externalId } = ACCOUNT;
    await app.call('PUT', `/v1/accounts/whatsapp/${externalId}`, { settings: sandboxSettings(app.sandbox, settings) });
  }
  return app;
}

/** Ana writes, and the provider's window is open. */
async function writes(app: App, text: string): Promise<void> {
  await app.sandbox.customer.sends({ from: ANA, text });
  await app.idle();
}

const said = (app: App, text: string, minute = 0) => says(app, { from: ANA }, text, app.clock.now() + minute * MINUTE);
const preferences = (app: App) =>
  app
    .rows(`SELECT payload FROM events WHERE type = 'contact.preference' ORDER BY seq`)
    .map(({ payload }) => (JSON.parse(String(payload)) as ParleyEvent).data as Record<string, unknown>);
const wish = (app: App, value: 'stop' | 'resume', minute = 0, waId = ANA) =>
  postsChange(app, 'user_preferences', {
    user_preferences: [
      { wa_id: waId, category: 'marketing_messages', value, timestamp: app.clock.now() / 1000 + minute * 60 },
    ],
  });
/** What would be sent: its status, and the code of what speaks against it. */
async function tried(app: App, content: OutboundContent | string, options: SendOptions = {}) {
  const { status, body } = await app.send(typeof content === 'string' ? content : '', {
    ...(typeof content === 'object' && { content }),
    ...options,
  });
  return status === 202 ? 'sent' : (body as { code: string }).code;
}
const ask = async (app: App, query: Record<string, string>) =>
  (
    await app.call(
      'GET',
      `/v1/permission?${new URLSearchParams({ ...ACCOUNT, to: `+${ANA}`, kind: 'text', ...query })}`,
    )
  ).body as Permission;
const codes = ({ reasons }: Permission) => reasons.map(({ code }) => code);
const texts = (app: App) => written(app).map(({ text }) => text);

describe('a word on WhatsApp', () => {
  test('stops everything but answers, is told, and confirmed once', async () => {
    const app = await appWith();
    await writes(app, 'Stop!');
    expect(preferences(app)).toEqual([
      { topic: 'all', value: 'stop', keyword: 'Stop!', certainty: 'exact', providerMessageId: expect.any(String) },
    ]);
    expect(texts(app)).toEqual([CONFIRMED]);
    expect(await tried(app, 'How can we help?')).toBe('sent');
    expect(await tried(app, 'Sale!', { purpose: 'campaign' })).toBe('opted_out');
    expect(await tried(app, NEWS)).toBe('opted_out');
    expect(await tried(app, NOTICE)).toBe('opted_out');
    app.advance(MINUTE);
    await writes(app, 'STOP');
    expect(texts(app).filter((text) => text === CONFIRMED)).toHaveLength(1);
  });

  test('is asked by every question', async () => {
    const app = await appWith();
    await writes(app, 'STOP');
    expect(codes(await ask(app, {}))).toEqual([]);
    expect(codes(await ask(app, { purpose: 'campaign' }))).toEqual(['opted_out']);
    expect(codes(await ask(app, { kind: 'template', template: 'news', language: 'en_US' }))).toEqual(['opted_out']);
    expect(codes(await ask(app, { kind: 'template' }))).toEqual(['opted_out']);
    expect(codes(await ask(app, { kind: 'template', to: `+${BEN}` }))).toEqual([]);
    expect(codes(await ask(app, { kind: 'template', template: 'notice', language: 'en_US' }))).toEqual(['opted_out']);
    expect(codes(await ask(app, { to: `+${BEN}`, kind: 'template', template: 'news', language: 'en_US' }))).toEqual([]);
  });

  test('lets what the contact asks for afterwards be answered', async () => {
    const app = await appWith();
    await writes(app, 'STOP');
    app.advance(MINUTE);
    await writes(app, 'where is my parcel?');
    expect(await tried(app, NOTICE)).toBe('sent');
    expect(await tried(app, NEWS)).toBe('opted_out');
    app.advance(25 * HOUR);
    await app.idle();
    expect(await tried(app, NOTICE)).toBe('opted_out');
  });

  test.each<[string, OutboundContent, SendOptions]>([
    [
      'a native body',
      { type: 'native', body: { type: 'template', template: { name: 'news', language: { code: 'en_US' } } } },
      {},
    ],
    [
      'what a closed window is answered with',
      { type: 'text', text: 'hi' },
      { ifSessionClosed: { template: NEWS as never } },
    ],
    ['what a person wrote', NEWS, { author: 'human' }],
    ['a reply by name', NEWS, { purpose: 'reply' }],
  ])('holds against a marketing template in %s', async (_name, content, options) => {
    const app = await appWith();
    await said(app, 'STOP');
    app.advance(25 * HOUR);
    expect(['opted_out', 'session_closed']).toContain(await tried(app, content, options));
    await app.idle();
    expect(app.sandbox.requests().filter(({ fields }) => fields['type'] === 'template')).toEqual([]);
  });

  test('holds against what waits in the queue', async () => {
    const app = await appWith();
    app.sandbox.faults.next({ kind: 'throttled', retryAfterSeconds: 30 });
    const ids = [await app.sent('', { content: NEWS }), await app.sent('', { content: NEWS })];
    await eventually(() => app.sandbox.faults.pending() === 0, 'the first try');
    await app.idle();
    await said(app, 'STOP');
    app.advance(HOUR);
    for (const id of ids) expect(await app.reaches(id, 'failed')).toMatchObject({ error: { code: 'opted_out' } });
  });

  test('holds against what waited for the contact to write: it was asked before', async () => {
    const app = await appWith();
    const held = await app.sent('are you still there?', { ifSessionClosed: 'hold' });
    const campaign = await app.sent('sale', { ifSessionClosed: 'hold', purpose: 'campaign' });
    await writes(app, 'STOP');
    for (const id of [held, campaign])
      expect(await app.reaches(id, 'failed')).toMatchObject({ error: { code: 'opted_out' } });
    expect(texts(app)).toEqual([CONFIRMED]);
    app.advance(MINUTE);
    await writes(app, 'where is my parcel?');
    await app.reaches(await app.sent('on its way', { ifSessionClosed: 'hold' }), 'sent');
  });

  test('is undone by START, which says nothing to whoever said no stop', async () => {
    const app = await appWith();
    await writes(app, 'start');
    expect(preferences(app)).toEqual([]);
    await said(app, 'arrêt');
    app.advance(MINUTE);
    await writes(app, 'START');
    expect(preferences(app)).toMatchObject([{ value: 'stop' }, { value: 'resume', topic: 'all' }]);
    for (const content of [NEWS, NOTICE]) expect(await tried(app, content)).toBe('sent');
    expect(await tried(app, 'Sale!', { purpose: 'campaign' })).toBe('sent');
  });

  test.each<[string, [string, number][], string]>([
    [
      'an older stop after a newer start',
      [
        ['STOP', -9],
        ['START', -5],
        ['STOP', -7],
      ],
      'sent',
    ],
    [
      'an older start after a newer stop',
      [
        ['STOP', -9],
        ['STOP', -5],
        ['START', -7],
      ],
      'opted_out',
    ],
    [
      'a stop after a start',
      [
        ['STOP', -9],
        ['START', -7],
        ['STOP', -5],
      ],
      'opted_out',
    ],
    [
      'of one instant, the one that came last',
      [
        ['STOP', -9],
        ['START', -9],
      ],
      'sent',
    ],
  ])('counts by its time: %s', async (_name, words, expected) => {
    const app = await appWith();
    for (const [word, minute] of words) await said(app, word, minute);
    expect(await tried(app, NEWS)).toBe(expected);
  });

  test('is heard in a word that is an everyday one elsewhere only of those who write from where it says stop', async () => {
    const app = await appWith();
    const [indian, kenyan] = ['919876543210', '254712345678'];
    for (const from of [indian, kenyan]) await says(app, { from }, 'Acha');
    expect(await tried(app, NEWS, { to: `+${indian}` })).toBe('sent');
    expect(await tried(app, NEWS, { to: `+${kenyan}` })).toBe('opted_out');
  });

  test('that comes late is not confirmed', async () => {
    const app = await appWith();
    await writes(app, 'hello');
    await said(app, 'STOP', -6);
    expect(texts(app)).toEqual([]);
    expect(await tried(app, NEWS)).toBe('opted_out');
  });

  test('that a person answers is not confirmed by a program', async () => {
    const app = await appWith();
    await writes(app, 'hello');
    const { conversationId } = await app.message(await app.sent('I am a person', { author: 'human' }));
    await app.idle();
    await writes(app, 'STOP');
    expect(texts(app)).toEqual(['I am a person']);
    await app.call('PATCH', `/v1/conversations/${conversationId}`, { owner: 'bot' });
    expect(await tried(app, NEWS)).toBe('opted_out');
  });

  test('is heard in a sentence, in a caption, in what a message is changed into, and on the button of a template', async () => {
    const cases: [string, (app: App) => Promise<unknown>, object][] = [
      ['a sentence', (app) => writes(app, 'please stop texting me'), { certainty: 'likely' }],
      [
        'a caption',
        (app) =>
          posts(app, { from: ANA }, { type: 'image', image: { id: '1', mime_type: 'image/png', caption: 'stop' } }),
        {},
      ],
      [
        'an edit',
        async (app) => {
          const id = await said(app, 'hello');
          const message = { type: 'text', text: { body: 'unsubscribe' } };
          await posts(app, { from: ANA }, { type: 'edit', edit: { original_message_id: id, message } });
        },
        { keyword: 'unsubscribe' },
      ],
      [
        'a button',
        (app) => posts(app, { from: ANA }, { type: 'button', button: { payload: 'x', text: 'Unsubscribe' } }),
        {},
      ],
      [
        'its payload',
        (app) => posts(app, { from: ANA }, { type: 'button', button: { payload: 'STOP', text: 'No, thanks' } }),
        {},
      ],
      [
        "Meta's own label",
        (app) => posts(app, { from: ANA }, { type: 'button', button: { payload: 'x', text: 'Stop promotions' } }),
        { topic: 'marketing' },
      ],
    ];
    for (const [name, act, expected] of cases) {
      const app = await appWith();
      await act(app);
      expect([name, preferences(app)]).toMatchObject([name, [{ topic: 'all', value: 'stop', ...expected }]]);
      expect([name, await tried(app, NEWS)]).toEqual([name, 'opted_out']);
      await closeApps();
    }
  });

  test.each<[string, string, (app: App) => Promise<unknown>]>([
    ['a choice that was offered', '4915112345678', async (app) => offers(app, '4915112345678')],
    [
      'a tap on a button that was offered',
      ANA,
      async (app) => {
        await posts(
          app,
          { from: ANA },
          { type: 'interactive', interactive: { type: 'button_reply', button_reply: { id: 'c', title: 'Cancel' } } },
        );
      },
    ],
    [
      'a template button that only cancels',
      ANA,
      async (app) => {
        await posts(app, { from: ANA }, { type: 'button', button: { payload: 'x', text: 'Cancel' } });
      },
    ],
    ['what it is said in', ANA, (app) => said(app, 'when does the bus stop?')],
    [
      'what the business says',
      ANA,
      async (app) => {
        const echo = {
          from: '15550783881',
          to: ANA,
          id: 'wamid.e',
          timestamp: String(app.clock.now() / 1000),
          type: 'text',
          text: { body: 'STOP' },
        };
        await postsChange(app, 'smb_message_echoes', { message_echoes: [echo] });
      },
    ],
  ])('is not heard in %s', async (_name, _who, act) => {
    const app = await appWith();
    await act(app);
    expect(preferences(app)).toEqual([]);
  });

  /** The business asks, and the contact answers in words. */
  async function offers(app: App, who: string): Promise<void> {
    await says(app, { from: who }, 'hi');
    const buttons = [
      { id: 'k', title: 'Keep' },
      { id: 'c', title: 'Cancel' },
    ];
    await app.sent('', { to: `+${who}`, content: { type: 'buttons', text: 'Well?', buttons } });
    await app.idle();
    await says(app, { from: who }, 'cancel');
  }

  test('is a revocation from a number of the US, whatever it was offered as', async () => {
    const app = await appWith();
    await offers(app, '12025551234');
    expect(preferences(app)).toMatchObject([{ value: 'stop', keyword: 'cancel' }]);
  });

  test('is the answer of a workflow that waits for one', async () => {
    const app = await appWith();
    await writes(app, 'hi');
    const waiter = await app.receiver();
    const until = new Date(app.clock.now() + HOUR).toISOString();
    await app.sent('More news?', { wait: { url: waiter.url, until } });
    await app.idle();
    app.advance(1_000);
    await writes(app, 'stop');
    expect((await waiter.took(1)).map(({ message }) => message?.content)).toMatchObject([{ text: 'stop' }]);
    expect(await tried(app, NEWS)).toBe('opted_out');
  });
});

describe('the setting of an account', () => {
  test.each<[string, string, string[]]>([
    ['off', 'sent', []],
    ['marketing', 'opted_out', ['marketing']],
    ['all', 'opted_out', ['all']],
  ])('%s', async (stopWords, news, topics) => {
    const app = await appWith({ stopWords });
    await writes(app, 'STOP');
    expect(preferences(app).map(({ topic }) => topic)).toEqual(topics);
    expect(await tried(app, NEWS)).toBe(news);
    expect(await tried(app, NOTICE)).toBe(stopWords === 'all' ? 'opted_out' : 'sent');
    const account = (await app.call('GET', `/v1/accounts/${app.account.id}`)).body as { settings: object };
    expect(account.settings).toMatchObject({ stopWords });
  });

  test('that there is not is refused by its field', async () => {
    const app = await startApp();
    const settings = sandboxSettings(app.sandbox, { stopWords: 'never', appId: 5 });
    expect(await app.call('PUT', `/v1/accounts/whatsapp/${ACCOUNT.externalId}`, { settings })).toMatchObject({
      status: 400,
      body: { code: 'invalid_settings', errors: [{ field: 'appId' }, { field: 'stopWords' }] },
    });
  });
});

describe('the provider’s own stop', () => {
  test('is about marketing and that account; a word reaches all', async () => {
    const app = await appWith();
    const other = { channel: 'whatsapp', externalId: '222' };
    await app.call('PUT', '/v1/accounts/whatsapp/222', {
      settings: sandboxSettings(app.sandbox, { phoneNumberId: '222' }),
    });
    await wish(app, 'stop');
    expect(preferences(app)).toHaveLength(1);
    expect(texts(app)).toEqual([]);
    expect(await tried(app, NEWS)).toBe('opted_out');
    expect(await tried(app, NOTICE)).toBe('sent');
    expect(await tried(app, NEWS, { account: other })).toBe('sent');
    await said(app, 'STOP');
    expect(await tried(app, NEWS, { account: other })).toBe('opted_out');
    app.advance(MINUTE);
    await said(app, 'START');
    expect(await tried(app, NEWS, { account: other })).toBe('sent');
    // What was told to the provider is taken back with the provider.
    expect(await tried(app, NEWS)).toBe('opted_out');
    await wish(app, 'resume');
    expect(await tried(app, NEWS)).toBe('sent');
  });

  test('that is told by a refusal counts from then on, for marketing', async () => {
    const app = await appWith();
    const held = await app.sent('later', { ifSessionClosed: 'hold' });
    const about = { id: 'wamid.1', recipient_id: ANA, biz_opaque_callback_data: held };
    const errors = [{ code: 131050, title: 'User stopped marketing messages' }];
    await postsChange(app, 'messages', {
      messaging_product: 'whatsapp',
      statuses: [{ ...about, status: 'failed', timestamp: String(app.clock.now() / 1000), errors }],
    });
    expect(await app.message(held)).toMatchObject({ status: 'failed', error: { code: 'opted_out' } });
    expect(await tried(app, NEWS)).toBe('opted_out');
    expect(await tried(app, NOTICE)).toBe('sent');
  });

  test('and one of ours, refused by ourselves, keep their dates', async () => {
    const app = await appWith();
    app.sandbox.faults.next({ kind: 'throttled', retryAfterSeconds: 30 });
    const id = await app.sent('', { content: NEWS, purpose: 'campaign' });
    await eventually(() => app.sandbox.faults.pending() === 0, 'the first try');
    await app.idle();
    await wish(app, 'stop', -5);
    app.advance(HOUR);
    await app.reaches(id, 'failed');
    // It was said before the refusal, and after the stop.
    await wish(app, 'resume', -61);
    expect(await tried(app, NEWS)).toBe('sent');
  });
});

describe('erasure', () => {
  const erase = async (app: App, address = ANA) => {
    const answer = await app.call('DELETE', `/v1/contacts?channel=whatsapp&address=%2B${address}`);
    expect(answer.status).toBe(202);
    await app.idle();
  };

  test('leaves the stop, and not a word of the person', async () => {
    const app = await appWith();
    await said(app, 'STOP');
    await erase(app);
    for (const content of [NEWS, NOTICE]) expect(await tried(app, content)).toBe('opted_out');
    expect(codes(await ask(app, { purpose: 'campaign' }))).toContain('opted_out');
    const rows = JSON.stringify([...app.rows('SELECT * FROM suppressions'), ...app.rows('SELECT * FROM cursors')]);
    expect(rows).not.toContain(ANA);
    expect(await tried(app, 'Sale!', { purpose: 'campaign', to: `+${BEN}`, ifSessionClosed: 'hold' })).toBe('sent');
  });

  test('leaves the stop under every spelling, and on every channel that has the number', async () => {
    const [theirs, ours] = ['5215512345678', '525512345678'];
    const app = await appWith();
    await says(app, { from: theirs ?? '' }, 'BAJA');
    await erase(app, ours);
    expect(await tried(app, NEWS, { to: `+${ours}` })).toBe('opted_out');
    const twilio = await startTwilioApp('sms');
    const settings = twilioSettings('sms', twilio.sandbox.url);
    const account = { channel: 'twilio_sms', externalId: String(settings['from']) };
    await app.call('PUT', `/v1/accounts/twilio_sms/${encodeURIComponent(account.externalId)}`, { settings });
    expect(await tried(app, 'Sale!', { account, to: `+${ours}`, purpose: 'campaign' })).toBe('opted_out');
  });

  test('forgets who wants messages', async () => {
    const app = await appWith();
    await said(app, 'STOP', -5);
    await said(app, 'START', -4);
    await erase(app);
    expect(app.rows('SELECT * FROM suppressions')).toEqual([]);
    expect(await tried(app, NEWS)).toBe('sent');
  });

  test('a stop of before there were suppressions holds, is taken back, and outlives erasure', async () => {
    const app = await appWith();
    const stopped = (at: number | null) =>
      app.service.ledger.write(async ({ db }) => {
        await db.updateTable('contacts').set({ marketingStoppedAt: at }).execute();
      });
    await said(app, 'hello');
    await stopped(app.clock.now() - HOUR);
    expect(await tried(app, NEWS)).toBe('opted_out');
    await wish(app, 'resume', -90);
    expect(await tried(app, NEWS)).toBe('opted_out');
    await wish(app, 'resume', -1);
    expect(await tried(app, NEWS)).toBe('sent');
    await stopped(app.clock.now());
    await erase(app);
    expect(await tried(app, NEWS)).toBe('opted_out');
  });
});

describe('people', () => {
  test('who change their number want the same as before', async () => {
    const app = await appWith();
    await said(app, 'STOP');
    const system = { type: 'user_changed_number', body: 'changed', wa_id: BEN };
    await posts(app, { from: ANA }, { type: 'system', system });
    expect(await tried(app, NEWS, { to: `+${BEN}` })).toBe('opted_out');
  });

  test('who lose their number to somebody else still want no more', async () => {
    const app = await appWith();
    await said(app, 'STOP');
    await says(app, { from: ANA, from_user_id: 'US.1001' }, 'and my user name');
    await says(app, { from: ANA, from_user_id: 'US.2002' }, 'hello, this number is mine now');
    expect(await tried(app, NEWS, { to: 'US.1001' })).toBe('opted_out');
  });

  test('who turn out to be one said it both', async () => {
    const app = await appWith();
    await says(app, { from_user_id: 'US.1001' }, 'STOP');
    expect(await tried(app, NEWS)).toBe('sent');
    await says(app, { from: ANA, from_user_id: 'US.1001' }, 'it is me');
    expect(await tried(app, NEWS)).toBe('opted_out');
  });
});

describe('the category of a template', () => {
  test('is asked of the provider once, when somebody said stop, and again when it changed', async () => {
    const app = await appWith();
    const asked = () => app.sandbox.requests().filter(({ path }) => path.includes('/message_templates')).length;
    expect(await tried(app, NEWS)).toBe('sent');
    await app.idle();
    expect(asked()).toBe(0);
    await said(app, 'STOP');
    for (let time = 0; time < 3; time++) expect(await tried(app, NEWS)).toBe('opted_out');
    expect(asked()).toBe(1);
    await postsChange(app, 'template_category_update', {
      message_template_name: 'news',
      message_template_language: 'en_US',
      new_category: 'UTILITY',
    });
    await tried(app, NEWS);
    expect(asked()).toBe(2);
    app.advance(2 * DAY);
    await tried(app, NEWS);
    expect(asked()).toBe(3);
  });

  test('that nobody tells is taken for marketing', async () => {
    const app = await appWith();
    await said(app, 'STOP');
    app.sandbox.faults.next({ kind: 'unavailable', on: 'any', times: 9 });
    const { body } = await app.send('', { content: NOTICE });
    expect(body).toMatchObject({ code: 'opted_out', detail: expect.stringMatching(/does not tell now/) as string });
  });

  test('of a code to sign in with is nobody’s stop', async () => {
    const app = await appWith();
    app.sandbox.templates.seed({
      name: 'code',
      category: 'AUTHENTICATION',
      components: [
        { type: 'BODY', add_security_recommendation: true },
        { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] },
      ],
    } as never);
    await said(app, 'STOP');
    expect(await tried(app, CODE)).toBe('sent');
  });
});

describe.each(['messenger', 'instagram'] as const)('on %s', (platform) => {
  test('a word is heard, confirmed, and holds after erasure', async () => {
    const meta = await startMetaApp(platform);
    const workflow = await meta.listen({ events: ['contact.preference'] });
    const from = '24681012141618';
    await meta.customer.sends({ from, text: 'afmeld' });
    const [event] = await workflow.took(1);
    expect(event?.data).toMatchObject({ topic: 'all', value: 'stop', certainty: 'exact' });
    await meta.app.idle();
    expect(meta.listReceivedMessages()).toHaveLength(1);
    expect(await meta.send({ type: 'text', text: 'Sale!' }, { purpose: 'campaign' })).toMatchObject({
      body: { code: 'opted_out' },
    });
    expect(await meta.send({ type: 'text', text: 'How can we help?' })).toMatchObject({ status: 202 });
    const { externalId } = meta.account;
    await meta.app.call('DELETE', `/v1/contacts?channel=${platform}&externalId=${externalId}&address=${from}`);
    await meta.app.idle();
    expect(await meta.send({ type: 'text', text: 'Sale!' }, { purpose: 'campaign' })).toMatchObject({
      body: { code: 'opted_out' },
    });
  });
});

describe('by SMS', () => {
  const TO = '15550001111';
  const asked = async (app: App, externalId: string) => {
    const query = new URLSearchParams({ channel: 'twilio_sms', externalId, to: `+${TO}`, kind: 'text' });
    return codes((await app.call('GET', `/v1/permission?${query}`)).body as Permission);
  };

  test('a stop that Twilio keeps is told once, is not confirmed twice, and refuses every message at once', async () => {
    const { app, sandbox, listen, send, account } = await startTwilioApp('sms');
    const workflow = await listen({ events: ['contact.preference'] });
    for (const word of ['STOP', ' stopall ', 'Cancel']) {
      await sandbox.customer.sends({ from: TO, text: word });
      await app.idle();
    }
    expect(preferences(app)).toHaveLength(3);
    expect((await workflow.took(3)).map(({ data }) => data)).toMatchObject([
      { topic: 'all', value: 'stop', keyword: 'STOP' },
      {},
      {},
    ]);
    expect(preferences(app)[0]).not.toHaveProperty('certainty');
    expect(sandbox.listReceivedMessages()).toEqual([]);
    expect(await asked(app, account.externalId)).toEqual(['opted_out']);
    expect(await send('about your order')).toMatchObject({ status: 409, body: { code: 'opted_out' } });
    app.advance(1_000);
    await sandbox.customer.sends({ from: TO, text: 'START' });
    await app.idle();
    expect(await asked(app, account.externalId)).toEqual([]);
    expect(await send('welcome back')).toMatchObject({ status: 202 });
  });

  test('a stop that Twilio does not know is read, confirmed, and lets only answers through', async () => {
    const { app, sandbox, send } = await startTwilioApp('sms');
    await sandbox.customer.sends({ from: TO, text: 'Abmelden' });
    await app.idle();
    expect(preferences(app)).toMatchObject([{ topic: 'all', certainty: 'exact', keyword: 'Abmelden' }]);
    expect(sandbox.listReceivedMessages()).toMatchObject([
      { body: expect.stringMatching(/^Sie erhalten keine/) as string },
    ]);
    app.advance(6 * MINUTE);
    expect(await send('Your parcel is here')).toMatchObject({ status: 409, body: { code: 'opted_out' } });
    await sandbox.customer.sends({ from: TO, text: 'where is it?' });
    await app.idle();
    expect(await send('It is here')).toMatchObject({ status: 202 });
    expect(await send('Sale!', { purpose: 'campaign' })).toMatchObject({ status: 409 });
  });

  test('a refusal of Twilio refuses every message from then on', async () => {
    const { app, sandbox, sent, reaches, account, listen } = await startTwilioApp('sms');
    const before = await listen();
    await sandbox.customer.sends({ from: TO, text: 'hi' });
    await before.took(1);
    // Somewhere else, nobody here hears of it.
    sandbox.subscribe(`${account.webhookUrl}-gone`);
    await sandbox.customer.sends({ from: TO, text: 'STOP' });
    sandbox.subscribe(account.webhookUrl);
    expect(await asked(app, account.externalId)).toEqual([]);
    await reaches(await sent('one'), 'failed');
    expect(await asked(app, account.externalId)).toEqual(['opted_out']);
  });
});
