/** Says in which shard of a subscription an event is delivered, and makes the jobs that deliver. */
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { SHARDS, type Sequence, type ShardChoice } from '../store/isolation.store.ts';

/** Reads what a job of the kind `deliver` knows; `until`: when a subscription's time is over, in jobs that end one. */
export const DELIVER = z.union(
  [
    z.object({ subscriptionId: z.string(), expire: z.literal(true), until: z.number().optional() }),
    z.object({ subscriptionId: z.string(), shard: z.number() }),
  ],
  'it names no subscription with a shard, and none that is to end',
);
/** Says what a job of the kind `deliver` knows. */
export type Deliver = z.infer<typeof DELIVER>;

/** Bounds the numbers of shards that stand apart. Two sequences that meet in one are delivered one after the other: no harm. */
const OWN_SHARDS = 2 ** 30;

/** Chooses by what keeps its order: a conversation is always in the same shard, and stands apart, if it does, always in the same. */
export function shardsOf({ accountId, conversationId }: Sequence): ShardChoice {
  const hash = crc32(conversationId ?? accountId);
  return { shared: hash % SHARDS, own: SHARDS + (hash % OWN_SHARDS) };
}

/** Tells whether the shard is one of a conversation that stands apart. */
export function isApart(shard: number): boolean {
  return shard >= SHARDS;
}

/** Makes the one job that delivers a shard's events to a subscription. */
export function deliverJob(subscriptionId: string, shard: number) {
  return {
    kind: 'deliver' as const,
    key: `deliver:${subscriptionId}:${shard}`,
    payload: { subscriptionId, shard } satisfies Deliver,
  };
}

/** Makes the jobs of the shards that conversations share, and of these. */
export function deliverJobs(subscriptionId: string, apart: readonly number[]) {
  const shared = Array.from({ length: SHARDS }, (_, shard) => shard);
  return [...shared, ...apart].map((shard) => deliverJob(subscriptionId, shard));
}

/** Makes the job that ends a subscription at `dueAt` (milliseconds since the epoch). */
export function expireJob(subscriptionId: string, dueAt: number) {
  return {
    kind: 'deliver' as const,
    key: `expire:${subscriptionId}`,
    dueAt,
    payload: { subscriptionId, expire: true, until: dueAt } satisfies Deliver,
  };
}
