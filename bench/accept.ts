/** Webhooks accepted per second, against the baseline, in alternating rounds; and how fast everything gets through to the workflow. */
import { Child } from './child.ts';
import type { LoadAsk, LoadResult } from './load.ts';
import type { BaselineAnswer, BaselineAsk } from './baseline.ts';
import { until } from './measure.ts';
import { numbers, type WebhookTarget } from './requests.ts';
import type { Harness } from './harness.ts';

export interface AcceptPlan {
  rounds: number;
  durationMs: number;
  connections: number;
  /** Requests made for a round: more than any round can use. */
  pool: number;
}

export interface AcceptRound {
  baseline: LoadResult;
  service: LoadResult;
  /** Webhooks per second from the first request until the last event was delivered. */
  sustained: number;
  /** Microseconds of processor time for each webhook while the burst lasted, whatever else the process did included. */
  cpu: { baseline: number; service: number };
  /** Events that were delivered by the time the burst ended. */
  deliveredInBurst: number;
}

/** Far beyond what draining a burst takes; only a hang gets here. */
const DRAIN_LIMIT_MS = 300_000;

/** Baseline and services in turn, each round the same; answers the rounds of each service. */
export async function measureAccept(plan: AcceptPlan, harnesses: readonly Harness[]): Promise<AcceptRound[][]> {
  const load = new Child<LoadAsk, LoadResult>('./load.ts');
  const baseline = new Child<BaselineAsk, BaselineAnswer>('./baseline.ts');
  const done: AcceptRound[][] = harnesses.map(() => []);
  const burst = (ports: readonly number[], target: WebhookTarget, cpu: () => Promise<number>) =>
    oneBurst(plan, load, ports, target, cpu);
  try {
    const { port } = await baseline.ask({ do: 'listen', secret: harnesses[0]?.target.secret ?? '' });
    const baselineCpu = async () => (await baseline.ask({ do: 'cpu' })).cpuSeconds;
    // The first round warms all of them up and is not counted.
    for (let i = 0; i <= plan.rounds; i++) {
      for (const [index, harness] of harnesses.entries()) {
        const least = await burst([port], harness.target, baselineCpu);
        await harness.workflow.ask({ do: 'reset' });
        const most = await burst(harness.ports, harness.target, () => harness.cpuSeconds());
        const drained = await drain(harness, most.result);
        const cpu = { baseline: least.cpu, service: most.cpu };
        if (i > 0) done[index]?.push({ baseline: least.result, service: most.result, cpu, ...drained });
      }
    }
  } finally {
    await Promise.all([load.stop(), baseline.stop()]);
  }
  return done;
}

async function oneBurst(
  { connections, durationMs, pool }: AcceptPlan,
  load: Child<LoadAsk, LoadResult>,
  ports: readonly number[],
  webhooks: WebhookTarget,
  cpuSeconds: () => Promise<number>,
) {
  await load.ask({ do: 'prepare', webhooks, from: numbers(pool), count: pool });
  const before = await cpuSeconds();
  const result = await load.ask({ do: 'run', ports, connections, durationMs });
  const used = (await cpuSeconds()) - before;
  return { result, cpu: (used * 1e6) / (result.answered + result.warmed) };
}

/** Waits until the workflow has everything that was accepted. */
export async function drain({ workflow }: Harness, { answered, warmed, startedAt }: LoadResult) {
  const accepted = answered + warmed;
  const read = () => workflow.ask({ do: 'read' });
  const { events: deliveredInBurst } = await read();
  await until('every accepted webhook to be delivered', async () => (await read()).events >= accepted, DRAIN_LIMIT_MS);
  const { lastAt } = await read();
  return { deliveredInBurst, sustained: accepted / ((lastAt - startedAt) / 1_000) };
}
