/** What is decided before a body is read, and what Node and Fastify refuse by themselves: over the whole service and raw connections. */
import { connect, type Socket } from 'node:net';
import { ACCOUNT, closeApps, startApp, type App } from '../support/app.ts';
import { eventually } from '../support/eventually.ts';
import { webhookOf } from '../support/webhook.ts';

let app: App;
const sockets: Socket[] = [];

beforeAll(async () => {
  app = await startApp();
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(closeApps);

interface Raw {
  readonly text: string;
  readonly isClosed: boolean;
}

function write(bytes: string): Raw {
  const { port } = new URL(app.url);
  const socket = connect(Number(port), '127.0.0.1');
  const raw = { text: '', isClosed: false };
  socket.on('data', (chunk: Buffer) => (raw.text += chunk.toString('latin1')));
  socket.on('close', () => (raw.isClosed = true));
  socket.on('error', () => undefined);
  socket.write(bytes);
  sockets.push(socket);
  return raw;
}

/** The head of a request whose body never comes whole. */
function slow(path: string, authorization?: string): string {
  const head = [
    `POST ${path} HTTP/1.1`,
    'host: x',
    'content-type: application/json',
    'content-length: 1000',
    ...(authorization === undefined ? [] : [`authorization: ${authorization}`]),
  ];
  return `${head.join('\r\n')}\r\n\r\n{`;
}

async function answered(raw: Raw) {
  await eventually(() => /\r\n\r\n.*\}$/s.test(raw.text), 'an answer');
  const [head = '', body = ''] = raw.text.split('\r\n\r\n', 2);
  return {
    head: head.toLowerCase(),
    status: Number(head.split(' ', 2)[1]),
    body: JSON.parse(body) as object,
    text: raw.text,
  };
}

test.each([
  ['without a key', '/v1/messages', undefined, 401, 'unauthorized'],
  ['with a wrong key', '/v1/messages', 'Bearer wrong', 401, 'unauthorized'],
  ['under another spelling', '/%761/messages', undefined, 401, 'unauthorized'],
  ['for an upload', '/v1/media?account=x', undefined, 401, 'unauthorized'],
  ['to nowhere', '/v1/nowhere', undefined, 404, 'not_found'],
  ['to nowhere at all', '/nowhere', undefined, 404, 'not_found'],
  ['where nothing is posted', '/v1/accounts', undefined, 405, 'method_not_allowed'],
])('a request %s is answered before its body has come', async (_name, path, authorization, status, code) => {
  const answer = await answered(write(slow(path, authorization)));
  expect(answer).toMatchObject({ status, body: { status, code } });
  expect(answer.head).toContain('content-type: application/problem+json');
  expect(answer.head.includes('www-authenticate: bearer')).toBe(status === 401);
});

test('many slow callers without a key keep nobody else out', async () => {
  const callers = Array.from({ length: 1_100 }, (_, i) => write(slow(i % 2 === 0 ? '/v1/messages' : '/%761/media')));
  await eventually(() => callers.every(({ text }) => text.startsWith('HTTP/1.1 401')), 'all of them to be refused');
  expect((await app.call('GET', '/v1/accounts')).status).toBe(200);
});

test('a route under another spelling is the same route', async () => {
  expect(await app.call('GET', '/%761/accounts')).toEqual(await app.call('GET', '/v1/accounts'));
});

test('a webhook URL under another spelling is the same URL', async () => {
  const path = new URL(app.account.webhookUrl).pathname.replace('/webhooks', '/%77ebhooks');
  const answer = await fetch(app.url + path, { method: 'POST', body: '{}' });
  expect({ status: answer.status, body: await answer.json() }).toMatchObject({
    status: 401,
    body: { code: 'invalid_signature' },
  });
});

const upload = `?channel=whatsapp&externalId=${ACCOUNT.externalId}`;
test.each([
  ['as the API writes it', '/v1/media'],
  ['under another spelling', '/v1/%6dedia'],
  ['with the name of a host', 'http://proxy.example/v1/media'],
])('a file is uploaded to its address %s', async (_name, address) => {
  const ask = (type: string) => {
    const head = [`POST ${address}${upload} HTTP/1.1`, 'host: x', `authorization: Bearer ${app.key}`];
    return answered(write([...head, `content-type: ${type}`, 'content-length: 7', '', '{"a":1}'].join('\r\n')));
  };
  expect(await ask('image/png')).toMatchObject({ status: 201 });
  expect(await ask('application/json')).toMatchObject({ status: 415, body: { code: 'media_type_not_allowed' } });
});

test('a webhook is accepted at its whole address, as a proxy may ask for it', async () => {
  const { body, headers } = webhookOf();
  const { pathname } = new URL(app.account.webhookUrl);
  const all = { host: 'x', ...headers, 'content-length': body.length };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  const raw = write(
    `POST HTTP://proxy.example:8080${pathname} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body.toString()}`,
  );
  await eventually(() => raw.text.endsWith('OK'), 'the webhook to be accepted');
});

test.each([
  ['POST', '/v1/accounts', 'GET, HEAD'],
  ['DELETE', '/v1/messages', 'POST'],
  ['PUT', '/v1/messages/msg_x', 'GET, HEAD'],
  ['POST', '/healthz', 'GET, HEAD'],
])('%s %s names the methods that the address takes', async (method, path, allow) => {
  const answer = await fetch(app.url + path, { method, headers: { authorization: `Bearer ${app.key}` } });
  expect(answer.headers.get('allow')).toBe(allow);
  expect({ status: answer.status, body: await answer.json() }).toMatchObject({
    status: 405,
    body: { code: 'method_not_allowed' },
  });
});

const LONG = 'secret'.repeat(200);
test.each([
  ['an address with a broken escape', 'GET /v1/secret%zz HTTP/1.1\r\nhost: x\r\n\r\n', 400, 'invalid_request'],
  [
    'a part of an address that is too long',
    `GET /v1/messages/${LONG} HTTP/1.1\r\nhost: x\r\n\r\n`,
    414,
    'invalid_request',
  ],
  ['bytes that are no request', 'secret\r\n\r\n', 400, 'invalid_request'],
  ['no name of a host', 'GET /v1/secret HTTP/1.1\r\n\r\n', 400, 'invalid_request'],
  [
    'a webhook without the name of a host',
    'POST /webhooks/whatsapp/secret HTTP/1.1\r\ncontent-length: 6\r\n\r\nsecret',
    400,
    'invalid_request',
  ],
  [
    'an expectation that nobody knows',
    'GET /v1/secret HTTP/1.1\r\nhost: x\r\nexpect: secret\r\n\r\n',
    417,
    'invalid_request',
  ],
  [
    'an address that climbs out of the description',
    'GET /docs/../secret HTTP/1.1\r\nhost: x\r\n\r\n',
    404,
    'not_found',
  ],
  ['headers that are too long', `GET / HTTP/1.1\r\nx: ${'secret'.repeat(4_000)}\r\n\r\n`, 431, 'invalid_request'],
])('%s: a problem that repeats nothing', async (_name, bytes, status, code) => {
  const answer = await answered(write(bytes));
  expect(answer).toMatchObject({ status, body: { status, code, type: `urn:parley:problem:${code}` } });
  expect(answer.head).toContain('content-type: application/problem+json');
  expect(answer.text).not.toContain('secret');
});

describe('the description of the API', () => {
  test.each(['/docs', '/docs-json'])('%s needs no key', async (path) => {
    expect((await fetch(app.url + path)).status).toBe(200);
  });

  test('is gone where the operator says so', async () => {
    const closed = await startApp({ env: { PARLEY_DOCS: 'off' }, registered: false });
    for (const path of ['/docs', '/docs-json', '/docs/static/index.html'])
      expect((await fetch(closed.url + path)).status).toBe(404);
    for (const [method, path, status] of [
      ['GET', '/v1/nothing', 404],
      ['PATCH', '/v1/accounts', 405],
    ] as const) {
      const answer = await fetch(closed.url + path, { method });
      expect(answer.status).toBe(status);
      expect(await answer.json()).toMatchObject({
        detail: expect.stringMatching(/docs\/api\.md.* unless that is switched off/),
      });
    }
  });
});
