/** Says how long wishes are kept, and what is left of them when a person is forgotten. */
import type { PersonEraser } from '../../maintenance/person-eraser.ts';
import type { RetentionPart } from '../../maintenance/retention-part.ts';
import * as former from '../../store/stop.store.ts';
import * as store from '../../store/suppression.store.ts';
import * as categories from '../../store/template-category.store.ts';
import { EVERYWHERE, MARKETING, type Wishes } from './wishes.ts';

const DAY = 24 * 3_600_000;
/** Webhooks are repeated for a week; no older stop than that comes after a yes. */
const YES_MS = 30 * DAY;
const CATEGORIES_MS = 30 * DAY;
const STRETCH = 100;

/** Keeps their stops, and not a word of them: nobody writes to them again because nobody knows them any more. */
export function consentEraser(wishes: Wishes): PersonEraser {
  return {
    name: 'stops',
    async erase(tx, { contactId, identities }) {
      const at = await former.stoppedAt(tx.db, contactId);
      if (at !== undefined) {
        await wishes.store(tx, { identities }, { topic: MARKETING, reach: EVERYWHERE, stopped: true, at });
        await former.setStopped(tx, contactId, null);
      }
      await wishes.outlive(tx, { id: contactId, identities });
      return {};
    },
  };
}

/** Drops a yes once no older stop can come: it says nothing that silence does not say. */
export const yesRetention: RetentionPart<true> = {
  name: 'consent',
  async sweep(tx, _, now) {
    return (await store.dropResumedBefore(tx, now - YES_MS, STRETCH)) ? true : undefined;
  },
};

/** Drops what the provider said of a template, to ask for it again after a while. */
export const categoryRetention: RetentionPart<true> = {
  name: 'template categories',
  async sweep(tx, _, now) {
    return (await categories.dropBefore(tx, now - CATEGORIES_MS, STRETCH)) ? true : undefined;
  },
};
