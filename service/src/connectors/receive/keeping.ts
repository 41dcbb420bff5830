/** Erases and drops what receipts say of people, and how long they are kept. */
import { addressSpellings } from '../../core/identity.ts';
import type { Ages, RetentionPart } from '../../maintenance/retention-part.ts';
import type { PersonEraser } from '../../maintenance/person-eraser.ts';
import * as store from '../../store/receipt-keeping.store.ts';
import type { ReceiptPlace } from '../../store/receipt-keeping.store.ts';
import type { Ledger } from '../../store/ledger.ts';

/** Identities that are shorter could stand in any webhook by chance. */
const MIN_ADDRESS = 5;
const UNREAD_MS = 5_000;

/** Webhooks whose body is kept and names the person: those that wait to be read, and those that were given up. */
interface Found {
  unread: number[];
  dead: number[];
}

/** What waits to be read is read without the person, and emptied should that fail. */
interface Own {
  unread: number[];
  marks: string[];
}

export function receiptEraser({ reader }: Pick<Ledger, 'reader'>): PersonEraser<Found, Own, null> {
  return {
    name: 'receipts',
    find: ({ identities }) => receiptsWith(reader, identities.flatMap(addressSpellings)),
    async erase(tx, { identities }, { unread, dead } = { unread: [], dead: [] }) {
      const webhooks = await store.emptyDeadReceipts(tx, dead);
      const marks = unread.length > 0 ? await store.mark(tx, identities, Math.max(...unread)) : [];
      return { counts: { webhooks }, own: { unread, marks } };
    },
    async step(tx, { own = { unread: [], marks: [] } }, _, now) {
      if (await store.isUnread(tx.db, own.unread)) return { at: null, notBefore: now + UNREAD_MS };
      await store.emptyDeadReceipts(tx, own.unread);
      await store.unmark(tx, own.marks);
      return 'done';
    },
  };
}

async function receiptsWith(reader: Ledger['reader'], addresses: readonly string[]): Promise<Found> {
  const found: Found = { unread: [], dead: [] };
  // A form writes the sign before a number in another way.
  const texts = addresses.map((address) => address.replace(/^\+/, '')).filter(({ length }) => length >= MIN_ADDRESS);
  if (texts.length === 0) return found;
  for (const start of await store.receiptPlaces(reader)) {
    for (let place: ReceiptPlace | undefined = start; place !== undefined;) {
      const looked = await store.receiptsWith(reader, texts, place);
      found['dead' in start ? 'dead' : 'unread'].push(...looked.found);
      place = looked.next;
      // Each look is short, and others have their turn between two.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return found;
}

export function receiptRetention({ receipts }: Ages): RetentionPart[] {
  const part: RetentionPart<number> = {
    name: 'receipts',
    sweep: (tx, from, now) => store.dropReceipts(tx, from ?? 0, now - receipts),
  };
  return receipts < Infinity ? [part] : [];
}
