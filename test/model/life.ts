/** The whole service but its HTTP server, over a ledger that outlives its process; time stands still until it is moved. */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import { loadConfig } from '../../service/src/config/config.ts';
import { makeIds } from '../../service/src/core/ids.ts';
import { watchedClock } from '../../service/src/core/watched-clock.ts';
import { FEATURES } from '../../service/src/features/index.ts';
import { buildPipelines, type Pipelines, type World } from '../../service/src/kernel.ts';
import { makeLogger } from '../../service/src/platform/logger.ts';
import { Metrics } from '../../service/src/platform/metrics.ts';
import { Outage } from '../../service/src/platform/outage.ts';
import { parseEncryptionKeys, SecretBox } from '../../service/src/platform/secret-box.ts';
import { Ledger } from '../../service/src/store/ledger.ts';
import type { Tx } from '../../service/src/store/unit-of-work.ts';
import { sqlite } from '../../service/src/store/sqlite.ts';
import { manualClock } from '../sandbox/kit/clock.ts';
import { signatureOf } from '../sandbox/kit/meta/hub-webhooks.ts';
import { FakeProvider, FakeWorkflow, httpOf } from './fakes.ts';

export const ACCOUNT = { channel: 'whatsapp', externalId: '106540352242922' };
const SETTINGS = {
  accessToken: 'EAAmodel',
  phoneNumberId: ACCOUNT.externalId,
  appSecret: '0123456789abcdef0123456789abcdef',
};
const URL_OF_WORKFLOW = 'http://127.0.0.1:5678/webhook/model';
const START_AT = Date.UTC(2026, 0, 1, 12);
/** Turns of the event loop without anything happening, after which nothing will. */
const QUIET_TURNS = 4;
const REST_MS = 5;

/** Thousands of lives commit a lot: where there is memory that looks like a disk, they need not wait for the real one. */
const FOLDER = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

const { keepBodiesMs, keepReceiptsMs, keepEventsMs } = loadConfig({});
const KEEP = { bodies: keepBodiesMs, receipts: keepReceiptsMs, events: keepEventsMs };
const logger = makeLogger({ level: 'silent' });
const secretBox = new SecretBox(parseEncryptionKeys(`k:${'ab'.repeat(32)}`));

/** A process of the service; dead, it learns of nothing and changes nothing. */
interface Process {
  number: number;
  isAlive: boolean;
  pipelines: Pipelines;
}

export class Life {
  readonly clock = manualClock(START_AT);
  readonly provider = new FakeProvider();
  readonly workflow = new FakeWorkflow();
  readonly path: string;
  readonly #ledger: Ledger;
  #process!: Process;
  #happenings = 0;

  private constructor(path: string, ledger: Ledger) {
    this.path = path;
    this.#ledger = ledger;
  }

  static async begin(path: string): Promise<Life> {
    const life = new Life(path, await Ledger.open(sqlite(path)));
    await life.#start();
    return life;
  }

  get pipelines(): Pipelines {
    return this.#process.pipelines;
  }

  get processNumber(): number {
    return this.#process.number;
  }

  /**
   * kill -9, and a new process a millisecond later (ids of two processes in one millisecond are in no order). What was being committed
   * is committed.
   */
  async crash(): Promise<void> {
    const dead = this.#process;
    dead.isAlive = false;
    void dead.pipelines.stop();
    await this.#ledger.write(async () => undefined);
    this.clock.advance(1);
    await this.#start();
  }

  /** Resolves when nothing more can happen by itself, or after so many turns of the event loop. */
  async settle(turns?: number): Promise<void> {
    await this.#quiet(turns ?? Infinity);
    // After webhooks came, reading rests for a moment of real time.
    while (turns === undefined && (await this.#mayRead())) {
      await pause(REST_MS);
      await this.#quiet(Infinity);
    }
  }

  async #quiet(turns: number): Promise<void> {
    let quiet = 0;
    for (let passed = 0; passed < turns && quiet < QUIET_TURNS; passed++) {
      const before = this.#happenings;
      await turn();
      quiet = this.#happenings === before && this.#ledger.waiting === 0 ? quiet + 1 : 0;
    }
  }

  async #mayRead(): Promise<boolean> {
    const due = this.#ledger.reader.selectFrom('jobs').select('seq').where('kind', '=', 'normalize');
    const [job] = await due.where('dueAt', '<=', this.clock.now()).execute();
    return job !== undefined;
  }

  advance(byMs: number): void {
    this.clock.advance(byMs);
    this.pipelines.driver.wake();
  }

  /** Puts the clock forward or back, although no time passes. */
  jump(byMs: number): void {
    this.clock.jump(byMs);
    this.pipelines.driver.wake();
  }

  /** Resolves when the webhook is acknowledged: never, when the process dies before. */
  async post(body: Buffer): Promise<void> {
    const { accounts, acceptor } = this.pipelines;
    const [account] = accounts.list();
    if (account === undefined) throw new Error('There is no account to post to');
    const headers = { 'x-hub-signature-256': signatureOf(SETTINGS.appSecret, body) };
    const connection = accounts.connections.find(account.connectionId);
    if (connection === undefined) throw new Error('The account hangs below no connection');
    const url = `http://127.0.0.1/webhooks/whatsapp/${connection.endpoint}`;
    await acceptor.accept(connection, { method: 'POST', url, headers, query: {}, body });
  }

  async putAccount(): Promise<void> {
    await this.pipelines.accounts.put(ACCOUNT.channel, ACCOUNT.externalId, { settings: SETTINGS });
  }

  async removeAccount(): Promise<void> {
    const [account] = this.pipelines.accounts.list();
    if (account) await this.pipelines.accounts.remove(account.id);
  }

  async subscribe(): Promise<string> {
    const events = ['message.received', 'message.status'] as const;
    const wish = { url: URL_OF_WORKFLOW, events: [...events], maxBatch: 3 };
    return (await this.pipelines.subscriptions.create(wish)).id;
  }

  async end(): Promise<void> {
    this.#process.isAlive = false;
    void this.pipelines.stop();
    await this.#quiet(Infinity);
    await this.#ledger.close();
  }

  async #start(): Promise<void> {
    const process = { number: (this.#process?.number ?? 0) + 1, isAlive: true } as Process;
    const isAlive = () => process.isAlive;
    const { provider, workflow } = this;
    const world: World = {
      ledger: this.#ledgerOf(isAlive),
      clock: watchedClock(this.clock),
      ids: makeIds(this.clock),
      secretBox,
      metrics: new Metrics(),
      logger,
      providerHttp: httpOf(isAlive, (request) => this.#seen(provider.call(process.number, request))),
      subscriberHttp: {
        ...httpOf(isAlive, (request) => this.#seen(workflow.call(process.number, request))),
        checkUrl: () => undefined,
      },
      random: () => 0.5,
      publicUrl: undefined,
      localUrl: () => 'http://127.0.0.1:3000',
      spoolDir: '/nonexistent',
      maxMediaBytes: 1024,
      files: { ms: 0, maxTotalBytes: 1024, folder: '/nonexistent' },
      keep: KEEP,
      role: 'all',
      notifier: undefined,
      outage: new Outage({ log: logger, attempt: async () => undefined, changed: () => undefined }),
    };
    this.#process = process;
    provider.living = process.number;
    process.pipelines = await buildPipelines(world, FEATURES);
    process.pipelines.start();
  }

  /** The ledger, as long as the process lives: no answer reaches a dead one. */
  #ledgerOf(isAlive: () => boolean): Ledger {
    const real = this.#ledger;
    const never = <T>() => new Promise<T>(() => undefined);
    const write = async <T>(unit: (tx: Tx) => Promise<T>): Promise<T> => {
      if (!isAlive()) return never();
      try {
        const result = await this.#seen(real.write(unit));
        if (isAlive()) return result;
      } catch (error) {
        if (isAlive()) throw error;
      }
      return never();
    };
    return { reader: real.reader, dialect: real.dialect, warnings: [], write } as unknown as Ledger;
  }

  async #seen<T>(work: Promise<T>): Promise<T> {
    this.#happenings++;
    try {
      return await work;
    } finally {
      this.#happenings++;
    }
  }
}

/** Makes lives, each on a copy of one migrated ledger; all are gone after the test file. */
export function lives(): () => Promise<Life> {
  const folder = mkdtempSync(join(FOLDER, 'parley-model-'));
  const template = join(folder, 'template.db');
  let count = 0;
  beforeAll(async () => (await Ledger.open(sqlite(template))).close());
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return async () => {
    const path = join(folder, `${++count}.db`);
    copyFileSync(template, path);
    return Life.begin(path);
  };
}
