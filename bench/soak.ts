/** Memory over many minutes of steady traffic. */
import { setTimeout as pause } from 'node:timers/promises';
import { pacedWebhooks, type PacePlan } from './ack.ts';
import type { LoadResult } from './load.ts';
import { median } from './measure.ts';
import type { Harness } from './harness.ts';

export interface SoakResult {
  load: LoadResult;
  /** Megabytes: the median of each minute. */
  minutes: number[];
  most: number;
}

const EVERY_MS = 2_000;
const MINUTE_MS = 60_000;

export async function measureSoak(plan: PacePlan, harness: Harness): Promise<SoakResult> {
  const samples: { at: number; mb: number }[] = [];
  const startedAt = performance.now();
  let isOver = false;
  const watch = async () => {
    while (!isOver) {
      samples.push({ at: performance.now() - startedAt, mb: await harness.memoryMb() });
      await pause(EVERY_MS);
    }
  };
  const watching = watch();
  const load = await pacedWebhooks(plan, harness).finally(() => (isOver = true));
  await watching;
  const during = samples.filter(({ at }) => at < plan.durationMs);
  const minutes = Array.from({ length: Math.ceil(plan.durationMs / MINUTE_MS) }, (_, minute) =>
    median(during.filter(({ at }) => Math.floor(at / MINUTE_MS) === minute).map(({ mb }) => mb)),
  );
  return { load, minutes, most: Math.max(...samples.map(({ mb }) => mb)) };
}
