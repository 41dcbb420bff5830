/** An upload that is refused before it was read must not spoil the connection it came over, nor hold up the end. */
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { ACCOUNT, closeApps, startApp, type App } from '../../support/app.ts';
import { closeProcesses, makeServiceProcess } from '../../support/service-process.ts';
import { eventually } from '../../support/eventually.ts';

const LIMIT = 200_000;
const FILE = Buffer.alloc(300_000, 1);

let agent: Agent;
beforeEach(() => {
  agent = new Agent({ keepAlive: true, maxSockets: 1 });
});
afterEach(async () => {
  agent.destroy();
  await closeProcesses();
  await closeApps();
});

interface Asked {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  body?: Buffer;
}

/** One request over the agent's only connection. */
function ask(
  app: App,
  { method = 'GET', path, headers = {}, body }: Asked,
): Promise<{ status?: number; text: string }> {
  return new Promise((resolve, reject) => {
    const all = { authorization: `Bearer ${app.key}`, ...headers };
    const asking = httpRequest(app.url + path, { method, agent, headers: all }, (response: IncomingMessage) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString() } as never),
      );
      response.on('error', reject);
    });
    asking.on('error', reject);
    asking.end(body);
  });
}

const UNKNOWN = '/v1/media?channel=whatsapp&externalId=999&filename=a';
const KNOWN = `/v1/media?channel=whatsapp&externalId=${ACCOUNT.externalId}&filename=a`;
const PNG = { 'content-type': 'image/png', 'content-length': String(FILE.length) };
const CHUNKED = { 'content-type': 'image/png', 'transfer-encoding': 'chunked' };

describe.each<[string, string, Record<string, string>, Record<string, string>, number]>([
  ['for an account that is not registered', UNKNOWN, PNG, {}, 409],
  ['for an account that is not registered, of unknown length', UNKNOWN, CHUNKED, {}, 409],
  ['without a valid key', KNOWN, { ...PNG, authorization: 'Bearer wrong' }, {}, 401],
  ['without a valid key, of unknown length', KNOWN, { ...CHUNKED, authorization: 'Bearer wrong' }, {}, 401],
  ['that says it is too large', KNOWN, PNG, { PARLEY_MAX_MEDIA_BYTES: String(LIMIT) }, 413],
  ['that turns out to be too large', KNOWN, CHUNKED, { PARLEY_MAX_MEDIA_BYTES: String(LIMIT) }, 413],
  ['of a type that is not taken', KNOWN, { ...PNG, 'content-type': 'application/x-msdownload' }, {}, 415],
  ['that is compressed', KNOWN, { ...PNG, 'content-encoding': 'gzip' }, {}, 415],
])('an upload %s', (_name, path, headers, env, status) => {
  test('is answered, and so is what follows over the connection', async () => {
    const app = await startApp({ env });
    for (let round = 0; round < 3; round++) {
      const refused = await ask(app, { method: 'POST', path, headers, body: FILE });
      expect({ ...refused, text: (JSON.parse(refused.text) as { status: number }).status }).toEqual({
        status,
        text: status,
      });
      expect(await ask(app, { path: '/healthz' })).toMatchObject({ status: 200 });
    }
    const taken = await ask(app, {
      method: 'POST',
      path: KNOWN,
      headers: { 'content-type': 'image/png' },
      body: FILE.subarray(0, 1000),
    });
    expect(taken.status).toBe(201);
  });
});

/** Posts a file, or a part of it, that is refused and leaves the connection open. */
async function refusedUpload(url: string, key: string, part = FILE): Promise<Socket> {
  const { port } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
  // The end of the service may reset it.
  socket.on('error', () => undefined);
  const fields = Object.entries({ ...PNG, host: 'x', authorization: `Bearer ${key}` });
  const head = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.write(`POST ${UNKNOWN} HTTP/1.1\r\n${head}\r\n`);
  socket.write(part);
  await eventually(() => answer.startsWith('HTTP/1.1 4'), 'the refusal');
  return socket;
}

describe('the connection of a refused upload does not hold up the end', () => {
  test.each([401, 409])('of the service in this process (%s)', async (status) => {
    const app = await startApp({ registered: false });
    const socket = await refusedUpload(app.url, status === 401 ? 'wrong' : app.key);
    const startedAt = performance.now();
    await app.stop();
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    socket.destroy();
  });

  test('of the service in this process, should the rest of the file never come', async () => {
    const app = await startApp({ registered: false });
    const socket = await refusedUpload(app.url, app.key, FILE.subarray(0, 100_000));
    const startedAt = performance.now();
    await app.stop();
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    socket.destroy();
  });

  test('of the process: SIGTERM, exit code 0', async () => {
    const service = await makeServiceProcess();
    await service.start();
    const socket = await refusedUpload(service.url, 'wrong');
    const startedAt = performance.now();
    expect(await service.end('SIGTERM')).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    socket.destroy();
  });
});
