/** The stand-in itself: as strict as Twilio, with Twilio's codes. */
import { TWILIO_DEFAULTS } from './defaults.ts';
import { manualClock } from '../kit/clock.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../kit/webhook-receiver.ts';
import { startTwilioSandbox, type TwilioSandbox } from './sandbox.ts';
import { signatureOf } from './webhooks.ts';

const { accountSid, authToken, apiKeySid, apiKeySecret, smsNumber, whatsappSender, messagingServiceSid } =
  TWILIO_DEFAULTS;
const ANA = '+15550001111';
const NOW = Date.UTC(2026, 0, 1);
const clock = manualClock(NOW);

let sandbox: TwilioSandbox;
let receiver: WebhookReceiver;
beforeEach(async () => {
  clock.set(NOW);
  receiver = await startWebhookReceiver(() => ({ status: 404 }));
  sandbox = await startTwilioSandbox({ clock, line: 'sms', webhookUrl: receiver.url, webhookRetryDelaysMs: [] });
});
afterEach(async () => {
  await sandbox.close();
  await receiver.close();
});

const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

interface Asked {
  method?: string;
  form?: Record<string, string> | [string, string][];
  json?: unknown;
  auth?: string;
}

async function ask(path: string, { method, form, json, auth = basic(accountSid, authToken) }: Asked = {}) {
  const answer = await fetch(`${sandbox.url}${path}`, {
    method: method ?? (form || json ? 'POST' : 'GET'),
    redirect: 'manual',
    headers: { authorization: auth, ...(json !== undefined && { 'content-type': 'application/json' }) },
    ...(form && { body: new URLSearchParams(form) }),
    ...(json !== undefined && { body: JSON.stringify(json) }),
  });
  const text = await answer.text();
  const body = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {};
  return { status: answer.status, headers: answer.headers, body, code: body['code'] };
}

const ACCOUNT = `/2010-04-01/Accounts/${accountSid}`;
const send = (form: Record<string, string>) =>
  ask(`${ACCOUNT}/Messages.json`, { form: { To: ANA, From: smsNumber, Body: 'hi', ...form } });
const WHATSAPP = { To: `whatsapp:${ANA}`, From: `whatsapp:${whatsappSender}` };
const inMinutes = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString();

test.each([
  ['the token', basic(accountSid, authToken), 201],
  ['an API key', basic(apiKeySid, apiKeySecret), 201],
  ['another token', basic(accountSid, 'x'), 401],
  ['the token of another account', basic('AC9', authToken), 401],
  ['nothing', '', 401],
])('calls are made with %s', async (_name, auth, status) => {
  const form = { To: ANA, From: smsNumber, Body: 'hi' };
  const answer = await ask(`${ACCOUNT}/Messages.json`, { form, auth });
  expect(answer.status).toBe(status);
  if (status === 401) expect(answer.body).toMatchObject({ code: 20003, status: 401, message: 'Authenticate' });
});

test.each<[string, Record<string, string>, number]>([
  ['no recipient', { To: '' }, 21604],
  ['no number', { To: 'Ana' }, 21211],
  ['no sender', { From: '' }, 21603],
  ["someone else's number", { From: '+15559999999' }, 21606],
  ["someone else's WhatsApp sender", { ...WHATSAPP, From: 'whatsapp:+15559999999' }, 63007],
  ['two channels', { To: WHATSAPP.To }, 21910],
  ['an unknown service', { MessagingServiceSid: 'MG9' }, 21705],
  ['no text', { Body: '' }, 21602],
  ['a long text', { Body: 'x'.repeat(1_601) }, 21617],
  ['a file without a URL', { MediaUrl: 'a.png' }, 21620],
  ['an unknown content', { ContentSid: 'HX9' }, 21655],
  ['a validity that is too long', { ValidityPeriod: '36001' }, 21624],
  ['a callback that is no URL', { StatusCallback: 'x' }, 21609],
  ['a schedule without a time', { ScheduleType: 'fixed' }, 35111],
  ['a schedule without a service', { ScheduleType: 'fixed', SendAt: inMinutes(20) }, 35118],
  [
    'a schedule that is too soon',
    { ScheduleType: 'fixed', SendAt: inMinutes(5), MessagingServiceSid: messagingServiceSid },
    35114,
  ],
])('%s is refused', async (_name, form, code) => {
  const answer = await send(form);
  expect(answer).toMatchObject({ status: 400, code });
  expect(answer.body['more_info']).toBe(`https://www.twilio.com/docs/errors/${code}`);
  expect(sandbox.listReceivedMessages()).toEqual([]);
});

test('settings make other refusals', async () => {
  sandbox.settings.perSecond = 1;
  expect((await send({})).status).toBe(201);
  expect(await send({})).toMatchObject({ status: 429, code: 20429 });
  clock.advance(1_000);
  sandbox.settings.verifiedRecipients = ['+1999'];
  expect(await send({})).toMatchObject({ code: 21608 });
  Object.assign(sandbox.settings, { perSecond: null, verifiedRecipients: null, unreachable: [ANA] });
  expect(await send({})).toMatchObject({ code: 21614 });
  sandbox.settings.accountStatus = 'suspended';
  expect(await send({})).toMatchObject({ status: 403, code: 20005 });
});

test('a message has the form and the statuses of Twilio, signed', async () => {
  const url = `${receiver.url}?message=msg_1`;
  const { body } = await send({ StatusCallback: url });
  expect(body).toMatchObject({
    ...{ to: ANA, from: smsNumber, body: 'hi', status: 'queued', direction: 'outbound-api', num_media: '0' },
    ...{ date_created: 'Thu, 01 Jan 2026 00:00:00 +0000', date_sent: null, messaging_service_sid: null },
  });
  await receiver.waitFor(() => receiver.received.length === 2);
  const forms = receiver.received.map(({ rawBody }) => new URLSearchParams(rawBody.toString()));
  expect(forms.map((form) => form.get('MessageStatus'))).toEqual(['sent', 'delivered']);
  expect(receiver.received[0]?.headers['x-twilio-signature']).toBe(signatureOf(authToken, url, forms[0] ?? []));
  expect(sandbox.acceptedCountFor('msg_1')).toBe(1);
});

test.each([
  ['', ['given_up', 1]],
  ['#rc=5&rp=all', ['delivered', 2]],
])('a webhook to …%s that was answered with an error is %j', async (wish, [outcome, tries]) => {
  await sandbox.close();
  sandbox = await startTwilioSandbox({ clock, line: 'sms', webhookRetryDelaysMs: [1] });
  sandbox.subscribe(`${receiver.url}${wish}`);
  receiver.answers.push({ status: 503 });
  await sandbox.customer.sends({ from: ANA, text: 'hi' });
  await sandbox.webhooks.settled();
  const [posted] = sandbox.webhooks.deliveries;
  expect([posted?.outcome, posted?.attempts.length]).toEqual([outcome, tries]);
});

test('STOP blocks, START opens again, and both are told', async () => {
  await sandbox.customer.sends({ from: ANA, text: 'stop' });
  expect(await send({})).toMatchObject({ code: 21610 });
  await sandbox.customer.sends({ from: ANA, text: 'START' });
  expect((await send({})).status).toBe(201);
  const told = receiver.received.map(({ rawBody }) => new URLSearchParams(rawBody.toString()).get('OptOutType'));
  expect(told).toEqual(['STOP', 'START']);
});

test('WhatsApp is open for a day after the person wrote', async () => {
  sandbox.settings.windowErrors = 'at_once';
  expect(await send(WHATSAPP)).toMatchObject({ code: 63016 });
  await sandbox.customer.sends({ from: ANA, line: 'whatsapp', text: 'hi' });
  expect((await send(WHATSAPP)).status).toBe(201);
  clock.advance(25 * 3_600_000);
  expect(await send(WHATSAPP)).toMatchObject({ code: 63016 });
  sandbox.settings.windowErrors = 'by_status';
  const { body } = await send({ ...WHATSAPP, StatusCallback: receiver.url });
  const failed = () => sandbox.listReceivedMessages().find(({ sid }) => sid === body['sid'])?.errorCode === 63016;
  await sandbox.waitFor(failed);
});

describe('contents', () => {
  const reply = {
    'twilio/quick-reply': { body: '{{1}}', actions: [{ type: 'QUICK_REPLY', title: '{{2}}', id: 'a' }] },
  };
  const create = (types: unknown, variables: unknown = { 1: 'x', 2: 'y' }) =>
    ask('/v1/Content', { json: { friendly_name: 'c', language: 'en', types, variables } });

  test.each<[string, unknown, unknown]>([
    ['no types', {}, {}],
    ['an unknown type', { 'twilio/telepathy': {} }, {}],
    ['a variable without a sample', reply, { 1: 'x' }],
    ['no buttons', { 'twilio/quick-reply': { body: 'x', actions: [] } }, {}],
    [
      'a long row',
      { 'twilio/list-picker': { body: 'x', button: 'y', items: [{ id: 'a', item: 'x'.repeat(25) }] } },
      {},
    ],
  ])('%s is refused', async (_name, types, variables) => {
    expect(await create(types, variables)).toMatchObject({ status: 400, code: 20001 });
  });

  test('are sent with their variables, in an open session or approved', async () => {
    const { body } = await create(reply);
    const ContentSid = String(body['sid']);
    await sandbox.customer.sends({ from: ANA, line: 'whatsapp', text: 'hi' });
    const form = { ...WHATSAPP, ContentSid, Body: '' };
    expect(await send({ ...form, ContentVariables: 'x' })).toMatchObject({ code: 21656 });
    expect(await send({ ...form, ContentVariables: '{"3":"x"}' })).toMatchObject({ code: 21656 });
    expect(await send({ ...form, ContentVariables: '{"1":"Tea?"}' })).toMatchObject({ body: { body: 'Tea?' } });
    expect(await send({ ContentSid, Body: '' })).toMatchObject({ code: 21655 });
    const submit = { json: { name: 'c', category: 'UTILITY' } };
    expect(await ask(`/v1/Content/${ContentSid}/ApprovalRequests/whatsapp`, submit)).toMatchObject({ code: 20001 });
  });

  test('are found by a pattern, page by page', async () => {
    for (const friendlyName of ['a_1', 'a_2', 'b']) sandbox.contents.seed({ friendlyName, types: {} });
    const { body } = await ask('/v2/Content?ContentName=a_&PageSize=1');
    expect(body['contents']).toMatchObject([{ friendly_name: 'a_1' }]);
    expect(body['meta']).toMatchObject({ next_page_url: expect.stringContaining('Page=1') });
  });
});

test('the list is filtered, newest first, page by page', async () => {
  sandbox.settings.autoStatuses = [];
  for (const Body of ['one', 'two', 'three']) await send({ Body });
  await send({ To: '+15550009999' });
  const first = await ask(`${ACCOUNT}/Messages.json?To=${encodeURIComponent(ANA)}&PageSize=2`);
  const bodies = (answer: typeof first) => (answer.body['messages'] as { body: string }[]).map(({ body }) => body);
  expect(bodies(first)).toEqual(['three', 'two']);
  const rest = await ask(String(first.body['next_page_uri']));
  expect(bodies(rest)).toEqual(['one']);
  expect(rest.body['next_page_uri']).toBeNull();
  expect(bodies(await ask(`${ACCOUNT}/Messages.json?DateSent%3E=2026-01-01`))).toEqual([]);
});

test('a file is elsewhere, where the credentials must not go', async () => {
  await sandbox.customer.sends({ from: ANA, files: [{ mimeType: 'image/png', content: 'png' }] });
  const form = new URLSearchParams(receiver.received[0]?.rawBody.toString());
  const path = new URL(form.get('MediaUrl0') ?? '').pathname;
  const { status, headers } = await ask(path);
  expect(status).toBe(307);
  const location = headers.get('location') ?? '';
  expect(new URL(location).origin).not.toBe(sandbox.url);
  expect((await fetch(location, { headers: { authorization: 'x' } })).status).toBe(400);
  expect(await (await fetch(location)).text()).toBe('png');
  expect((await ask(path.replace(/.$/, 'x'))).status).toBe(404);
});

test('scheduled messages can be cancelled, others cannot', async () => {
  const { body } = await send({
    ScheduleType: 'fixed',
    SendAt: inMinutes(20),
    MessagingServiceSid: messagingServiceSid,
  });
  expect(body['status']).toBe('scheduled');
  const cancel = (sid: unknown) => ask(`${ACCOUNT}/Messages/${String(sid)}.json`, { form: { Status: 'canceled' } });
  expect(await cancel(body['sid'])).toMatchObject({ status: 200, body: { status: 'canceled' } });
  expect(await cancel(body['sid'])).toMatchObject({ status: 400 });
});

test.each([
  ['throttled', 429, 20429],
  ['recipient_throttled', 429, 14107],
  ['server_error', 500, 20500],
  ['unavailable', 503, 20503],
  ['token_expired', 401, 20003],
] as const)('the fault %s is answered with %i', async (kind, status, code) => {
  sandbox.faults.next({ kind });
  expect(await send({})).toMatchObject({ status, code });
  expect((await send({})).status).toBe(201);
});

test('a dropped answer leaves the message, a dropped connection does not', async () => {
  sandbox.faults.next({ kind: 'answer_dropped' });
  await expect(send({})).rejects.toThrow();
  expect(sandbox.listReceivedMessages()).toHaveLength(1);
  sandbox.faults.next({ kind: 'connection_dropped' });
  await expect(send({})).rejects.toThrow();
  expect(sandbox.listReceivedMessages()).toHaveLength(1);
});

test('can be driven over HTTP', async () => {
  const control = async (path: string, body?: unknown) => {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const answer = await fetch(`${sandbox.url}/_sandbox${path}`, {
      ...{ ...init, headers: { 'content-type': 'application/json' } },
    });
    return (await answer.json()) as Record<string, unknown>;
  };
  expect(await control('/customer/sends', { from: ANA, text: 'hi' })).toMatchObject({ status: 200 });
  await send({});
  expect(await control('/messages')).toMatchObject([{ line: 'sms', to: '15550001111', body: 'hi' }]);
  expect(await control('/settings', { nonsense: 1 })).toHaveProperty('sandbox_error');
  expect(await control('/faults', { kind: 'slow' })).toEqual({ pending: 1 });
  expect(JSON.stringify(await control('/requests'))).not.toContain(authToken);
  expect(await control('/nowhere')).toHaveProperty('sandbox_error');
});
