/** Features as a kernel makes them that does nothing: for what they are, not for what they do. */
import type { Feature, Kernel, MakeFeature } from '../../service/src/features/feature.ts';
import { FEATURES } from '../../service/src/features/index.ts';

const kernel = {
  files: { ms: 0, maxTotalBytes: 0, folder: '' },
  keep: { bodies: Infinity, receipts: Infinity, events: Infinity },
  outbox: { enqueue: async () => undefined },
  io: {},
};

/** Made of what is given, and of nothing else. */
export function idleFeatures(given: Partial<Kernel> = {}, makers: readonly MakeFeature[] = FEATURES): Feature[] {
  return makers.map((make) => make({ ...kernel, ...given } as unknown as Kernel));
}
