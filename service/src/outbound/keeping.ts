/** Forgets what messages of both directions say of people, with the person or when they are old. */
import { firstIdAt } from '../core/ids.ts';
import type { EraserStep, PersonEraser, Remainder } from '../maintenance/person-eraser.ts';
import { emptyInOrder, FORGOTTEN, type Ages, type RetentionPart } from '../maintenance/retention-part.ts';
import { forgetChoices } from '../store/conversation.store.ts';
import * as store from '../store/message-keeping.store.ts';
import * as providerIds from '../store/provider-id.store.ts';
import { dropRates } from '../store/rate.store.ts';
import type { Tx } from '../store/unit-of-work.ts';

/** Bounds the rounds of messages that go at once of each conversation. */
const ROUNDS_AT_ONCE = 4;

export const messageEraser: PersonEraser<unknown, unknown, null> = {
  name: 'messages',
  async erase(tx, { conversationIds }) {
    const counts = { messages: 0, sends: 0 };
    for (const id of conversationIds) {
      const { messages, sends } = await store.countMessages(tx.db, id);
      counts.messages += messages;
      counts.sends += sends;
      for (let round = 0; round < ROUNDS_AT_ONCE; round++) if (!(await store.dropMessages(tx, id))) break;
    }
    return { counts };
  },
  step: dropInSteps,
};

/** Forgets what units of work wrote that were under way at the time: its steps come when those have ended. */
export const lateMessageEraser: PersonEraser<unknown, unknown, null> = { name: 'late messages', step: dropInSteps };

async function dropInSteps(tx: Tx, { conversationIds }: Remainder): Promise<EraserStep<null>> {
  for (const id of conversationIds) if (await store.dropMessages(tx, id)) return { at: null };
  return 'done';
}

export function messageRetention({ bodies, receipts }: Ages): RetentionPart[] {
  const sent: RetentionPart[] = [
    { name: 'provider ids', sweep: (tx, _, now) => providerIds.dropOld(tx, firstIdAt('msg', now - receipts)) },
    { name: 'idempotency', sweep: (tx, _, now) => store.dropIdempotencyKeys(tx, firstIdAt('msg', now - receipts)) },
    {
      name: 'attempts',
      sweep: (tx, from, now) => store.dropAttempts(tx, textOf(from), firstIdAt('att', now - receipts), now - receipts),
    },
  ];
  const said: RetentionPart = { name: 'messages', sweep: (tx, _, now) => emptyMessages(tx, now - bodies, now) };
  const used: RetentionPart = { name: 'rates', sweep: (tx, from, now) => dropRates(tx, textOf(from), now) };
  return [...(receipts < Infinity ? sent : []), ...(bodies < Infinity ? [said] : []), used];
}

const textOf = (from: unknown) => (from as string | null) ?? '';

/** Drops what messages said. Those that may still be sent keep it. */
function emptyMessages(tx: Tx, before: number, now: number): Promise<true | undefined> {
  return emptyInOrder(tx, 'retention:messages', '', now, async (at) => {
    const { rows, upTo, more } = await store.oldMessages(tx, at, firstIdAt('msg', before), FORGOTTEN);
    for (const row of rows) {
      if (row.underWay) continue;
      await store.forgetBody(tx, row.id, FORGOTTEN);
      // The titles of what it left to choose from are kept with the conversation.
      if (row.direction === 'outbound' && row.kind === 'text') await forgetChoices(tx, row.conversationId, row.id);
    }
    return { upTo, more, passedOver: rows.some((row) => row.underWay) };
  });
}
