/** The distinction on which "never sent twice" rests: may the request have arrived or not? Against real servers. */
import { once } from 'node:events';
import type { LookupAddress } from 'node:dns';
import net from 'node:net';
import { Readable } from 'node:stream';
import { SendError } from '../../service/src/core/errors.ts';
import { parseAllowedNetworks } from '../../service/src/platform/addresses.ts';
import { GuardedHttp, type GuardedHttpOptions } from '../../service/src/platform/guarded-http.ts';
import { LocalServers } from './local-servers.ts';
import { TEST_CERTIFICATE } from './test-certificate.ts';

const servers = new LocalServers();
const clients: GuardedHttp[] = [];
afterEach(async () => {
  for (const made of clients.splice(0)) made.close();
  await servers.close();
});

function client(options: Partial<GuardedHttpOptions> = {}): GuardedHttp {
  const made = new GuardedHttp({ allow: parseAllowedNetworks('loopback'), timeoutMs: 5_000, ...options });
  clients.push(made);
  return made;
}

function resolvingTo(...addresses: LookupAddress[]): GuardedHttpOptions['lookup'] {
  return ((_host: string, _options: object, done: (error: Error | null, found: LookupAddress[]) => void) =>
    done(null, addresses)) as GuardedHttpOptions['lookup'];
}

async function failureOf(promise: Promise<unknown>): Promise<SendError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SendError);
  return error as SendError;
}

const post = (url: string, timeoutMs?: number) =>
  ({
    method: 'POST',
    url,
    json: { text: 'private words' },
    headers: { authorization: 'Bearer s3cret' },
    timeoutMs,
  }) as const;

describe('unreachable: the request certainly did not arrive', () => {
  test('connection refused', async () => {
    const port = await servers.closedPort();
    const error = await failureOf(client().request(post(`http://127.0.0.1:${port}/`)));
    expect(error).toMatchObject({
      kind: 'unreachable',
      message: `127.0.0.1:${port} could not be reached (ECONNREFUSED).`,
    });
  });

  test('connection refused on every address of a name', async () => {
    const port = await servers.closedPort();
    const lookup = resolvingTo({ address: '127.0.0.1', family: 4 }, { address: '127.0.0.2', family: 4 });
    const error = await failureOf(client({ lookup }).request(post(`http://n8n.example:${port}/`)));
    expect(error.kind).toBe('unreachable');
  });

  test.each(['ENOTFOUND', 'EAI_AGAIN'])('name resolution fails with %s', async (code) => {
    const lookup = ((_host: string, _options: object, done: (error: Error) => void) =>
      done(Object.assign(new Error('lookup'), { code }))) as unknown as GuardedHttpOptions['lookup'];
    const error = await failureOf(client({ lookup }).request(post('http://nowhere.example/')));
    expect(error).toMatchObject({ kind: 'unreachable', message: `nowhere.example could not be reached (${code}).` });
  });

  test('a name without addresses', async () => {
    const error = await failureOf(client({ lookup: resolvingTo() }).request(post('http://nowhere.example/')));
    expect(error.kind).toBe('unreachable');
  });

  test('the name resolution never answers', async () => {
    const lookup = (() => undefined) as unknown as GuardedHttpOptions['lookup'];
    const error = await failureOf(client({ lookup, connectTimeoutMs: 50 }).request(post('http://slow.example/')));
    expect(error).toMatchObject({ kind: 'unreachable', message: 'slow.example could not be reached (time-out).' });
  });

  test('the certificate is not trusted; the server sees no request', async () => {
    let requests = 0;
    const url = await servers.https((_request, response) => {
      requests++;
      response.end();
    });
    const error = await failureOf(client().request(post(url)));
    expect(error.kind).toBe('unreachable');
    expect(requests).toBe(0);
  });

  test('the server speaks no TLS', async () => {
    const port = await servers.tcp((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect((await failureOf(client().request(post(`https://127.0.0.1:${port}/`)))).kind).toBe('unreachable');
  });

  test('the connection is cut during the TLS handshake', async () => {
    const port = await servers.tcp((socket) => socket.once('data', () => socket.destroy()));
    expect((await failureOf(client().request(post(`https://127.0.0.1:${port}/`)))).kind).toBe('unreachable');
  });

  test('the TLS handshake never ends', async () => {
    const port = await servers.tcp(() => undefined);
    const error = await failureOf(client({ connectTimeoutMs: 50 }).request(post(`https://127.0.0.1:${port}/`)));
    expect(error).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('(time-out)') });
  });

  test('no connection became free in time', async () => {
    let arrived = 0;
    const url = await servers.http(() => arrived++);
    const http = client({ maxSockets: 1, connectTimeoutMs: 60 });
    const first = failureOf(http.request(post(url, 400)));
    const second = await failureOf(http.request(post(url, 400)));
    expect(second.kind).toBe('unreachable');
    expect((await first).kind).toBe('uncertain');
    expect(arrived).toBe(1);
  });

  test('the file to upload breaks off', async () => {
    const url = await servers.http((request) => request.resume());
    const stream = () =>
      Readable.from(
        (async function* () {
          yield Buffer.from('begin');
          throw new Error('disk');
        })(),
        { objectMode: false },
      );
    const form = [{ name: 'file', value: { stream, filename: 'a.png', contentType: 'image/png', bytes: 100 } }];
    const error = await failureOf(client().request({ method: 'POST', url, form }));
    expect(error).toMatchObject({ kind: 'unreachable', message: 'The file to upload could not be read to its end.' });
  });
});

describe('uncertain: the request may have arrived', () => {
  test.each<[string, (socket: net.Socket) => void]>([
    ['reset after the request was read', (socket) => socket.once('data', () => socket.resetAndDestroy())],
    ['closed after the request was read', (socket) => socket.once('data', () => socket.end())],
    ['closed within the head', (socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-'))],
    [
      'closed within the body',
      (socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{"a"')),
    ],
    ...['', 'content-length: 9\r\n'].map((header): [string, (socket: net.Socket) => void] => [
      `another protocol in the place of an answer ${header}`.trim(),
      (socket) =>
        socket.once('data', () =>
          socket.write(`HTTP/1.1 101 Other\r\nconnection: upgrade\r\nupgrade: x\r\n${header}\r\n`),
        ),
    ]),
    ['an answer that is no HTTP', (socket) => socket.once('data', () => socket.end('\u0000\u0001garbage\r\n\r\n'))],
  ])('%s', async (_name, onConnection) => {
    const port = await servers.tcp(onConnection);
    const error = await failureOf(client().request(post(`http://127.0.0.1:${port}/`)));
    expect(error.kind).toBe('uncertain');
  });

  test('no answer in time', async () => {
    const url = await servers.http(() => undefined);
    const error = await failureOf(client().request(post(url, 60)));
    expect(error).toMatchObject({ kind: 'uncertain', message: expect.stringContaining('(time-out)') });
  });

  test('an answer that never ends', async () => {
    const url = await servers.http((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{');
    });
    expect((await failureOf(client().request(post(url, 80)))).kind).toBe('uncertain');
  });

  test('an answer larger than the limit', async () => {
    const url = await servers.http((_request, response) => response.end('x'.repeat(2_000)));
    expect((await failureOf(client({ maxResponseBytes: 1_000 }).request(post(url)))).kind).toBe('uncertain');
  });

  test('a kept-alive connection is reset on reuse', async () => {
    let connections = 0;
    let requests = 0;
    const port = await servers.tcp((socket) => {
      connections++;
      socket.on('data', () => {
        if (++requests === 1) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
        else socket.resetAndDestroy();
      });
    });
    const http = client();
    expect(await http.request(post(`http://127.0.0.1:${port}/`))).toMatchObject({ status: 200 });
    const error = await failureOf(http.request(post(`http://127.0.0.1:${port}/`)));
    expect({ kind: error.kind, connections }).toEqual({ kind: 'uncertain', connections: 1 });
  });

  test('a connection handed over to a waiting request is reset', async () => {
    let requests = 0;
    const port = await servers.tcp((socket) => {
      socket.on('data', () => {
        if (++requests === 1) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
        else socket.resetAndDestroy();
      });
    });
    const http = client({ maxSockets: 1 });
    const first = http.request(post(`http://127.0.0.1:${port}/`));
    const second = failureOf(http.request(post(`http://127.0.0.1:${port}/`)));
    expect(await first).toMatchObject({ status: 200 });
    expect((await second).kind).toBe('uncertain');
  });

  test('over TLS, after the handshake', async () => {
    const url = await servers.https((request) => request.socket.destroy());
    expect((await failureOf(client({ ca: TEST_CERTIFICATE }).request(post(url)))).kind).toBe('uncertain');
  });
});

describe('failures of streams', () => {
  test('silence ends the stream', async () => {
    const url = await servers.http((_request, response) => {
      response.writeHead(200);
      response.write('begin');
    });
    const { stream } = await client().stream({ method: 'GET', url, timeoutMs: 60 });
    stream.resume();
    expect(await once(stream, 'error')).toMatchObject([{ message: expect.any(String) }]);
  });

  test('a stream over the limit fails', async () => {
    const url = await servers.http((_request, response) => response.end('x'.repeat(5_000)));
    const { stream } = await client({ maxStreamBytes: 1_000 }).stream({ method: 'GET', url });
    await expect(stream.resume().toArray()).rejects.toThrow(/exceeded/);
  });
});

test('no failure repeats the request', async () => {
  const port = await servers.closedPort();
  const error = await failureOf(client().request(post(`http://127.0.0.1:${port}/v1?access_token=hidden`)));
  const told = JSON.stringify({ ...error, message: error.message, stack: error.stack, cause: error.cause });
  expect(told).not.toMatch(/s3cret|private words|hidden/);
});
