import { setTimeout as delay } from 'node:timers/promises';
import { BullDriver } from '../../service/src/outbox/bull.driver.ts';
import { EmbeddedDriver } from '../../service/src/outbox/embedded.driver.ts';
import { describeOutboxDriver } from '../conformance/outbox.ts';
import { describeProcesses } from '../conformance/outbox-processes.ts';
import { OutboxBench, type MakeDriver } from '../conformance/outbox-bench.ts';
import { manualClock } from '../sandbox/kit/clock.ts';
import { Notifiers, WebAndWorker } from '../support/bull-pair.ts';
import { DEAF, startDeafServer } from '../support/deaf-server.ts';
import { eventually } from '../support/eventually.ts';
import { postgresLedgers } from '../support/postgres-ledgers.ts';
import { startRedis, type RedisServer } from '../support/redis.ts';

const ledgers = postgresLedgers();
const notifiers = new Notifiers();
let redis: RedisServer;
let tests = 0;

beforeAll(async () => {
  redis = await startRedis();
}, 30_000);
beforeEach(() => {
  tests += 1;
});
afterEach(() => notifiers.close());
afterAll(() => {
  notifiers.end();
  return redis.close();
});

const prefix = () => `test-${tests}`;

/** What a notification missed (Redis was not reached yet) is found soon. */
const SWEEP_MS = 200;
const bull: MakeDriver = (ledger, clock, failed, times = {}) => {
  const where = { url: redis.url, prefix: prefix() };
  return new WebAndWorker(notifiers, where, ledger, clock, failed, { sweepMs: SWEEP_MS, ...times });
};

describeOutboxDriver('bull', bull, ledgers.open);
describeProcesses('bull', bull, ledgers.openMany);

describe('the notifier', () => {
  /** What a listening process hears. */
  function listening(notifier: { listen(listener: (kind: string) => boolean): void }, hasRoom = () => true) {
    const received: string[] = [];
    notifier.listen((kind) => {
      received.push(kind);
      return hasRoom();
    });
    return received;
  }

  test('is received by another process, at its time', async () => {
    const sender = await notifiers.ready(redis.url, prefix());
    const received = listening(await notifiers.ready(redis.url, prefix()));
    const startedAt = performance.now();
    sender.notify('send', 300);
    sender.notify('deliver');
    await eventually(() => received.length === 2, 'both notifications');
    expect(received).toEqual(['deliver', 'send']);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(250);
  });

  test('goes on to one that has room', async () => {
    const sender = await notifiers.ready(redis.url, prefix());
    const busy = listening(await notifiers.ready(redis.url, prefix()), () => false);
    sender.notify('send');
    await eventually(() => busy.length >= 2, 'the busy one to hear it again');
    const free = listening(await notifiers.ready(redis.url, prefix()));
    await eventually(() => free.length === 1, 'the free one to hear it');
  });

  test('of a burst is a few notifications, and leaves nothing in Redis', async () => {
    const sender = await notifiers.ready(redis.url, prefix());
    const received = listening(await notifiers.ready(redis.url, prefix()));
    for (let i = 0; i < 1_000; i++) sender.notify('send');
    await eventually(() => received.length > 0, 'a notification');
    sender.notify('deliver');
    await eventually(() => received.includes('deliver'), 'the last notification');
    expect(received.length).toBeLessThan(20);
    const left = async () => ((await redis.command('KEYS', `${prefix()}:parley-notifier:[0-9]*`)) as string[]).length;
    await eventually(async () => (await left()) === 0, 'the notifications to be forgotten');
  });

  const troubles: [string, () => Promise<void>][] = [
    ['everything in it was flushed', async () => void (await redis.command('FLUSHALL'))],
    ['its scripts were flushed', async () => void (await redis.command('SCRIPT', 'FLUSH'))],
    [
      'it was killed and started again',
      async () => {
        await redis.end('SIGKILL');
        await delay(100);
        await redis.start();
      },
    ],
    [
      'it stood still',
      async () => {
        redis.signal('SIGSTOP');
        await delay(1_000);
        redis.signal('SIGCONT');
      },
    ],
    [
      'it took nothing more for a while, its memory being full',
      async () => {
        await redis.command('CONFIG', 'SET', 'maxmemory', '1');
        await delay(300);
        await redis.command('CONFIG', 'SET', 'maxmemory', '0');
      },
    ],
  ];

  test.each(troubles)('is received again after %s', async (_name, trouble) => {
    const sender = await notifiers.ready(redis.url, prefix());
    const received = listening(await notifiers.ready(redis.url, prefix()));
    sender.notify('send');
    await eventually(() => received.length === 1, 'the first notification');
    const notifying = setInterval(() => sender.notify('settle'), 20);
    await trouble();
    clearInterval(notifying);
    await eventually(() => {
      sender.notify('deliver');
      return received.includes('deliver');
    }, 'a notification afterwards');
  });

  test.each(troubles)('only loses time: all work is done once, in order, although %s', async (_name, trouble) => {
    const [one, two] = await ledgers.openMany(2);
    const clock = manualClock(1_750_000_000_000);
    const log: string[] = [];
    const options = { clock, everywhere: new Map(), note: (line: string) => log.push(line) };
    const benches = [one, two].map((ledger) => new OutboxBench(bull, ledger as never, options).start());
    const names = Array.from({ length: 40 }, (_, i) => `job ${i}`);
    const promising = (async () => {
      for (const [i, name] of names.entries()) {
        await benches[i % 2]?.promise({ name, orderingKey: `key ${i % 4}` });
        await delay(5);
      }
    })();
    await trouble();
    await promising;
    const finished = () => log.filter((line) => line.startsWith('finish ')).map((line) => line.slice(7));
    await eventually(
      () => finished().length >= names.length,
      () => `all jobs: ${finished().length}`,
    );
    for (const key of [0, 1, 2, 3]) {
      const own = names.filter((_, i) => i % 4 === key);
      expect(finished().filter((name) => own.includes(name))).toEqual(own);
    }
    expect(benches.flatMap((bench) => bench.broken)).toEqual([]);
    await Promise.all(benches.map((bench) => bench.driver.stop()));
  });

  test('wakes a worker that would not look by itself for an hour', async () => {
    const hour = { sweepMs: 3_600_000 };
    const clock = manualClock(1_750_000_000_000);
    const [web, worker] = (await ledgers.openMany(2)).map((ledger) => ({ ledger })) as never as [
      { ledger: Parameters<MakeDriver>[0] },
      { ledger: Parameters<MakeDriver>[0] },
    ];
    const [sender, listener] = [await notifiers.ready(redis.url, prefix()), await notifiers.ready(redis.url, prefix())];
    const driver =
      (notifier: typeof sender): MakeDriver =>
      (...given) =>
        Object.assign(new BullDriver(notifier, clock, new EmbeddedDriver(...given)), {});
    const asked = new OutboxBench(driver(sender), web.ledger, { clock, times: hour });
    const working = new OutboxBench(driver(listener), worker.ledger, { clock, times: hour }).start();
    for (let i = 0; i < 20; i++) {
      await asked.promise({ name: `job ${i}`, orderingKey: 'l' });
      if (i % 3 === 0) await working.seen(`finish job ${i}`);
    }
    await working.seen('finish job 19');
    await working.driver.stop();
  });

  test('warns of a Redis that throws keys away', async () => {
    const bad = await startRedis({ 'maxmemory-policy': 'allkeys-lru' });
    await notifiers.ready(bad.url, prefix());
    await eventually(() => notifiers.log.some((line) => line.includes('allkeys-lru')), 'the warning');
    await notifiers.close();
    await bad.close();
  });

  test('that was never reached keeps nobody from working, nor from stopping', async () => {
    const { notifier } = notifiers.make('redis://127.0.0.1:1', prefix());
    const ledger = await ledgers.open();
    const clock = manualClock(1_750_000_000_000);
    const local: MakeDriver = (...given) => new BullDriver(notifier, clock, new EmbeddedDriver(...given));
    const bench = new OutboxBench(local, ledger, { clock }).start();
    await bench.promise({ name: 'a' });
    await bench.seen('finish a');
    expect(notifier.wasUp).toBe(false);
    await bench.driver.stop();
  });

  test.each([...DEAF, 'refuses'] as const)(
    'ends beside a server that %s, and leaves no promise to nobody',
    async (how) => {
      const server = how === 'refuses' ? undefined : await startDeafServer(how);
      const { notifier, close } = notifiers.make(server?.url ?? 'redis://127.0.0.1:1', prefix());
      notifier.listen(() => true);
      await server?.wasCalled();
      await close();
      await server?.close();
      // What nobody hears of is told when the connections' ends are.
      await delay(50);
    },
  );
});
