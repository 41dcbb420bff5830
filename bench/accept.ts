/** (a) Webhooks accepted per second, against the floor, in alternating rounds; and how fast everything gets through to the workflow. */
import { Child } from './child.ts';
import type { CounterAnswer, CounterAsk } from './counter.ts';
import type { LoadAsk, LoadResult } from './load.ts';
import type { FloorAnswer, FloorAsk } from './floor.ts';
import { until } from './measure.ts';
import type { Subject } from './subject.ts';
import type { WebhookTarget } from './requests.ts';

export interface AcceptPlan {
  rounds: number;
  durationMs: number;
  connections: number;
  /** Requests made for a round: more than any round can use. */
  pool: number;
}

export interface AcceptRound {
  floor: LoadResult;
  service: LoadResult;
  /** Webhooks per second from the first request until the last event was delivered. */
  sustained: number;
  /** Microseconds of processor time for each webhook while the burst lasted, whatever else the process did included. */
  cpu: { floor: number; service: number };
  /** Events that were delivered by the time the burst ended. */
  deliveredInBurst: number;
}

/** Far beyond what draining a burst takes; only a hang gets here. */
const DRAIN_LIMIT_MS = 180_000;

export async function measureAccept(
  { rounds, durationMs, connections, pool }: AcceptPlan,
  subject: Subject,
  target: WebhookTarget,
  workflow: Child<CounterAsk, CounterAnswer>,
): Promise<AcceptRound[]> {
  const load = new Child<LoadAsk, LoadResult>('./load.ts');
  const floor = new Child<FloorAsk, FloorAnswer>('./floor.ts');
  const { port: floorPort } = await floor.ask({ do: 'listen', secret: target.secret });
  const floorCpu = async () => (await floor.ask({ do: 'cpu' })).cpuSeconds;
  const serviceCpu = () => subject.metric('parley_process_cpu_seconds_total');
  const done: AcceptRound[] = [];
  let from = 0;
  const round = async (port: number, cpuSeconds: () => Promise<number>) => {
    await load.ask({ do: 'prepare', webhooks: target, from, count: pool });
    from += pool;
    const before = await cpuSeconds();
    const result = await load.ask({ do: 'run', port, connections, durationMs });
    const used = (await cpuSeconds()) - before;
    return { result, cpu: (used * 1e6) / (result.answered + result.warmed) };
  };
  try {
    // The first round warms both up and is not counted.
    for (let i = 0; i <= rounds; i++) {
      const least = await round(floorPort, floorCpu);
      await workflow.ask({ do: 'reset' });
      const { result: service, cpu } = await round(subject.port, serviceCpu);
      const accepted = service.answered + service.warmed;
      const { events: deliveredInBurst } = await workflow.ask({ do: 'read' });
      const delivered = async () => (await workflow.ask({ do: 'read' })).events >= accepted;
      await until('every accepted webhook to be delivered', delivered, DRAIN_LIMIT_MS);
      const { lastAt } = await workflow.ask({ do: 'read' });
      const sustained = accepted / ((lastAt - service.startedAt) / 1_000);
      const counted = {
        floor: least.result,
        service,
        sustained,
        cpu: { floor: least.cpu, service: cpu },
        deliveredInBurst,
      };
      if (i > 0) done.push(counted);
    }
  } finally {
    await Promise.all([load.stop(), floor.stop()]);
  }
  return done;
}
