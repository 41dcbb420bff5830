/** Forgets what waits to be told of people, with the person or when it is old. */
import type { EraserStep, PersonEraser } from '../maintenance/person-eraser.ts';
import type { Ages, RetentionPart } from '../maintenance/retention-part.ts';
import * as store from '../store/pending-fact.store.ts';
import type { Tx } from '../store/unit-of-work.ts';

export const pendingEraser: PersonEraser = {
  name: 'pending facts',
  async erase(tx, { conversationIds }) {
    await drop(tx, conversationIds);
    return {};
  },
  /** Forgets what units of work added that were under way. */
  async step(tx, { conversationIds }): Promise<EraserStep> {
    await drop(tx, conversationIds);
    return 'done';
  },
};

async function drop(tx: Tx, conversationIds: readonly string[]): Promise<void> {
  for (const id of conversationIds) await store.dropOf(tx, id);
}

/** Keeps what waits for its account to be registered again as long as a webhook that does, and no longer than what was said. */
export function pendingRetention({ bodies, receipts }: Ages): RetentionPart[] {
  const age = Math.min(bodies, receipts);
  const orphans: RetentionPart = { name: 'pending facts', sweep: (tx, _, now) => store.dropOrphans(tx, now - age) };
  return age < Infinity ? [orphans] : [];
}
