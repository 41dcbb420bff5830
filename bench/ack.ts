/** How long a provider waits for its answer while webhooks come at a steady rate. */
import { Child } from './child.ts';
import type { LoadAsk, LoadResult } from './load.ts';
import { drain } from './accept.ts';
import { numbers } from './requests.ts';
import type { Harness } from './harness.ts';

export interface PacePlan {
  perSecond: number;
  durationMs: number;
  connections: number;
}

/** Sends at that rate whether or not the answers keep up, and waits until all is delivered. */
export async function pacedWebhooks(
  { perSecond, durationMs, connections }: PacePlan,
  harness: Harness,
): Promise<LoadResult> {
  const load = new Child<LoadAsk, LoadResult>('./load.ts');
  const count = Math.ceil((perSecond * durationMs) / 1_000);
  try {
    await harness.workflow.ask({ do: 'reset' });
    const { ports, target: webhooks } = harness;
    const from = numbers(count);
    const result = await load.ask({ do: 'pace', webhooks, ports, connections, durationMs, perSecond, from });
    await drain(harness, result);
    return result;
  } finally {
    await load.stop();
  }
}
