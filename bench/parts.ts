/** The parts of the bench, by the letters under which the documentation tells of them. */
import { join } from 'node:path';
import { channels } from '../service/src/channels/index.ts';
import { fillLedger } from '../test/support/filled-ledger.ts';
import { measureAccept, type AcceptRound } from './accept.ts';
import { pacedWebhooks } from './ack.ts';
import type { Bench } from './bench.ts';
import { samples } from './channel-samples.ts';
import { measureChannel } from './channels.ts';
import { measureLatency } from './latency.ts';
import { median } from './measure.ts';
import { again } from './plan.ts';
import * as report from './report.ts';
import type { Row } from './report.ts';
import type { Harness } from './harness.ts';
import { measureSends } from './sends.ts';
import { startServers } from './servers.ts';
import { measureSoak } from './soak.ts';
import type { ServiceUnderTest } from './service-under-test.ts';

interface BenchPart {
  what: string;
  run(bench: Bench): Promise<Row[]>;
}

const CONNECTIONS = 100;
/** Less than what can be delivered for long, so that what is seen is no backlog. */
const SOAK_PER_SECOND = 1_000;

const rateOf = (rounds: readonly AcceptRound[]) => median(rounds.map(report.accepted));

async function starts(bench: Bench): Promise<Row[]> {
  const folder = bench.folder();
  const times: number[] = [];
  for (let i = 0; i < bench.plan.starts; i++) {
    times.push(await bench.withService(async ({ startedInMs }) => startedInMs, folder));
  }
  return report.startRows(times);
}

async function latency(bench: Bench, service: ServiceUnderTest, count = bench.plan.latencies): Promise<number[]> {
  return measureLatency(service, await service.addAccount(bench.providerPort), count);
}

async function sends(bench: Bench, service: ServiceUnderTest, plan = bench.plan.sends) {
  for (let n = 0; n < plan.accounts; n++) await service.addAccount(bench.providerPort, n);
  return measureSends(plan, service, bench.provider);
}

/** The median of what is accepted, measured where nobody did yet. */
async function highest(bench: Bench, harness: Harness): Promise<number> {
  if (bench.rate === undefined) {
    const [rounds = []] = await measureAccept({ ...again(bench.plan).accept, rounds: 2 }, [harness]);
    bench.rate = rateOf(rounds);
  }
  return bench.rate;
}

function accept(bench: Bench): Promise<Row[]> {
  return bench.withHarnesses([{}], async ([harness]) => {
    if (harness === undefined) return [];
    const before = await harness.memoryMb();
    const [rounds = []] = await measureAccept(bench.plan.accept, [harness]);
    const after = await harness.memoryMb();
    bench.rate = rateOf(rounds);
    return [...report.acceptRows(rounds), ...report.memoryRows(before, after)];
  });
}

function deliveries(bench: Bench): Promise<Row[]> {
  const { rounds, count } = bench.plan.deliveries;
  const wishes = [1, 100].map((maxBatch) => ({ name: `maxBatch ${maxBatch}`, maxBatch }));
  return bench.withHarnesses(wishes, async (harnesses) => {
    const plan = { rounds, durationMs: 60_000, connections: CONNECTIONS, pool: count };
    const measured = await measureAccept(plan, harnesses);
    return harnesses.map(({ name }, i) => report.deliveryRow(name, measured[i] ?? []));
  });
}

function ack(bench: Bench): Promise<Row[]> {
  return bench.withHarnesses([{}], async ([harness]) => {
    if (harness === undefined) return [];
    const perSecond = Math.round((await highest(bench, harness)) / 2);
    const plan = { perSecond, durationMs: bench.plan.ackMs, connections: CONNECTIONS };
    return [report.ackRow(perSecond, await pacedWebhooks(plan, harness))];
  });
}

async function filled(bench: Bench): Promise<Row[]> {
  const rows: Row[] = [];
  for (const messages of bench.plan.filled) rows.push(...(await filledWith(bench, messages)));
  return rows;
}

/** An empty ledger and a full one in turn; then what else is measured of an empty one, on the full one alone. */
async function filledWith(bench: Bench, messages: number): Promise<Row[]> {
  const folder = bench.folder();
  await bench.withService((service) => service.addAccount(bench.providerPort), folder);
  const bytes = fillLedger(join(folder, 'parley.db'), messages);
  const plan = again(bench.plan);
  const wishes = [{}, { name: 'filled', dataDirs: [folder] }];
  const [empty = [], full = []] = await bench.withHarnesses(wishes, (harnesses) =>
    measureAccept(plan.accept, harnesses),
  );
  const rest = await bench.withService(async (service) => {
    const times = await latency(bench, service, plan.latencies);
    return { times, sends: await sends(bench, service, plan.sends) };
  }, folder);
  return report.filledRows({ messages, bytes, empty, full, ...rest });
}

/** Every channel there is, one after the other: in this process, as nothing but computing is measured. */
async function perChannel(bench: Bench): Promise<Row[]> {
  const rows: Row[] = [];
  for (const channel of channels) {
    const sample = samples[channel.id];
    const cost = sample && (await measureChannel(channel, sample, bench.plan.channels));
    rows.push(report.channelRow(channel.name, cost));
  }
  return rows;
}

async function shared(bench: Bench): Promise<Row[]> {
  const servers = [await startServers(), await startServers()];
  try {
    const wishes = servers.map(({ env }, i) => ({
      name: `PostgreSQL + Redis, ${i + 1} process${i === 0 ? '' : 'es'}`,
      dataDirs: Array.from({ length: i + 1 }, () => bench.folder()),
      env,
    }));
    return await bench.withHarnesses(wishes, async (harnesses) => {
      const measured = await measureAccept(again(bench.plan).accept, harnesses);
      return harnesses.flatMap(({ name }, i) => report.sharedRows(name, measured[i] ?? []));
    });
  } finally {
    await Promise.all(servers.map((one) => one.close()));
  }
}

function soak(bench: Bench): Promise<Row[]> {
  return bench.withHarnesses([{}], async ([harness]) => {
    if (harness === undefined) return [];
    const durationMs = bench.plan.soakMinutes * 60_000;
    const plan = { perSecond: SOAK_PER_SECOND, durationMs, connections: CONNECTIONS };
    return report.soakRows(SOAK_PER_SECOND, await measureSoak(plan, harness));
  });
}

export const parts: Record<string, BenchPart> = {
  d: { what: 'Start-up', run: starts },
  b: {
    what: 'Latency of one webhook at a time',
    run: async (bench) => report.latencyRows(await bench.withService((service) => latency(bench, service))),
  },
  c: {
    what: 'Sends per second',
    run: async (bench) => report.sendRows(await bench.withService((service) => sends(bench, service))),
  },
  a: { what: 'Webhooks per second, baseline and service in turn', run: accept },
  e: { what: 'Answers at half of the highest rate', run: ack },
  f: { what: 'Events per second to a workflow', run: deliveries },
  g: { what: 'A ledger that already holds messages', run: filled },
  h: { what: 'Reading and writing, channel by channel', run: perChannel },
  p: { what: 'PostgreSQL and Redis', run: shared },
  s: { what: 'Memory over many minutes', run: soak },
};
