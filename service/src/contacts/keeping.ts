/** Who a person is: the last thing that is forgotten, as everything else is found by it. */
import type { PersonEraser } from '../maintenance/person-eraser.ts';
import * as erasures from '../store/erasure.store.ts';

export const contactEraser: PersonEraser = {
  name: 'contacts',
  async erase(tx, person) {
    await erasures.dropContact(tx, person);
    return { counts: { identities: person.identities.length, conversations: person.conversationIds.length } };
  },
  /** Units of work that were under way may have left something. */
  async step(tx, { contactId, conversationIds }) {
    await erasures.dropContact(tx, { contactId, conversationIds });
    return 'done';
  },
};
