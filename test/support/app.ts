/** The whole service in this process, with the strict sandbox in the provider's place and workflows that can fail. */
import { jest } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Account, CreatedSubscription, CreateSubscription, MessageView, SendMessage } from '../../contract/api.ts';
import type { OutboundContent } from '../../contract/message.ts';
import { loadConfig } from '../../service/src/config/config.ts';
import type { MakeFeature } from '../../service/src/features/feature.ts';
import { makeLogger } from '../../service/src/platform/logger.ts';
import { startService, type RunningService } from '../../service/src/service.ts';
import { LogLines } from '../platform/support-app.ts';
import { manualClock, type ManualClock } from '../sandbox/kit/clock.ts';
import { SANDBOX_DEFAULTS, type WhatsAppSandboxOptions } from '../sandbox/whatsapp/defaults.ts';
import { startWhatsAppSandbox, type WhatsAppSandbox } from '../sandbox/whatsapp/sandbox.ts';
import { apiClient, type Answer, type ApiClient } from './api-client.ts';
import { eventually } from './eventually.ts';
import { newEngine, type Engine } from './engines.ts';
import { startReceiver, type Receiver } from './receiver.ts';

export const ANA = '15550001111';
export const BEN = '15550002222';
export const ACCOUNT = { channel: 'whatsapp', externalId: SANDBOX_DEFAULTS.phoneNumberId };
/** A Thursday; the sandbox and the service share the clock. */
export const START_AT = Date.UTC(2026, 0, 1, 12);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The sandbox's own account as settings, pointed at it. */
export function sandboxSettings(sandbox: Pick<WhatsAppSandbox, 'url'>, more: Record<string, unknown> = {}) {
  const { accessToken, phoneNumberId, wabaId, appId, appSecret, verifyToken } = SANDBOX_DEFAULTS;
  return { accessToken, phoneNumberId, wabaId, appId, appSecret, verifyToken, baseUrl: sandbox.url, ...more };
}

export interface AppOptions {
  sandbox?: WhatsAppSandboxOptions;
  /** More `PARLEY_…` variables. */
  env?: Record<string, string>;
  /** Register the sandbox's account and let its webhooks come here. Default true. */
  registered?: boolean;
  /** Where the clock stands at the start. Default: `START_AT`; n8n checks signatures by the machine's own time. */
  startAt?: number;
  /** In the place of those that there are. */
  features?: readonly MakeFeature[];
}

/** What a workflow says to a contact; ids, keys and the account are filled in. */
export type SendOptions = Partial<Omit<SendMessage, 'content'>> & { key?: string; content?: OutboundContent };

export interface App {
  sandbox: WhatsAppSandbox;
  clock: ManualClock;
  dataDir: string;
  /** The API key. */
  key: string;
  log: LogLines;
  readonly url: string;
  readonly service: RunningService;
  account: Account;
  call: ApiClient;
  /** Starts a workflow's receiver and subscribes it; `subscription.secret` checks its deliveries. */
  listen(wish?: Partial<CreateSubscription>): Promise<Receiver & { subscription: CreatedSubscription }>;
  receiver(): Promise<Receiver>;
  send(text: string, options?: SendOptions): Promise<Answer>;
  /** Sends and expects it to be admitted; answers the message's id. */
  sent(text: string, options?: SendOptions): Promise<string>;
  message(id: string): Promise<MessageView>;
  /** The message as soon as it has this status, or one that only comes after it: the stand-ins deliver when they like. */
  reaches(id: string, status: string): Promise<MessageView>;
  /** Moves the time of service and sandbox, and lets what became due run. */
  advance(byMs: number): void;
  /** Puts the clock of service and sandbox forward or back, although no time passes, and lets what became due run. */
  jumps(byMs: number): void;
  /** Resolves when no job can run before the clock moves. */
  idle(): Promise<void>;
  rows(sql: string): Record<string, unknown>[];
  read: Engine['read'];
  passes: Engine['passes'];
  dump(): ReturnType<Engine['dump']>;
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** Above the bound of every wait, so that a test that fails says what it waited for. */
jest.setTimeout(60_000);

const closers: (() => Promise<unknown>)[] = [];
/** The statuses that a message has been through when it has this one. */
const LATER: Partial<Record<string, string[]>> = { sent: ['delivered', 'read'], delivered: ['read'] };

/** Whatever a test starts besides is ended with the rest, the last first. */
export function closing(close: () => Promise<unknown>): void {
  closers.push(close);
}

/** Ends everything that was started; for `afterEach`. */
export async function closeApps(): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}

let keys = 0;

export async function startApp(options: AppOptions = {}): Promise<App> {
  const clock = manualClock(options.startAt ?? START_AT);
  const sandbox = await startWhatsAppSandbox({
    ...{ clock, throughputPerSecond: null, throughputLevel: 'HIGH' },
    ...options.sandbox,
  });
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-flow-'));
  const engine = await newEngine(dataDir);
  const log = new LogLines();
  closers.push(async () => {
    await engine.close();
    await sandbox.close();
    await rm(dataDir, { recursive: true, force: true });
  });
  let service: RunningService | undefined;
  let port = options.env?.['PARLEY_PORT'] ?? '0';
  const running = () => {
    if (service === undefined) throw new Error('The service is not running');
    return service;
  };
  const start = async () => {
    const env = { PARLEY_DATA_DIR: dataDir, PARLEY_ALLOW_PRIVATE_PROVIDERS: 'loopback', ...engine.env };
    const logger = makeLogger({ level: 'trace', destination: log.destination });
    service = await startService(loadConfig({ ...env, ...options.env, PARLEY_PORT: port }), logger, {
      clock,
      random: () => 0.5,
      ...(options.features && { features: options.features }),
    });
    port = new URL(service.url).port;
  };
  const stop = async () => {
    const ending = service;
    service = undefined;
    await ending?.stop();
  };
  await start();
  closers.push(stop);
  const given = options.env?.['PARLEY_API_KEY'] ?? engine.env['PARLEY_API_KEY'];
  const key = given ?? (await readFile(join(dataDir, 'api-key'), 'utf8')).trim();
  const call = apiClient(() => running().url, key);
  const { rows, read, dump, passes } = engine;
  const app = { sandbox, clock, dataDir, key, log, call, start, stop, rows, read, dump, passes } as App;
  Object.defineProperty(app, 'url', { get: () => running().url });
  Object.defineProperty(app, 'service', { get: running });
  Object.assign(app, actions(app));
  if (options.registered !== false) {
    const path = `/v1/accounts/whatsapp/${ACCOUNT.externalId}`;
    app.account = (await call('PUT', path, { settings: sandboxSettings(sandbox) })).body as Account;
    sandbox.subscribe(app.account.webhookUrl);
  }
  return app;
}

function actions(app: App): Partial<App> {
  return {
    listen: async (wish = {}) => {
      const receiver = await app.receiver();
      const body = { url: receiver.url, events: ['message.received'], account: ACCOUNT, ...wish };
      const answer = await app.call('POST', '/v1/subscriptions', body);
      if (answer.status !== 201) throw new Error(`Not subscribed: ${answer.text}`);
      receiver.confirms = wish.confirms ?? false;
      return Object.assign(receiver, { subscription: answer.body as CreatedSubscription });
    },
    receiver: async () => {
      const receiver = await startReceiver();
      closers.push(() => receiver.close());
      return receiver;
    },
    send: (text, { key = `key-${++keys}`, ...rest } = {}) => {
      const body = { account: ACCOUNT, to: `+${ANA}`, content: { type: 'text', text }, ...rest };
      return app.call('POST', '/v1/messages', body, { 'idempotency-key': key });
    },
    sent: async (text, options) => {
      const answer = await app.send(text, options);
      if (answer.status !== 202) throw new Error(`Not admitted: ${answer.text}`);
      return (answer.body as { id: string }).id;
    },
    message: async (id) => (await app.call('GET', `/v1/messages/${id}`)).body as MessageView,
    reaches: (id, status) =>
      eventually(async () => {
        const view = await app.message(id);
        if (![status, ...(LATER[status] ?? [])].includes(view.status)) {
          throw new Error(`The message is ${view.status}: ${JSON.stringify(view.error)}`);
        }
        return view;
      }, `message ${id} to be ${status}`),
    advance: (byMs) => {
      app.clock.advance(byMs);
      app.passes(byMs);
      app.service.pipelines.driver.wake();
    },
    jumps: (byMs) => {
      app.clock.jump(byMs);
      app.service.pipelines.driver.wake();
    },
    idle: () =>
      eventually(async () => (await canRun(app)).length === 0 && isAtRest(app), 'the due jobs to be done').then(
        () => undefined,
      ),
  };
}

/** Whether no send is still at its end: what it learned of the provider's pace is written there. */
function isAtRest(app: App): boolean {
  return app.service.pipelines.driver.running('send') === 0;
}

/** Jobs that are due and not held back by the pace or the pause of their account. */
async function canRun(app: App): Promise<Record<string, unknown>[]> {
  const now = app.clock.now();
  const due = await app.read(`SELECT * FROM jobs WHERE state = 'ready' AND due_at <= ${now}`);
  const { pacer, driver } = app.service.pipelines;
  const isHeldBack = (group: unknown) => driver.running('send') === 0 && (pacer.opensInMs(String(group)) ?? 0) > 0;
  return due.filter(({ kind, group_key: group }) => kind !== 'send' || !isHeldBack(group));
}
