/** Finds what a message offered to choose from. */
import type { OutboundContent } from '../../../../contract/message.ts';
import * as messages from '../../store/message.store.ts';
import type { Tx } from '../../store/unit-of-work.ts';

/** Lists the titles that stand on the buttons, in the rows or beside the numbers of the newest message that was sent in the conversation. */
export async function offeredIn(tx: Tx, conversationId: string): Promise<string[]> {
  const last = await messages.newest(tx.db, conversationId, 'outbound');
  return last === undefined ? [] : titlesIn(last.content as OutboundContent);
}

function titlesIn(content: OutboundContent): string[] {
  switch (content.type) {
    case 'text':
      return (content.choices ?? []).map(({ title }) => title);
    case 'buttons':
      return content.buttons.map(({ title }) => title);
    case 'quick_replies':
      return content.replies.flatMap((reply) => ('title' in reply ? [reply.title] : []));
    case 'list':
      return content.sections.flatMap(({ rows }) => rows.map(({ title }) => title));
    case 'carousel':
      return content.cards.flatMap((card) => ('buttons' in card ? (card.buttons ?? []).map(({ title }) => title) : []));
    default:
      return [];
  }
}
