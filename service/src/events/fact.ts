/** A pipeline tells the publisher a fact: something became true, and the publisher makes an event of it. */
import type { EventBody } from '../../../contract/event.ts';
import type { Capable } from '../core/capabilities.ts';
import type { Realms } from '../core/identity.ts';
import type { Contact } from '../store/contact.store.ts';
import type { Conversation } from '../store/conversation.store.ts';

/** Describes the account a fact is about, as far as events need it. */
export interface FactAccount extends Capable, Realms {
  id: string;
  externalId: string;
  name: string | null;
  channel: Capable['channel'] & Realms['channel'];
}

/** Says which fact it is, whom it is about, and when it became true: the same members for every type. */
interface FactFrame {
  /** The same fact always has the same key; the publisher publishes a key once for each account. */
  dedupeKey: string;
  /** Says when it became true, milliseconds since the epoch. */
  at: number;
  account: FactAccount;
  conversation?: Conversation | undefined;
  contact?: Contact | undefined;
  /** Holds the provider's own body, for subscriptions that asked for it. */
  raw?: unknown;
  /** Says of a message: the provider read a wish in it, and tells it by itself. */
  wishTold?: true | undefined;
}

/** Describes a fact that a pipeline publishes in the transaction that makes it true, with what its type tells. */
export type Fact = FactFrame & EventBody;
