/** Numbered choices are open until something else is said. */
import type { OutboundContent } from '../../../contract/message.ts';
import * as conversations from '../store/conversation.store.ts';
import type { Conversation } from '../store/conversation.store.ts';
import type { Tx } from '../store/ledger.ts';

/** What the contact may choose from once this is sent. */
export async function leaveChoices(
  tx: Tx,
  conversation: Pick<Conversation, 'id' | 'choices'>,
  content: OutboundContent,
): Promise<void> {
  if (content.type === 'reaction') return;
  await conversations.setChoices(tx, conversation, content.type === 'text' ? content.choices : undefined);
}
