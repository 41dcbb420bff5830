/** What waits to be told of people, and how long it is kept. */
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
  /** Units of work that were under way may have added some. */
  async step(tx, { conversationIds }): Promise<EraserStep> {
    await drop(tx, conversationIds);
    return 'done';
  },
};

async function drop(tx: Tx, conversationIds: readonly string[]): Promise<void> {
  for (const id of conversationIds) await store.dropOf(tx, id);
}

/** What waits for its account to be registered again is kept as long as a webhook that does, and no longer than what was said. */
export function pendingRetention({ bodies, receipts }: Ages): RetentionPart[] {
  const age = Math.min(bodies, receipts);
  const orphans: RetentionPart = { name: 'pending facts', sweep: (tx, _, now) => store.dropOrphans(tx, now - age) };
  return age < Infinity ? [orphans] : [];
}
