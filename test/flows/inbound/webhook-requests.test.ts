/** Webhooks over a real connection: whatever their form, the very bytes that were signed count; what is refused spoils nothing. */
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { SANDBOX_DEFAULTS } from '../../sandbox/whatsapp/defaults.ts';
import { signatureOf } from '../../sandbox/kit/meta/hub-webhooks.ts';
import { ACCOUNT, ANA, closeApps, startApp, type App } from '../../support/app.ts';

let agent: Agent;
beforeEach(() => {
  agent = new Agent({ keepAlive: true, maxSockets: 1 });
});
afterEach(async () => {
  agent.destroy();
  await closeApps();
});

const LIMIT = 2_000;
const env = { PARLEY_MAX_WEBHOOK_BYTES: String(LIMIT) };

/** A webhook with one message, written as nobody else would write it. */
function webhook(text: string): Buffer {
  const message = { from: ANA, id: `wamid.${text}`, timestamp: '1767268800', type: 'text', text: { body: text } };
  const metadata = { display_phone_number: '15550783881', phone_number_id: ACCOUNT.externalId };
  const value = { messaging_product: 'whatsapp', metadata, messages: [message] };
  const entry = [{ id: SANDBOX_DEFAULTS.wabaId, changes: [{ field: 'messages', value }] }];
  return Buffer.from(`${JSON.stringify({ object: 'whatsapp_business_account', entry }, null, 1)} \r\n`);
}

interface Posted {
  path?: string;
  method?: string;
  headers?: Record<string, string>;
  /** Written one after the other. */
  parts: readonly Buffer[];
  /** Of all parts, unless it is given. Providers sign what they wrote, before it is compressed. */
  signature?: string;
}

/** One request over the agent's only connection. */
function post(app: App, { path, method = 'POST', headers = {}, parts, signature }: Posted) {
  const signed = signature ?? signatureOf(SANDBOX_DEFAULTS.appSecret, Buffer.concat(parts));
  const url = new URL(path ?? new URL(app.account.webhookUrl).pathname, app.url);
  return new Promise<{ status?: number; headers: IncomingMessage['headers']; text: string }>((resolve, reject) => {
    const all = { 'x-hub-signature-256': signed, ...headers };
    const asking = httpRequest(url, { method, agent, headers: all }, (answer) => {
      const { statusCode: status, headers: given } = answer;
      buffer(answer).then((bytes) => resolve({ status, headers: given, text: bytes.toString() }), reject);
    });
    asking.on('error', reject);
    for (const part of parts) asking.write(part);
    asking.end();
  });
}

const announced = (...parts: Buffer[]) => ({ 'content-length': String(Buffer.concat(parts).length) });

/** A receipt is emptied as soon as it was read. */
function keepRequests(app: App, column: 'request' | 'body'): Promise<void> {
  return app.service.ledger.write(async ({ db }) => {
    await sql`create table written (kept)`.execute(db);
    await sql`create trigger copy after insert on receipts begin
      insert into written values (new.${sql.ref(column)}); end`.execute(db);
  });
}

test.each<[string, Record<string, string>]>([
  ['JSON', { 'content-type': 'application/json' }],
  ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
  ['multipart', { 'content-type': 'multipart/form-data; boundary=x' }],
  ['text in another charset', { 'content-type': 'text/plain; charset=latin1' }],
  ['a type that is none', { 'content-type': 'nonsense;;=' }],
  ['no type', {}],
  ['announced as not compressed', { 'content-encoding': 'identity' }],
])('the bytes count, not what they are said to be: %s', async (_name, headers) => {
  const app = await startApp({ env });
  const workflow = await app.listen();
  const body = webhook('hi');
  expect(await post(app, { headers: { ...announced(body), ...headers }, parts: [body] })).toMatchObject({
    status: 200,
    headers: { 'content-type': 'text/plain' },
    text: 'OK',
  });
  const [event] = await workflow.took(1);
  expect(event?.message?.content).toEqual({ type: 'text', text: 'hi' });
});

test('in chunks, with a query', async () => {
  const app = await startApp({ env });
  const workflow = await app.listen();
  const body = webhook('hi');
  const path = `${new URL(app.account.webhookUrl).pathname}?a=1&a=2`;
  expect((await post(app, { path, parts: [body.subarray(0, 7), body.subarray(7)] })).status).toBe(200);
  await workflow.took(1);
});

const changed = (bytes: Buffer, at: number) => bytes.with(at, 255 - (bytes.at(at) ?? 0)) as Buffer;
const zipped = (body: Buffer): Posted => ({
  headers: { 'content-encoding': 'gzip' },
  parts: [gzipSync(body)],
  signature: signed(body),
});

const signed = (body: Buffer) => signatureOf(SANDBOX_DEFAULTS.appSecret, body);

test.each<[string, string, (body: Buffer) => Buffer[]]>([
  ['gzip', 'gzip', (body) => [gzipSync(body)]],
  ['gzip by its old name, in capitals', 'X-GZIP', (body) => [gzipSync(body)]],
  ['gzip in chunks', 'gzip', (body) => [gzipSync(body).subarray(0, 20), gzipSync(body).subarray(20)]],
  ['gzip in two members', 'gzip', (body) => [gzipSync(body.subarray(0, 9)), gzipSync(body.subarray(9))]],
  ['deflate', 'deflate', (body) => [deflateSync(body)]],
])('compressed: %s; what was signed is verified, kept and told', async (_name, encoding, compressed) => {
  const app = await startApp({ env });
  const workflow = await app.listen();
  const body = webhook('hi');
  await keepRequests(app, 'body');
  const posted = { headers: { 'content-encoding': encoding }, parts: compressed(body), signature: signed(body) };
  expect((await post(app, posted)).status).toBe(200);
  const [event] = await workflow.took(1);
  expect(event?.message?.content).toEqual({ type: 'text', text: 'hi' });
  const [row] = app.rows('SELECT kept FROM written');
  expect(Buffer.from(row?.['kept'] as Uint8Array)).toEqual(body);
});

/** A gibibyte of zeros in one of a mebibyte. */
const BOMB = Array.from({ length: 64 }, () => gzipSync(Buffer.alloc(16 * 1024 * 1024)));

test('a bomb is refused before it filled the memory, however many come', async () => {
  const app = await startApp();
  const posted = { headers: { 'content-encoding': 'gzip' }, parts: BOMB };
  agent.maxSockets = 20;
  const before = process.memoryUsage().rss;
  const answers = await Promise.all(Array.from({ length: 20 }, () => post(app, posted)));
  expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 * 1024);
  for (const { status, text } of answers) {
    expect(status).toBe(413);
    expect(JSON.parse(text)).toMatchObject({ code: 'body_too_large', detail: expect.stringContaining('4194304') });
  }
  expect(app.rows('SELECT * FROM receipts')).toEqual([]);
});

describe('what is refused is told why, stores nothing, and leaves the connection to the next', () => {
  const large = Buffer.alloc(LIMIT + 1, 32);
  const body = webhook('forged');
  test.each<[string, number, string, string, Posted]>([
    ['too large, announced', 413, 'body_too_large', 'body_too_large', { headers: announced(large), parts: [large] }],
    ['too large, in chunks', 413, 'body_too_large', 'body_too_large', { parts: [large, large] }],
    ...(
      [
        ['in a form that nobody knows', 415, 'br', [body]],
        ['in several forms', 415, 'gzip, gzip', [gzipSync(gzipSync(body))]],
        ["in a form that is everybody's", 415, 'constructor', [body]],
        ['cut off', 400, 'gzip', [gzipSync(body).subarray(0, -3)]],
        ['with a wrong checksum', 400, 'gzip', [changed(gzipSync(body), -6)]],
        ['not compressed at all', 400, 'gzip', [body]],
        ['of no bytes', 400, 'gzip', []],
        ['followed by something else', 400, 'gzip', [gzipSync(body), Buffer.from('more')]],
        ['gzip said to be deflate', 400, 'deflate', [gzipSync(body)]],
        ['deflate said to be gzip', 400, 'gzip', [deflateSync(body)]],
        ['without the form that deflate is in', 400, 'deflate', [deflateRawSync(body)]],
      ] as [string, number, string, Buffer[]][]
    ).map(([name, status, encoding, parts]): [string, number, string, string, Posted] => {
      const headers = { 'content-encoding': encoding };
      return [
        `compressed, ${name}`,
        status,
        'invalid_body',
        'invalid_body',
        { headers, parts, signature: signed(body) },
      ];
    }),
    ['compressed, of nothing', 400, 'invalid_body', 'malformed', { ...zipped(Buffer.alloc(0)) }],
    ['compressed, too large when inflated', 413, 'body_too_large', 'body_too_large', zipped(large)],
    [
      'compressed and signed so',
      401,
      'invalid_signature',
      'mismatch',
      { ...zipped(body), signature: signed(gzipSync(body)) },
    ],
    ['not signed', 401, 'invalid_signature', 'missing', { signature: '', parts: [body] }],
    ['forged', 401, 'invalid_signature', 'mismatch', { signature: `sha256=${'0'.repeat(64)}`, parts: [body] }],
    ['empty', 400, 'invalid_body', 'malformed', { parts: [] }],
    ['no JSON', 400, 'invalid_body', 'malformed', { parts: [Buffer.from('{"object":')] }],
    ['for nobody', 404, 'unknown_endpoint', 'unknown_endpoint', { path: '/webhooks/whatsapp/nobody', parts: [large] }],
  ])('%s', async (_name, status, code, outcome, posted) => {
    const app = await startApp({ env });
    for (let round = 0; round < 2; round++) {
      const refused = await post(app, posted);
      expect({ status: refused.status, type: refused.headers['content-type'] }).toEqual({
        status,
        type: 'application/problem+json; charset=utf-8',
      });
      expect(JSON.parse(refused.text)).toMatchObject({ status, code });
      expect(refused.text).not.toContain('forged');
    }
    expect(app.rows('SELECT * FROM receipts')).toEqual([]);
    const { text: metrics } = await app.call('GET', '/metrics');
    const channel = outcome === 'unknown_endpoint' ? 'unknown' : 'whatsapp';
    expect(metrics).toContain(`parley_webhooks_total{channel="${channel}",outcome="${outcome}"} 2`);
    expect((await post(app, { parts: [webhook('hi')] })).status).toBe(200);
    expect(app.rows('SELECT count(*) AS stored FROM receipts')).toEqual([{ stored: 1 }]);
  });
});

test.each([
  ['PUT', undefined, 405],
  ['DELETE', undefined, 405],
  ['POST', '/webhooks/whatsapp', 404],
  ['POST', '/webhooks/unheard-of/endpoint', 404],
  ['POST', '/webhooks/whatsapp/a/b', 404],
])('%s %s is no webhook: %i', async (method, path, status) => {
  const app = await startApp({ env });
  const body = Buffer.from('{}');
  const headers = { ...announced(body), 'content-type': 'application/json' };
  const answer = await post(app, { method, ...(path !== undefined && { path }), headers, parts: [body] });
  expect(answer).toMatchObject({ status, headers: { 'content-type': 'application/problem+json; charset=utf-8' } });
  expect(app.rows('SELECT * FROM receipts')).toEqual([]);
});

test('none of the headers is stored: they were read when the webhook was verified', async () => {
  const app = await startApp({ env });
  await keepRequests(app, 'request');
  const body = webhook('hi');
  await post(app, { headers: { authorization: 'Bearer secret', cookie: 'a=secret' }, parts: [body] });
  const [row] = app.rows('SELECT kept FROM written');
  const url = new URL(new URL(app.account.webhookUrl).pathname, app.url).href;
  expect(JSON.parse(String(row?.['kept']))).toEqual({
    url,
    headers: {},
  });
});
