/** Twilio through the whole service: what people write reaches workflows, what workflows say arrives once. */
import { TWILIO_DEFAULTS } from '../../sandbox/twilio/defaults.ts';
import { signatureOf } from '../../sandbox/twilio/webhooks.ts';
import { HOUR, MINUTE } from '../../support/app.ts';
import { SMS_TEXT } from '../../channels/twilio/fixtures/webhooks.ts';
import { ANA, closeTwilioApps, startTwilioApp, type TwilioApp } from './twilio-fixture.ts';

afterEach(closeTwilioApps);

const LINES = [['sms'], ['whatsapp']] as const;
const BUTTONS = [
  { id: 'yes', title: 'Yes' },
  { id: 'no', title: 'No' },
];

/** The person writes, and the workflow has it. */
async function greeted(twilio: TwilioApp): Promise<TwilioApp> {
  await twilio.sandbox.customer.sends({ from: ANA, text: 'hi' });
  await twilio.app.idle();
  return twilio;
}

const accepted = ({ sandbox }: TwilioApp) => sandbox.listReceivedMessages();
const requestsTo = ({ sandbox }: TwilioApp, end: string) =>
  sandbox.requests().filter(({ path, method }) => `${method} ${path}`.endsWith(end));

describe('what people write', () => {
  test.each(LINES)('by %s is an event, once', async (line) => {
    const twilio = await startTwilioApp(line);
    const workflow = await twilio.listen();
    const { id, delivery } = await twilio.sandbox.customer.sends({
      from: ANA,
      name: 'Ana',
      text: 'Olá 👋 1+1=2 & more',
    });
    expect(delivery?.outcome).toBe('delivered');
    const [event] = await workflow.took(1);
    const address = line === 'sms' ? `+${ANA}` : ANA;
    expect(event).toMatchObject({
      ...{ type: 'message.received', channel: `twilio_${line}`, account: { id: twilio.account.id } },
      contact: { identities: [{ kind: 'phone', address }], ...(line === 'whatsapp' && { name: 'Ana' }) },
      message: { providerMessageId: id, content: { type: 'text', text: 'Olá 👋 1+1=2 & more' } },
    });
    if (line === 'whatsapp') expect(event?.session).toMatchObject({ open: true, openedBy: 'message' });
    await Promise.all(twilio.sandbox.redeliver(1).map(({ done }) => done));
    await twilio.app.idle();
    expect(workflow.taken()).toHaveLength(1);
  });

  test('is answered with TwiML that says nothing', async () => {
    const twilio = await startTwilioApp('sms');
    const url = twilio.account.webhookUrl;
    const form = { ...SMS_TEXT, To: TWILIO_DEFAULTS.smsNumber };
    const signature = signatureOf(TWILIO_DEFAULTS.authToken, url, Object.entries(form));
    const answer = await fetch(url, {
      ...{ method: 'POST', body: new URLSearchParams(form) },
      headers: { 'x-twilio-signature': signature },
    });
    expect(answer.headers.get('content-type')).toBe('text/xml');
    expect(await answer.text()).toBe('<?xml version="1.0" encoding="UTF-8"?><Response/>');
  });

  test('with several files is one message, whose files can be fetched', async () => {
    const twilio = await startTwilioApp('sms');
    const workflow = await twilio.listen();
    const files = [
      { mimeType: 'image/jpeg', content: 'picture' },
      { mimeType: 'text/vcard', content: 'card' },
    ];
    await twilio.sandbox.customer.sends({ from: ANA, files });
    const [event] = await workflow.took(1);
    const content = event?.message?.content;
    if (content?.type !== 'image') throw new Error(`It became ${content?.type}`);
    const ids = [content.media.id, ...(content.more ?? []).map(({ media }) => media.id)];
    const texts = await Promise.all(ids.map(async (id) => (await twilio.app.call('GET', `/v1/media/${id}`)).text));
    expect(texts).toEqual(['picture', 'card']);
  });

  test('STOP is a wish, and no campaign reaches them any more', async () => {
    const twilio = await startTwilioApp('sms');
    const workflow = await twilio.listen({ events: ['message.received', 'contact.preference'] });
    await twilio.sandbox.customer.sends({ from: ANA, text: 'STOP' });
    const events = await workflow.took(2);
    expect(events.map(({ type }) => type)).toEqual(['message.received', 'contact.preference']);
    expect(events[1]?.data).toMatchObject({ topic: 'all', value: 'stop', keyword: 'STOP' });
    const campaign = await twilio.send('Sale!', { purpose: 'campaign' });
    expect(campaign.body).toMatchObject({ code: 'opted_out' });
    expect((await twilio.send('about your order')).body).toMatchObject({ code: 'opted_out' });
    await twilio.sandbox.customer.sends({ from: ANA, text: 'START' });
    await workflow.took(4);
    await twilio.reaches(await twilio.sent('welcome back'), 'delivered');
  });
});

describe('what workflows say', () => {
  test.each([
    ['sms', ['sent', 'delivered']],
    ['whatsapp', ['sent', 'delivered', 'read']],
  ] as const)('by %s is sent once and climbs', async (line, statuses) => {
    const twilio = await greeted(await startTwilioApp(line));
    const workflow = await twilio.listen({ events: ['message.status'] });
    const id = await twilio.sent('hello');
    const events = await workflow.took(statuses.length);
    expect(events.map(({ status }) => status?.status)).toEqual(statuses);
    expect(events.map(({ status }) => status?.id)).toEqual(statuses.map(() => id));
    expect(twilio.sandbox.acceptedCountFor(id)).toBe(1);
  });

  test('statuses that come back to front end at the highest', async () => {
    const twilio = await greeted(await startTwilioApp('whatsapp', { statusOrder: 'reversed' }));
    const id = await twilio.sent('hello');
    await twilio.reaches(id, 'read');
    await twilio.app.idle();
    expect(await twilio.app.message(id)).toMatchObject({ status: 'read' });
  });

  test('buttons are stored once, and a tap says which message it answers', async () => {
    const twilio = await greeted(await startTwilioApp('whatsapp'));
    const workflow = await twilio.listen();
    const id = await twilio.sent({ type: 'buttons', text: 'Tea?', buttons: BUTTONS });
    await twilio.reaches(id, 'read');
    await twilio.reaches(await twilio.sent({ type: 'buttons', text: 'Milk?', buttons: BUTTONS }), 'read');
    expect(twilio.sandbox.contents.list()).toHaveLength(1);
    expect(requestsTo(twilio, 'POST /v1/Content')).toHaveLength(1);
    const [tea] = accepted(twilio);
    expect(tea?.rendered).toMatchObject({ body: 'Tea?', actions: [{ id: 'yes', title: 'Yes' }, { id: 'no' }] });
    await twilio.sandbox.customer.taps({ messageId: tea?.sid ?? '', choice: 'Yes' });
    const [tap] = await workflow.took(1);
    expect(tap?.message).toMatchObject({
      content: { type: 'button', buttonId: 'yes', text: 'Yes', source: 'message' },
      replyTo: id,
    });
  });

  test('by SMS buttons are a numbered text when that is allowed, and the answer is a tap', async () => {
    const twilio = await greeted(await startTwilioApp('sms'));
    const workflow = await twilio.listen();
    const asked = { type: 'buttons' as const, text: 'Tea?', buttons: BUTTONS };
    expect((await twilio.send(asked)).body).toMatchObject({ code: 'unsupported_by_channel' });
    const id = await twilio.sent(asked, { degrade: true });
    await twilio.reaches(id, 'delivered');
    expect(accepted(twilio)[0]?.body).toMatch(/Tea\?[^]*1[^]*Yes[^]*2[^]*No/);
    await twilio.sandbox.customer.sends({ from: ANA, text: '1' });
    const [answer] = await workflow.took(1);
    expect(answer?.message?.content).toMatchObject({ type: 'button', buttonId: 'yes' });
  });

  test('a closed session is refused at once, and a template goes out instead', async () => {
    const twilio = await startTwilioApp('whatsapp');
    const types = { 'twilio/text': { body: 'Dear {{1}}, we have news.' } };
    twilio.sandbox.contents.seed({ friendlyName: 'news', variables: { 1: 'Ana' }, types, category: 'UTILITY' });
    expect((await twilio.send('hello')).body).toMatchObject({ code: 'session_closed' });
    const body = [{ name: '1', type: 'text' as const, text: 'Ben' }];
    const template = { type: 'template' as const, name: 'news', language: 'en', body };
    await twilio.reaches(await twilio.sent('hello', { ifSessionClosed: { template } }), 'read');
    expect(accepted(twilio).map(({ body: said }) => said)).toEqual(['Dear Ben, we have news.']);
  });

  test.each(['at_once', 'by_status'] as const)(
    'a session that Twilio says is closed (%s) ends the message',
    async (windowErrors) => {
      const twilio = await greeted(await startTwilioApp('whatsapp', { windowErrors }));
      twilio.app.advance(23 * HOUR);
      // Twilio's window began earlier than ours.
      twilio.sandbox.forget(`+${ANA}`);
      const view = await twilio.reaches(await twilio.sent('hello'), 'failed');
      expect(view.error).toMatchObject({ code: 'session_closed', providerCode: '63016' });
    },
  );

  test('a rate limit is waited out', async () => {
    const twilio = await greeted(await startTwilioApp('sms'));
    twilio.sandbox.faults.next({ kind: 'throttled', retryAfterSeconds: 5 });
    const id = await twilio.sent('hello');
    await twilio.app.idle();
    expect(accepted(twilio)).toEqual([]);
    twilio.app.advance(10_000);
    await twilio.reaches(id, 'delivered');
    expect(twilio.sandbox.acceptedCountFor(id)).toBe(1);
  });

  test('a scheduled message can be cancelled', async () => {
    const { messagingServiceSid } = TWILIO_DEFAULTS;
    const twilio = await startTwilioApp('sms', { account: { messagingServiceSid } });
    const sendAt = new Date(twilio.app.clock.now() + HOUR).toISOString();
    const id = await twilio.sent('later', { options: { sendAt } });
    const { providerMessageId } = await twilio.reaches(id, 'sent');
    expect(accepted(twilio)[0]).toMatchObject({ status: 'scheduled', messagingServiceSid });
    const answer = await twilio.act('message.cancel', { messageId: providerMessageId });
    expect(answer).toMatchObject({ status: 200, body: { result: { status: 'canceled' } } });
    await twilio.reaches(id, 'failed');
    expect((await twilio.act('message.cancel', { messageId: 'x' })).status).toBe(400);
  });

  test('a message is marked as read', async () => {
    const twilio = await startTwilioApp('whatsapp');
    const workflow = await twilio.listen();
    const { id } = await twilio.sandbox.customer.sends({ from: ANA, text: 'hi' });
    const [event] = await workflow.took(1);
    const { account } = twilio;
    const ref = { channel: account.channel, externalId: account.externalId };
    const body = { account: ref, messageId: event?.message?.id, typing: true };
    expect((await twilio.app.call('POST', '/v1/messages/read', body)).body).toEqual({ read: true });
    expect(twilio.sandbox.listReadMarks()).toMatchObject([{ messageSid: id }]);
  });
});

describe('an answer that never came', () => {
  test.each(LINES)('by %s is settled by the status, which names our message', async (line) => {
    const twilio = await greeted(await startTwilioApp(line));
    twilio.sandbox.faults.next({ kind: 'answer_dropped' });
    const id = await twilio.sent('hello');
    await twilio.reaches(id, line === 'sms' ? 'delivered' : 'read');
    expect(twilio.sandbox.acceptedCountFor(id)).toBe(1);
  });

  test.each(LINES)('by %s is found in the list when no status comes', async (line) => {
    const twilio = await greeted(await startTwilioApp(line, { autoStatuses: [] }));
    await twilio.reaches(await twilio.sent('hello'), 'sent');
    twilio.sandbox.faults.next({ kind: 'answer_dropped' });
    const id = await twilio.sent('hello');
    await twilio.reaches(id, 'uncertain');
    twilio.app.advance(10_000);
    const { providerMessageId } = await twilio.reaches(id, 'sent');
    expect(providerMessageId).toBe(accepted(twilio)[1]?.sid);
    expect(accepted(twilio)).toHaveLength(2);
  });

  test('of a scheduled message, for which no number is chosen yet, makes no second one', async () => {
    const { messagingServiceSid } = TWILIO_DEFAULTS;
    const twilio = await startTwilioApp('sms', { account: { messagingServiceSid } });
    const sendAt = new Date(twilio.app.clock.now() + HOUR).toISOString();
    twilio.sandbox.faults.next({ kind: 'answer_dropped' });
    const id = await twilio.sent('later', { options: { sendAt } });
    await twilio.reaches(id, 'uncertain');
    twilio.app.advance(3 * MINUTE);
    const { providerMessageId } = await twilio.reaches(id, 'sent');
    expect(accepted(twilio)).toMatchObject([{ sid: providerMessageId, status: 'scheduled' }]);
  });

  test('of a request that never arrived is sent again, once that is certain', async () => {
    const twilio = await greeted(await startTwilioApp('sms'));
    twilio.sandbox.faults.next({ kind: 'connection_dropped' });
    const id = await twilio.sent('hello');
    await twilio.reaches(id, 'uncertain');
    twilio.app.advance(10_000);
    await twilio.app.idle();
    expect(await twilio.app.message(id)).toMatchObject({ status: 'uncertain' });
    for (let minute = 0; minute < 6; minute++) {
      twilio.app.advance(MINUTE);
      await twilio.app.idle();
    }
    await twilio.reaches(id, 'delivered');
    expect(twilio.sandbox.acceptedCountFor(id)).toBe(1);
  });
});

describe('behind a proxy', () => {
  const PUBLIC = 'https://hooks.example.com/parley';

  /** As the proxy passes it on: to the service's own address. */
  async function passedOn(twilio: TwilioApp, signedFor: string): Promise<number> {
    const path = new URL(twilio.account.webhookUrl).pathname.replace('/parley', '');
    const form = { ...SMS_TEXT, To: TWILIO_DEFAULTS.smsNumber };
    const answer = await fetch(`${twilio.app.url}${path}`, {
      ...{ method: 'POST', body: new URLSearchParams(form) },
      headers: {
        'x-twilio-signature': signatureOf(TWILIO_DEFAULTS.authToken, signedFor, Object.entries(form)),
        'x-forwarded-host': 'evil.example',
      },
    });
    return answer.status;
  }

  test('the public URL is what was signed, and where statuses go', async () => {
    const twilio = await startTwilioApp('sms', { env: { PARLEY_PUBLIC_URL: PUBLIC }, autoStatuses: [] });
    const { webhookUrl } = twilio.account;
    expect(webhookUrl).toMatch(/^https:\/\/hooks\.example\.com\/parley\/webhooks\/twilio_sms\//);
    expect(await passedOn(twilio, webhookUrl)).toBe(200);
    expect(await passedOn(twilio, webhookUrl.replace('https', 'http'))).toBe(401);
    expect(await passedOn(twilio, `${twilio.app.url}${new URL(webhookUrl).pathname}`)).toBe(401);
    await twilio.reaches(await twilio.sent('hello'), 'sent');
    expect(accepted(twilio)[0]?.statusCallback).toMatch(/^https:\/\/hooks\.example\.com\/parley\/.*\?message=msg_/);
  });
});

test('registering an account sets up its number', async () => {
  const twilio = await startTwilioApp('sms', { env: { PARLEY_PUBLIC_URL: 'https://hooks.example.com' } });
  expect(twilio.account.provisioning).toEqual([
    { step: 'settings', ok: true },
    { step: 'account', ok: true },
    { step: 'number', ok: true },
  ]);
  expect(twilio.sandbox.configured().numbers[0]).toMatchObject({ smsUrl: `${twilio.account.webhookUrl}#rc=5&rp=all` });
  expect(JSON.stringify(twilio.account)).not.toContain(TWILIO_DEFAULTS.authToken);
});

test('several accounts of one Messaging Service get what is written to their own number', async () => {
  const { messagingServiceSid, accountSid, authToken, shortCode } = TWILIO_DEFAULTS;
  const twilio = await startTwilioApp('sms', { account: { messagingServiceSid } });
  const other = await twilio
    .listen({ account: { channel: 'twilio_sms', externalId: shortCode } })
    .catch(() => undefined);
  expect(other).toBeUndefined();
  const settings = { accountSid, authToken, messagingServiceSid, from: shortCode, baseUrl: twilio.sandbox.url };
  await twilio.app.call('PUT', `/v1/accounts/twilio_sms/${shortCode}`, { settings });
  const workflow = await twilio.listen({ account: { channel: 'twilio_sms', externalId: shortCode } });
  // The service's one URL leads to the first account.
  const url = twilio.account.webhookUrl;
  const delivery = twilio.sandbox.webhooks.post(url, { ...SMS_TEXT, To: shortCode });
  await delivery.done;
  const [event] = await workflow.took(1);
  expect(event?.account.externalId).toBe(shortCode);
});

test('a number and the Messaging Service it is in share a URL, and each is told of what it sent itself', async () => {
  const twilio = await startTwilioApp('sms');
  const { accountSid, authToken, messagingServiceSid } = TWILIO_DEFAULTS;
  const account = { channel: 'twilio_sms', externalId: messagingServiceSid };
  const settings = { accountSid, authToken, messagingServiceSid, baseUrl: twilio.sandbox.url };
  const path = `/v1/accounts/${account.channel}/${account.externalId}`;
  const { body } = await twilio.app.call('PUT', path, { settings });
  expect(body).toMatchObject({ webhookUrl: twilio.account.webhookUrl });
  const ids = [await twilio.sent('by the number'), await twilio.sent('by the service', { account })];
  for (const id of ids) await twilio.reaches(id, 'delivered');
  const [number, service] = [await twilio.listen(), await twilio.app.listen({ account })];
  await twilio.sandbox.customer.sends({ from: ANA, text: 'to the number' });
  expect(await number.took(1)).toMatchObject([{ message: { content: { text: 'to the number' } } }]);
  await twilio.app.idle();
  expect(service.taken()).toEqual([]);
});
