/** Keeps numbered choices open from when they are sent until something else is said. */
import type { OutboundContent } from '../../../contract/message.ts';
import type { OfferedChoice } from '../core/choices.ts';
import * as conversations from '../store/conversation.store.ts';
import type { Conversation } from '../store/conversation.store.ts';
import type { Tx } from '../store/unit-of-work.ts';
import type { Message } from '../store/message.store.ts';
import { contentOf } from './message-view.ts';

/** Stores what the contact may choose from while this is sent, and after. */
export async function leaveChoices(
  tx: Tx,
  conversation: Pick<Conversation, 'id' | 'choices'>,
  content: OutboundContent,
): Promise<void> {
  if (content.type === 'reaction') return;
  await conversations.setChoices(tx, conversation, choicesOf(content));
}

/** Withdraws the choices of a message that the contact will not see, or will see something else in place of. */
export async function withdrawChoices(tx: Tx, message: Message): Promise<void> {
  if (message.kind !== 'text') return;
  const choices = choicesOf(contentOf(message));
  if (choices !== undefined) await conversations.dropChoices(tx, message.conversationId, choices);
}

/** Lists the choices; those that may be chosen together say so themselves: what a contact can choose is one list, whoever left it. */
function choicesOf(content: OutboundContent): OfferedChoice[] | undefined {
  if (content.type !== 'text') return undefined;
  return content.multiple ? content.choices?.map((choice) => ({ ...choice, multiple: true })) : content.choices;
}
