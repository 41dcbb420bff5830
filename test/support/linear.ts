/** Holds work to the length of its input. No clock decides: the same process does the least that can be done with that input, and is compared. */
import { createHash } from 'node:crypto';

/** What grows with its input takes up to some fifteen times the least; what grows with its square takes thousands, at the sizes below. */
const MOST = 100;
/** Beyond this no busy machine is to blame. */
const FAR_MORE = 2_000;
const TRIES = 5;

/** Of characters that a pattern may try one by one. */
export const LONG = 200_000;
/** Of elements of which each may be looked for among the others. */
export const MANY = 20_000;

async function measured(work: () => unknown): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** Writes, reads and hashes it once. */
function least(input: unknown): void {
  const text = JSON.stringify(input);
  JSON.parse(text);
  createHash('sha256').update(text).digest();
}

/** Fails when `work` takes out of all proportion longer than its input is long, each time of several. */
export async function expectLinear(input: unknown, work: () => unknown): Promise<void> {
  let ratio = Infinity;
  for (let tries = 0; tries < TRIES && ratio > MOST; tries++) {
    const floor = await measured(() => least(input));
    ratio = (await measured(work)) / floor;
    if (ratio > FAR_MORE) break;
  }
  expect(ratio).toBeLessThan(MOST);
}
