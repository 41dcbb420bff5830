/** Puts together, for the eraser and for retention, what the pipelines themselves hold of people and how long. */
import { receiptEraser, receiptRetention } from './connectors/receive/keeping.ts';
import { contactEraser } from './contacts/keeping.ts';
import { eventEraser, eventRetention, waitEraser } from './events/keeping.ts';
import type { Feature } from './features/feature.ts';
import type { PersonEraser } from './maintenance/person-eraser.ts';
import type { Ages, RetentionPart } from './maintenance/retention-part.ts';
import { pendingEraser, pendingRetention } from './inbound/keeping.ts';
import { lateMessageEraser, messageEraser, messageRetention } from './outbound/keeping.ts';
import type { Ledger } from './store/ledger.ts';

/**
 * Every eraser in its order. Messages go at once, and once more when units under way have ended, for which the events' steps wait. Who a person is goes last: everything else
 * is found by it.
 */
export function allErasers(ledger: Pick<Ledger, 'reader'>, features: readonly Feature[]): PersonEraser[] {
  const own = [messageEraser, eventEraser, lateMessageEraser, receiptEraser(ledger), pendingEraser, waitEraser];
  return [...own, ...features.flatMap(({ erase }) => erase ?? []), contactEraser];
}

/** Lists every part of retention in its order. */
export function allRetentionParts(keep: Ages, features: readonly Feature[]): RetentionPart[] {
  const own = [
    ...receiptRetention(keep),
    ...pendingRetention(keep),
    ...eventRetention(keep),
    ...messageRetention(keep),
  ];
  return [...own, ...features.flatMap(({ retain }) => retain ?? [])];
}
