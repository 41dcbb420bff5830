/** Hands a conversation to the bot or to a person, as somebody says, and tells it as an event. */
import type { Clock } from '../core/clock.ts';
import type { Ids } from '../core/ids.ts';
import type { Contact } from '../store/contact.store.ts';
import type { Conversation } from '../store/conversation.store.ts';
import * as owners from '../store/conversation-owner.store.ts';
import type { Tx } from '../store/unit-of-work.ts';
import type { FactAccount } from './fact.ts';
import type { Publisher } from './publish.ts';

/** Lists what it takes to hand a conversation over. */
export interface OwnerChangeDeps {
  publisher: Publisher;
  clock: Clock;
  ids: Ids;
}

/** Says which conversation it is, as it stands in the unit of work. */
export interface OwnedConversation {
  account: FactAccount;
  contact: Contact;
  conversation: Conversation;
}

/**
 * Stores who answers from now on, whatever webhooks told before, and publishes `conversation.control`; nothing when it is so already. Answers the
 * conversation as it stands then. `reason`: by what it is known.
 */
export async function changeOwner(
  tx: Tx,
  { publisher, clock, ids }: OwnerChangeDeps,
  { account, contact, conversation }: OwnedConversation,
  owner: Conversation['owner'],
  reason: string,
): Promise<Conversation> {
  if (conversation.owner === owner) return conversation;
  const at = clock.now();
  await owners.assignOwner(tx, conversation.id, owner, at);
  const changed = { ...conversation, owner, ownerAt: at, version: conversation.version + 1 };
  await publisher.publish(tx, {
    ...{ type: 'conversation.control' as const, dedupeKey: `owner:${ids.next('evt')}`, at, account, contact },
    ...{ conversation: changed, data: { owner, reason } },
  });
  return changed;
}
