/**
 * Stop wishes: who asked for no more marketing messages gets none. They ask by the provider's own means (a preference), or the provider
 * refuses a message because they did.
 */
import type { Clock } from '../../core/clock.ts';
import type { Reaction } from '../../events/reaction.ts';
import type { PersonEraser } from '../../maintenance/person-eraser.ts';
import type { PermissionRule } from '../../outbound/permission.ts';
import * as store from '../../store/stop.store.ts';
import type { Feature, Kernel } from '../feature.ts';

export function stops({ clock }: Kernel): Feature {
  return {
    name: 'stops',
    reactions: [asked, refusedByProvider(clock)],
    permissionRules: [noCampaigns],
    erase: [eraser],
  };
}

/** The contact told their wish. Webhooks overtake each other: a resume that is older than the stop does not undo it. */
const asked: Reaction<'contact.preference'> = {
  on: ['contact.preference'],
  async react(tx, { data }, { contact, at }) {
    if (contact === undefined) return;
    const stoppedAt = (await store.stoppedAt(tx.db, contact.id)) ?? -Infinity;
    if (at >= stoppedAt) await store.setStopped(tx, contact.id, data.value === 'stop' ? at : null);
  },
};

/** The provider would not take a message, because the contact had told it. */
function refusedByProvider(clock: Clock): Reaction<'message.status'> {
  return {
    on: ['message.status'],
    async react(tx, { status }, { contact }) {
      if (contact && status.error?.code === 'opted_out') await store.setStopped(tx, contact.id, clock.now());
    },
  };
}

/** Their wish goes with them: the provider still knows it. */
const eraser: PersonEraser = {
  name: 'stops',
  async erase(tx, { contactId }) {
    await store.setStopped(tx, contactId, null);
    return {};
  },
};

const noCampaigns: PermissionRule = {
  about: 'consent',
  async refuses({ purpose, contactId }, db) {
    if (purpose !== 'campaign' || contactId === undefined) return undefined;
    if ((await store.stoppedAt(db, contactId)) === undefined) return undefined;
    return { code: 'opted_out', detail: 'The contact asked for no more marketing messages.' };
  },
};
