import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { LookupAddress } from 'node:dns';
import { parseAllowedNetworks } from '../../service/src/platform/addresses.ts';
import { GuardedHttp, type GuardedHttpOptions } from '../../service/src/platform/guarded-http.ts';
import { bodyOf, LocalServers } from './local-servers.ts';
import { TEST_CERTIFICATE } from './test-certificate.ts';

const servers = new LocalServers();
const clients: GuardedHttp[] = [];
afterEach(async () => {
  for (const made of clients.splice(0)) made.close();
  await servers.close();
});

function client(networks = 'loopback', options: Partial<GuardedHttpOptions> = {}): GuardedHttp {
  const made = new GuardedHttp({ allow: parseAllowedNetworks(networks), timeoutMs: 5_000, ...options });
  clients.push(made);
  return made;
}

describe('checkUrl', () => {
  test.each([
    ['ftp://example.com/', /http or https/],
    ['file:///etc/passwd', /http or https/],
    ['not a url', /cannot be read/],
    ['/relative', /cannot be read/],
    ['https://user:pass@example.com/', /no user name/],
    ['http://169.254.169.254/latest/meta-data', /may not be called/],
    ['http://2852039166/', /may not be called/],
    ['http://0xa9fea9fe/', /may not be called/],
    ['http://0/', /may not be called/],
    ['http://[::ffff:169.254.169.254]/', /may not be called/],
    ['http://10.0.0.1/', /may not be called/],
  ])('refuses %s', (url, detail) => {
    expect(() => client('loopback').checkUrl(url)).toThrow(
      expect.objectContaining({ status: 400, code: 'forbidden_url', message: expect.stringMatching(detail) }),
    );
  });

  test.each([
    ['loopback', 'http://127.0.0.1:5678/webhook/x'],
    ['loopback', 'http://[::1]:5678/'],
    ['none', 'https://n8n.example.com/webhook/x'],
    ['private', 'http://192.168.0.4/'],
  ])('with %s: lets %s pass', (networks, url) => {
    expect(client(networks).checkUrl(url).href).toBe(url);
  });
});

describe('addresses are checked when connecting', () => {
  const resolving = (...addresses: string[]): GuardedHttpOptions['lookup'] =>
    ((_host: string, _options: object, done: (error: null, found: LookupAddress[]) => void) =>
      done(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      )) as GuardedHttpOptions['lookup'];

  test.each([
    ['none', ['127.0.0.1']],
    ['none', ['93.184.215.14', '10.0.0.1']],
    ['loopback', ['127.0.0.1', '169.254.169.254']],
    ['loopback,private', ['fe80::1']],
  ])('with %s: a name that leads to %j is refused', async (networks, addresses) => {
    const http = client(networks, { lookup: resolving(...addresses) });
    await expect(http.request({ method: 'GET', url: 'http://name.example/' })).rejects.toMatchObject({
      name: 'ParleyError',
      code: 'forbidden_url',
    });
  });

  test('a name that resolves to another address the second time gains nothing', async () => {
    let requests = 0;
    const url = await servers.http((_request, response) => {
      requests++;
      response.setHeader('connection', 'close').end();
    });
    const answers = ['127.0.0.1', '169.254.169.254'];
    const lookup = ((_host: string, _options: object, done: (error: null, found: LookupAddress[]) => void) =>
      done(null, [{ address: answers.shift() ?? '', family: 4 }])) as GuardedHttpOptions['lookup'];
    const http = client('loopback', { lookup });
    const target = { method: 'GET', url: url.replace('127.0.0.1', 'rebind.example') } as const;
    expect(await http.request(target)).toMatchObject({ status: 200 });
    await expect(http.request(target)).rejects.toMatchObject({ code: 'forbidden_url' });
    expect(requests).toBe(1);
  });

  test('a redirect to a forbidden address is not followed', async () => {
    const url = await servers.http((_request, response) =>
      response.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
    );
    expect(await client().request({ method: 'GET', url })).toMatchObject({ status: 302 });
  });
});

describe('requests', () => {
  interface Seen {
    method?: string;
    url?: string;
    headers: IncomingMessage['headers'];
    body: string;
  }
  async function seenBy(act: (http: GuardedHttp, url: string) => Promise<unknown>): Promise<Seen> {
    let seen: Seen | undefined;
    const url = await servers.http(async (request, response) => {
      seen = { method: request.method, url: request.url, headers: request.headers, body: await bodyOf(request) };
      response.end();
    });
    await act(client('loopback', { userAgent: 'parley/0.1' }), url);
    if (seen === undefined) throw new Error('no request came');
    return seen;
  }

  test('JSON, headers and query', async () => {
    const seen = await seenBy((http, url) =>
      http.request({
        method: 'POST',
        url: `${url}/v1?a=1`,
        query: { b: 'x y', c: undefined, d: 2 },
        headers: { Authorization: 'Bearer t' },
        json: { text: 'héllo' },
      }),
    );
    expect(seen).toMatchObject({ method: 'POST', url: '/v1?a=1&b=x+y&d=2', body: '{"text":"héllo"}' });
    expect(seen.headers).toMatchObject({
      authorization: 'Bearer t',
      'content-type': 'application/json',
      'content-length': '17',
      'user-agent': 'parley/0.1',
    });
  });

  test('a form with a file of known length', async () => {
    const bytes = Buffer.from('PNG bytes');
    const file = { stream: () => Readable.from([bytes]), filename: 'a"b\n.png', contentType: 'image/png', bytes: 9 };
    const form = [
      { name: 'messaging_product', value: 'whatsapp' },
      { name: 'file', value: file },
    ];
    const seen = await seenBy((http, url) => http.request({ method: 'POST', url, form }));
    const boundary = /boundary=(.*)$/.exec(seen.headers['content-type'] ?? '')?.[1];
    expect(seen.body).toBe(
      `--${boundary}\r\nContent-Disposition: form-data; name="messaging_product"\r\n\r\nwhatsapp\r\n` +
        `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a%22b%0A.png"\r\n` +
        `Content-Type: image/png\r\n\r\nPNG bytes\r\n--${boundary}--\r\n`,
    );
    expect(seen.headers['content-length']).toBe(String(Buffer.byteLength(seen.body)));
    expect(seen.headers['transfer-encoding']).toBeUndefined();
  });

  test.each([
    ['a buffer', () => Buffer.from('raw')],
    ['a stream', () => Readable.from([Buffer.from('raw')])],
  ])('raw bytes from %s', async (_name, bytes) => {
    const headers = { 'content-type': 'application/octet-stream', 'content-length': '3' };
    const seen = await seenBy((http, url) => http.request({ method: 'PUT', url, bytes: bytes(), headers }));
    expect(seen).toMatchObject({ method: 'PUT', body: 'raw', headers });
  });

  test('connections are reused', async () => {
    const ports = new Set<number | undefined>();
    const url = await servers.http((request, response) => {
      ports.add(request.socket.remotePort);
      request.resume().on('end', () => response.end('{}'));
    });
    const http = client();
    for (let i = 0; i < 5; i++) await http.request({ method: 'POST', url, json: {} });
    expect(ports.size).toBe(1);
  });

  test('https with a trusted certificate', async () => {
    const url = await servers.https((_request, response) => response.end('ok'));
    const answer = await client('loopback', { ca: TEST_CERTIFICATE }).request({ method: 'GET', url });
    expect(answer).toMatchObject({ status: 200 });
  });
});

describe('answers', () => {
  test.each<[string, number, string | undefined, string | Buffer, unknown]>([
    ['JSON', 200, 'application/json; charset=utf-8', '{"a":1}', { a: 1 }],
    ['JSON of the Graph API', 400, 'text/javascript; charset=UTF-8', '{"error":{}}', { error: {} }],
    ['problem+json', 422, 'application/problem+json', '{"code":"x"}', { code: 'x' }],
    ['JSON without a type', 500, undefined, '{"a":1}', { a: 1 }],
    ['JSON with a byte order mark', 200, 'application/json', '\uFEFF[1]', [1]],
    ['broken JSON', 502, 'application/json', '<html>', '<html>'],
    ['text', 503, 'text/plain', '{"a":1}', '{"a":1}'],
    ['nothing', 204, undefined, '', undefined],
  ])('%s', async (_name, status, type, sent, body) => {
    const url = await servers.http((_request, response) => {
      response.writeHead(status, type === undefined ? {} : { 'content-type': type, 'X-Trace': 't' });
      response.end(sent);
    });
    expect(await client().request({ method: 'GET', url })).toMatchObject({ status, body });
  });

  test('compressed answers are unpacked, headers are lower-case', async () => {
    const url = await servers.http((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip', 'X-FB-Trace': 'abc' });
      response.end(gzipSync('{"a":1}'));
    });
    const answer = await client().request({ method: 'GET', url });
    expect(answer).toMatchObject({ body: { a: 1 }, headers: { 'x-fb-trace': 'abc' } });
  });

  test('a stream gives the bytes', async () => {
    const url = await servers.http((_request, response) => response.end(Buffer.alloc(200_000, 7)));
    const { status, stream } = await client().stream({ method: 'GET', url });
    expect({ status, bytes: (await buffer(stream)).length }).toEqual({ status: 200, bytes: 200_000 });
  });
});

describe('redirects', () => {
  test.each([301, 302, 303, 307, 308])('%i on the same host is followed for GET, with its headers', async (status) => {
    const seen: (string | undefined)[] = [];
    const url = await servers.http((request, response) => {
      seen.push(request.headers.authorization);
      if (request.url === '/a') response.writeHead(status, { location: '/b?x=1' }).end();
      else response.end(request.url);
    });
    const answer = await client().request({ method: 'GET', url: `${url}/a`, headers: { authorization: 'Bearer t' } });
    expect(answer).toMatchObject({ status: 200, body: '/b?x=1' });
    expect(seen).toEqual(['Bearer t', 'Bearer t']);
  });

  test('another host, or another port, gets no request', async () => {
    let strangers = 0;
    const stranger = await servers.http((_request, response) => {
      strangers++;
      response.end();
    });
    const url = await servers.http((_request, response) => response.writeHead(302, { location: stranger }).end());
    expect(await client().request({ method: 'GET', url })).toMatchObject({ status: 302 });
    expect(strangers).toBe(0);
  });

  test.each([
    ['POST', 307],
    ['PUT', 308],
    ['DELETE', 302],
  ] as const)('%s is not repeated after %i', async (method, status) => {
    let requests = 0;
    const url = await servers.http((request, response) => {
      requests++;
      request.resume();
      response.writeHead(status, { location: '/b' }).end();
    });
    expect(await client().request({ method, url })).toMatchObject({ status });
    expect(requests).toBe(1);
  });

  test('no more than three are followed', async () => {
    let requests = 0;
    const url = await servers.http((_request, response) => {
      requests++;
      response.writeHead(302, { location: '/again' }).end();
    });
    expect(await client().request({ method: 'GET', url })).toMatchObject({ status: 302 });
    expect(requests).toBe(4);
  });

  test('a location that is no URL is an answer', async () => {
    const url = await servers.http((_request, response) => response.writeHead(302, { location: 'http://[' }).end());
    expect(await client().stream({ method: 'GET', url })).toMatchObject({ status: 302 });
  });
});
