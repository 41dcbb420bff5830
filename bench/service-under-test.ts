/** The real service, as `npm start` runs it, in a data folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { SendTarget, WebhookTarget } from './requests.ts';
import { until } from './measure.ts';

const MAIN = process.env.BENCH_MAIN ?? fileURLToPath(new URL('../service/dist/service/src/main.js', import.meta.url));
/** As in `npm start`, the image and the systemd unit. */
const FLAGS = ['--max-semi-space-size=16'];
const API_KEY = 'bench-key-of-at-least-24-characters';
const SECRET = 'bench-app-secret';
const PHONE_NUMBER_ID = 106540352242922;
const WABA_ID = '102290129340398';

export class ServiceUnderTest {
  readonly port: number;
  /** From `spawn` to the first 200 of `/readyz`. */
  readonly startedInMs: number;
  readonly #process: ChildProcess;

  private constructor(port: number, startedInMs: number, child: ChildProcess) {
    this.port = port;
    this.startedInMs = startedInMs;
    this.#process = child;
  }

  /** `env`: more of its settings. `nodeOptions`: to profile the service, e.g. `--cpu-prof`. */
  static async start(
    dataDir: string,
    { env = {}, nodeOptions = [] }: { env?: Record<string, string>; nodeOptions?: readonly string[] } = {},
  ): Promise<ServiceUnderTest> {
    const port = await freePort();
    const own = Object.entries(process.env).filter(([name]) => !name.startsWith('PARLEY_'));
    const all = {
      ...Object.fromEntries(own),
      PARLEY_PORT: String(port),
      PARLEY_DATA_DIR: dataDir,
      PARLEY_API_KEY: API_KEY,
      PARLEY_ALLOW_PRIVATE_PROVIDERS: 'loopback',
      PARLEY_LOG_LEVEL: 'warn',
      ...env,
    };
    const startedAt = performance.now();
    const stdio = ['ignore', 'inherit', 'inherit'] as const;
    const child = spawn(process.execPath, [...FLAGS, ...nodeOptions, MAIN], { env: all, stdio: [...stdio] });
    await until('the service to be ready', () => isReady(port, child), 60_000);
    return new ServiceUnderTest(port, performance.now() - startedAt, child);
  }

  /** The n-th account at the stand-in for the provider; answers where its webhooks go. */
  async addAccount(providerPort: number, n = 0): Promise<WebhookTarget> {
    const phoneNumberId = externalId(n);
    const settings = {
      accessToken: 'bench-token',
      phoneNumberId,
      wabaId: WABA_ID,
      appSecret: SECRET,
      baseUrl: `http://127.0.0.1:${providerPort}`,
    };
    const account = await this.#call('PUT', `/v1/accounts/whatsapp/${phoneNumberId}`, { settings });
    const { pathname } = new URL(String(account.webhookUrl));
    return { path: pathname, secret: SECRET, phoneNumberId, wabaId: WABA_ID };
  }

  async subscribe(url: string, maxBatch: number): Promise<string> {
    const wish = { url, events: ['message.received'], maxBatch };
    return String((await this.#call('POST', '/v1/subscriptions', wish)).id);
  }

  /** The process, to watch or to profile it. */
  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** By so many accounts in turn. */
  sends(accounts: number): SendTarget {
    return { apiKey: API_KEY, externalIds: Array.from({ length: accounts }, (_, n) => externalId(n)) };
  }

  /** The metric's sum over all labels, or over those that hold `label`, e.g. `kind="send"`. */
  async metric(name: string, label = ''): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${this.port}/metrics`)).text();
    const lines = text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
    const counted = lines.filter((line) => line.includes(label));
    return counted.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }

  async memoryMb(): Promise<number> {
    return (await this.metric('parley_process_resident_memory_bytes')) / 2 ** 20;
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    await ended;
  }

  async #call(method: string, path: string, body: object): Promise<Record<string, unknown>> {
    const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' };
    const init = { method, headers, body: JSON.stringify(body) };
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`, init);
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as Record<string, unknown>;
  }
}

const externalId = (n: number) => String(PHONE_NUMBER_ID + n);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function isReady(port: number, child: ChildProcess): Promise<boolean> {
  if (child.exitCode !== null) throw new Error(`The service ended with code ${child.exitCode} instead of starting`);
  return new Promise((answer) => {
    const request = get({ port, host: '127.0.0.1', path: '/readyz', agent: false }, (response) => {
      response.resume();
      answer(response.statusCode === 200);
    });
    request.on('error', () => answer(false));
  });
}
