/** What the pipelines tell the publisher: a fact that became true, from which it makes an event. */
import type { ParleyEvent } from '../../../contract/event.ts';
import type { Capable } from '../core/capabilities.ts';
import type { Realms } from '../core/identity.ts';
import type { Contact } from '../store/contact.store.ts';
import type { Conversation } from '../store/conversation.store.ts';

/** The account a fact is about, as far as events need it. */
export interface FactAccount extends Capable, Realms {
  id: string;
  externalId: string;
  name: string | null;
  channel: Capable['channel'] & Realms['channel'];
}

/** The members of an event that depend on its type. */
export type FactBody = Pick<ParleyEvent, 'message' | 'echo' | 'status' | 'data'>;

/** A fact that a pipeline publishes in the transaction that makes it true. */
export interface Fact {
  type: ParleyEvent['type'];
  /** The same fact always has the same key; the publisher publishes a key once for each account. */
  dedupeKey: string;
  /** When it became true, milliseconds since the epoch. */
  at: number;
  account: FactAccount;
  conversation?: Conversation | undefined;
  contact?: Contact | undefined;
  body: FactBody;
  /** The provider's own body, for subscriptions that asked for it. */
  raw?: unknown;
}
