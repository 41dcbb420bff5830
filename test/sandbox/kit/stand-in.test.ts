import { createHmac } from 'node:crypto';
import { manualClock } from './clock.ts';
import { signJwt } from './credentials.ts';
import { startPigeon } from './pigeon.ts';
import { startWebhookReceiver, type WebhookReceiver } from './webhook-receiver.ts';

const START = Date.UTC(2026, 10, 22, 12);
const clock = manualClock(START);
const iat = START / 1000;
const token = (claims: object = {}, key = 'pigeon-key', head: Record<string, unknown> = {}) =>
  signJwt(key, { iss: 'loft-1', iat, ...claims }, head);

let pigeon: Awaited<ReturnType<typeof startPigeon>>;
let receiver: WebhookReceiver;
beforeEach(async () => {
  clock.set(START);
  receiver = await startWebhookReceiver(() => ({ status: 404 }));
  pigeon = await startPigeon({ clock, callbackUrl: receiver.url, webhookRetryDelaysMs: [1, 1] });
});
afterEach(async () => {
  await pigeon.close();
  await receiver.close();
});

const MESSAGE = { to: 'Ana', text: 'Hi', feathers: [{ colour: 'grey' }] };

function ask(method: string, path: string, body?: RequestInit['body'], headers: Record<string, string> = {}) {
  const authorization = `Bearer ${token()}`;
  return fetch(`${pigeon.url}${path}`, { method, body: body ?? null, headers: { authorization, ...headers } });
}
const send = (body: object | string = MESSAGE, headers: Record<string, string> = {}) =>
  ask('POST', '/v1/messages', typeof body === 'string' ? body : JSON.stringify(body), {
    'content-type': 'application/json',
    ...headers,
  });
const codeOf = async (answer: Promise<Response>) => {
  const { status } = await answer;
  const { error } = (await (await answer).json()) as { error?: { code: string } };
  return [status, error?.code];
};

test('a message is taken, found, and told of by a webhook signed by its bytes', async () => {
  const { id } = (await (await send()).json()) as { id: string };
  expect(await (await ask('GET', `/v1/messages/${id}`)).json()).toEqual({ id, to: 'Ana', text: 'Hi' });
  const webhook = await receiver.waitFor(() => receiver.received[0]);
  expect(webhook.body.fields).toEqual({ status: 'landed', id });
  const signature = createHmac('sha256', 'pigeon-secret').update(webhook.rawBody).digest('hex');
  expect(webhook.headers['x-pigeon-signature']).toBe(signature);
  expect(pigeon.requests().map(({ operation, status }) => [operation, status])).toEqual([
    ['send', 201],
    ['lookup', 200],
  ]);
});

describe('who calls', () => {
  test.each<[string, string, string]>([
    ['nobody', '', 'no_token'],
    ['another scheme', 'Basic eDp5', 'no_token'],
    ['no JWT', 'Bearer abc', 'wrong_token'],
    ['another key', `Bearer ${token({}, 'other')}`, 'wrong_token'],
    ['another issuer', `Bearer ${token({ iss: 'loft-2' })}`, 'wrong_token'],
    ['an old token', `Bearer ${token({ iat: iat - 301 })}`, 'wrong_token'],
    ['no algorithm', `Bearer ${token({}, 'pigeon-key', { alg: 'none' })}`, 'wrong_token'],
    ['no signature', `Bearer ${token().replace(/[^.]*$/, '')}`, 'wrong_token'],
    ['a part too many', `Bearer ${token()}.x`, 'wrong_token'],
  ])('%s is refused', async (_who, authorization, code) => {
    expect(await codeOf(send(MESSAGE, { authorization }))).toEqual([401, code]);
  });
});

describe('bodies', () => {
  test.each<[string, object, string]>([
    ['a missing member', { to: 'Ana' }, 'missing_member'],
    ['an empty one', { ...MESSAGE, to: '' }, 'missing_member'],
    ['one of another type', { ...MESSAGE, to: 5 }, 'type_member'],
    ['one that is too long', { ...MESSAGE, text: 'x'.repeat(101) }, 'length_member'],
    ['an unknown one', { ...MESSAGE, wings: 2 }, 'unknown_member'],
    ['another choice', { ...MESSAGE, urgency: 'now' }, 'choice_member'],
    ['an empty list', { ...MESSAGE, feathers: [] }, 'count_member'],
    ['a fault within a list', { ...MESSAGE, feathers: [{ colour: 'grey' }, {}] }, 'missing_member'],
    ['a list of other things', { ...MESSAGE, feathers: ['grey'] }, 'type_member'],
  ])('%s is refused', async (_what, body, code) => {
    expect(await codeOf(send(body))).toEqual([422, code]);
    expect(pigeon.listReceivedMessages()).toEqual([]);
  });

  test('as many characters as may be are taken, however many bytes they have', async () => {
    expect((await send({ ...MESSAGE, text: '🕊'.repeat(100) })).status).toBe(201);
  });

  test('a form is taken as well, and a list in it is one of texts', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await send('to=Ana&text=Hi', form)).status).toBe(201);
    expect(await codeOf(send('to=Ana&text=Hi&feathers[]=a&feathers[]=b', form))).toEqual([422, 'type_member']);
    expect(pigeon.requests().at(-1)?.fields['feathers']).toEqual(['a', 'b']);
  });

  test('a file comes as a part of a form', async () => {
    const form = new FormData();
    form.set('file', new Blob(['coo']), 'a.txt');
    expect((await ask('POST', '/v1/files', form)).status).toBe(201);
    expect(await codeOf(ask('POST', '/v1/files', 'coo'))).toEqual([415, 'wrong_type']);
  });
});

test('a listing goes on where its cursor says', async () => {
  for (const to of ['a', 'b', 'c']) await send({ ...MESSAGE, to });
  const page = async (query = '') => (await ask('GET', `/v1/messages${query}`)).json();
  const first = (await page()) as { messages: object[]; after: string };
  expect(first.messages).toMatchObject([{ to: 'a' }, { to: 'b' }]);
  expect(await page(`?after=${first.after}`)).toEqual({ messages: [expect.objectContaining({ to: 'c' })] });
  expect(await codeOf(ask('GET', '/v1/messages?after=x'))).toEqual([400, 'wrong_cursor']);
});

test('a slash that is encoded belongs to the parameter', async () => {
  const answer = await ask('GET', '/v1/messages/urn%3Ambid%3Aa%2Fb%3D');
  expect(await answer.json()).toMatchObject({ error: { detail: 'There is no message urn:mbid:a/b=' } });
});

test('what no route declares has its own refusal', async () => {
  expect(await codeOf(ask('GET', '/v2/messages'))).toEqual([404, 'no_route']);
  const other = await ask('DELETE', '/v1/messages/1');
  expect([other.status, other.headers.get('allow')]).toEqual([405, 'GET']);
  expect(await codeOf(send(MESSAGE, { 'content-type': 'text/plain' }))).toEqual([415, 'wrong_type']);
  expect(await codeOf(send({ ...MESSAGE, text: 'x'.repeat(2_000) }))).toEqual([413, 'too_heavy']);
});

test('the rate is three at once, then one a second, and says when', async () => {
  for (let count = 0; count < 3; count += 1) expect((await send()).status).toBe(201);
  const fourth = await send();
  expect([fourth.status, fourth.headers.get('retry-after')]).toEqual([429, '1']);
  clock.advance(1_000);
  expect((await send()).status).toBe(201);
});

test.each([
  ['throttled', 429],
  ['server_error', 500],
  ['unavailable', 503],
  ['token_expired', 401],
] as const)('the fault %s is answered with %d, once, and nothing is taken', async (kind, status) => {
  pigeon.faults.next({ kind });
  expect((await send()).status).toBe(status);
  expect(pigeon.listReceivedMessages()).toEqual([]);
  expect((await send()).status).toBe(201);
});

test('an answer that is dropped or another does not undo what was taken', async () => {
  pigeon.faults.next({ kind: 'answer_dropped' });
  await expect(send()).rejects.toThrow();
  pigeon.faults.next({ kind: 'answer_other' });
  expect((await send()).status).toBe(503);
  expect(pigeon.listReceivedMessages()).toHaveLength(2);
});

test.each<[string, number[], string, number]>([
  ['200 takes a webhook', [200], 'delivered', 1],
  ['204 does not', [204, 200], 'delivered', 2],
  ['410 ends it', [410], 'given_up', 1],
  ['503 ends it after the last try', [503, 503, 503], 'given_up', 3],
])('%s', async (_what, statuses, outcome, tries) => {
  receiver.answers.push(...statuses.map((status) => ({ status })));
  await pigeon.customer.sends({ text: 'Hi' } as never);
  const [delivery] = pigeon.webhooks.deliveries;
  await delivery?.done;
  expect([delivery?.outcome, delivery?.attempts.length]).toEqual([outcome, tries]);
});

test('a webhook comes again byte for byte, with the headers that tell of it', async () => {
  await pigeon.customer.sends({ text: 'Hi' } as never);
  await pigeon.redeliver(1)[0]?.first;
  const [first, again] = receiver.received;
  expect(again?.rawBody).toEqual(first?.rawBody);
  expect([first, again].map((one) => one?.headers['x-pigeon-event'])).toEqual(['message', 'message']);
});
