/**
 * Matches echoes with sends: says whether what a provider tells that the business said is a message that was sent, where the provider gives no id of
 * ours back. Pure.
 */
import type { OutboundContent } from '../../../contract/message.ts';

const FILES: readonly unknown[] = ['image', 'video', 'audio', 'document', 'sticker'];

/**
 * Compares by the words, where either has any; files without words by their kind. What is neither (a card, say) matches any other such content.
 */
export function matchesEcho(sent: OutboundContent, echo: { type: string }): boolean {
  const [ours, theirs] = [wordsOf(sent), wordsOf(echo)];
  if (ours !== undefined) return ours === theirs;
  if (sent.type === 'reaction') return false;
  if (theirs !== undefined) return holds(sent, theirs);
  const file = fileOf(sent);
  return file === undefined ? !FILES.includes(echo.type) : file === echo.type;
}

function wordsOf(content: object): string | undefined {
  const { text, caption } = content as { text?: unknown; caption?: unknown };
  const words = text ?? caption;
  return typeof words === 'string' && words.trim() !== '' ? words.trim() : undefined;
}

/** A file of the workflow's, not one that the provider has by a name. */
function fileOf(content: OutboundContent): string | undefined {
  if (content.type === 'quick_replies') return content.media?.type;
  return FILES.includes(content.type) && !('name' in content) ? content.type : undefined;
}

/** Tells whether the words stand anywhere in it: on its first card, in the provider's own body. */
function holds(content: unknown, words: string): boolean {
  if (typeof content === 'string') return content.trim() === words;
  return typeof content === 'object' && content !== null && Object.values(content).some((one) => holds(one, words));
}
