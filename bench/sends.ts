/** (c) Sends per second: from the first `POST /v1/messages` until the provider took the last message. */
import { Child } from './child.ts';
import type { CounterAnswer, CounterAsk } from './counter.ts';
import type { LoadAsk, LoadResult } from './load.ts';
import { until } from './measure.ts';
import { numbers } from './requests.ts';
import type { ServiceUnderTest } from './service-under-test.ts';

export interface SendRound {
  admittedPerSecond: number;
  sentPerSecond: number;
  p50: number;
  p99: number;
}

export interface SendPlan {
  rounds: number;
  count: number;
  connections: number;
  /** The accounts that send: each may send 1,000 messages per second. */
  accounts: number;
}

const LIMIT_MS = 120_000;

export async function measureSends(
  plan: SendPlan,
  service: ServiceUnderTest,
  provider: Child<CounterAsk, CounterAnswer>,
): Promise<SendRound[]> {
  const load = new Child<LoadAsk, LoadResult>('./load.ts');
  const done: SendRound[] = [];
  try {
    for (let i = 0; i < plan.rounds; i++) {
      await provider.ask({ do: 'reset' });
      const { connections, count } = plan;
      await load.ask({ do: 'prepare', sends: service.sends(plan.accounts), from: numbers(count), count });
      const result = await load.ask({ do: 'run', ports: [service.port], connections, durationMs: LIMIT_MS });
      if (result.answered + result.warmed !== plan.count) throw new Error(`${result.refused} sends were not admitted`);
      await until('all to be sent', async () => (await provider.ask({ do: 'read' })).events >= plan.count, LIMIT_MS);
      const waiting = () => service.metric('parley_outbox_jobs', 'kind="send"');
      await until('the outbox to be empty', async () => (await waiting()) === 0, LIMIT_MS);
      const { lastAt, events } = await provider.ask({ do: 'read' });
      if (events !== plan.count) throw new Error(`${events} messages reached the provider instead of ${plan.count}`);
      done.push({
        admittedPerSecond: plan.count / (result.durationMs / 1_000),
        sentPerSecond: plan.count / ((lastAt - result.startedAt) / 1_000),
        p50: result.latencies.p50,
        p99: result.latencies.p99,
      });
    }
  } finally {
    await load.stop();
  }
  return done;
}
