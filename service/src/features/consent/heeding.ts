/** Keeps the wishes that are told: by providers, by what was read, and by what providers refuse because of them. */
import type { Preference } from '../../../../contract/event-data.ts';
import { stopWordsOf } from '../../core/account-policy.ts';
import { capabilitiesOf } from '../../core/capabilities.ts';
import { identitiesIn } from '../../core/identity.ts';
import type { FactAccount } from '../../events/fact.ts';
import type { Reaction } from '../../events/reaction.ts';
import * as former from '../../store/stop.store.ts';
import type { Wish } from '../../store/suppression.store.ts';
import * as categories from '../../store/template-category.store.ts';
import { ALL, EVERY_MESSAGE, EVERYWHERE, MARKETING, type Wishes } from './wishes.ts';

/** Stores the wish that a contact told, in a word that was read or by the provider's own means. */
export function stated(wishes: Wishes): Reaction<'contact.preference'> {
  return {
    on: ['contact.preference'],
    async react(tx, { data }, { contact, account, at }) {
      if (contact === undefined) return;
      const stopped = data.value === 'stop';
      for (const about of aboutOf(data, account)) {
        await wishes.store(tx, contact, { ...about, stopped, at });
      }
      if (stopped) return;
      const stoppedAt = await former.stoppedAt(tx.db, contact.id);
      if (stoppedAt !== undefined && at >= stoppedAt) await former.setStopped(tx, contact.id, null);
    },
  };
}

/** A word reaches every account; what the provider keeps holds for the account that it was told to. */
export function aboutOf(
  { topic = MARKETING, value, certainty }: Partial<Preference>,
  account: FactAccount,
): Pick<Wish, 'topic' | 'reach'>[] {
  const isWord = certainty !== undefined || topic === ALL;
  if (!isWord) return [{ topic, reach: account.id }];
  const reach = stopWordsOf(account.settings) === 'off' ? account.id : EVERYWHERE;
  const back = value !== 'stop' && topic === ALL ? [{ topic: MARKETING, reach }] : [];
  const isKept = certainty === undefined && capabilitiesOf(account).stopCovers === 'all';
  return [{ topic, reach }, ...back, ...(isKept ? [{ topic: EVERY_MESSAGE, reach: account.id }] : [])];
}

/** Stores the stop for which a provider would not take a message. What Parley itself refused tells no code, and no news. */
export function refused(wishes: Wishes): Reaction<'message.status'> {
  return {
    on: ['message.status'],
    async react(tx, { status }, { contact, account, at }) {
      const { code, providerCode } = status.error ?? {};
      if (contact === undefined || code !== 'opted_out' || providerCode === undefined) return;
      const topic = capabilitiesOf(account).stopCovers === 'all' ? EVERY_MESSAGE : MARKETING;
      await wishes.store(tx, contact, { topic, reach: account.id, stopped: true, at });
    },
  };
}

/** Keeps the wishes of who has other addresses from now on. */
export function moved(wishes: Wishes): Reaction<'contact.identity_changed'> {
  return {
    on: ['contact.identity_changed'],
    async react(tx, { data }, { contact, account }) {
      if (contact === undefined) return;
      const before = identitiesIn(account, data.before ?? []);
      const { id, identities } = contact;
      for (const wish of await wishes.find(tx.db, { id, identities: [...before, ...identities] })) {
        await wishes.store(tx, contact, wish);
      }
    },
  };
}

/** Forgets the category of a template that the provider changed: it may be another one. */
export const templateChanged: Reaction<'template.status' | 'template.quality' | 'template.changed'> = {
  on: ['template.status', 'template.quality', 'template.changed'],
  async react(tx, { data }) {
    if (data.name !== undefined) await categories.forget(tx, data.name);
  },
};
