/** (a) Webhooks accepted per second, against the floor, in alternating rounds; and how fast everything gets through to the workflow. */
import { Child } from './child.ts';
import type { CounterAnswer, CounterAsk } from './counter.ts';
import type { LoadAsk, LoadResult } from './load.ts';
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
  const floor = new Child<{ secret: string }, { port: number }>('./floor.ts');
  const { port: floorPort } = await floor.ask({ secret: target.secret });
  const done: AcceptRound[] = [];
  let from = 0;
  const round = async (port: number): Promise<LoadResult> => {
    await load.ask({ do: 'prepare', webhooks: target, from, count: pool });
    from += pool;
    return load.ask({ do: 'run', port, connections, durationMs });
  };
  try {
    for (let i = 0; i < rounds; i++) {
      const least = await round(floorPort);
      await workflow.ask({ do: 'reset' });
      const service = await round(subject.port);
      const { events: deliveredInBurst } = await workflow.ask({ do: 'read' });
      const delivered = async () => (await workflow.ask({ do: 'read' })).events >= service.answered;
      await until('every accepted webhook to be delivered', delivered, DRAIN_LIMIT_MS);
      const { lastAt } = await workflow.ask({ do: 'read' });
      const sustained = service.answered / ((lastAt - service.startedAt) / 1_000);
      done.push({ floor: least, service, sustained, deliveredInBurst });
    }
  } finally {
    await Promise.all([load.stop(), floor.stop()]);
  }
  return done;
}
