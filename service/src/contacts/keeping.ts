/** Forgets who a person is, the last thing of all, as everything else is found by it. */
import type { PersonEraser } from '../maintenance/person-eraser.ts';
import * as people from '../store/person.store.ts';

export const contactEraser: PersonEraser = {
  name: 'contacts',
  async erase(tx, person) {
    await people.dropContact(tx, person);
    return { counts: { identities: person.identities.length, conversations: person.conversationIds.length } };
  },
  /** Units of work that were under way may have left something. */
  async step(tx, { contactId, conversationIds }) {
    await people.dropContact(tx, { contactId, conversationIds });
    return 'done';
  },
};
