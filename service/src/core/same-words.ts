/** Whether what a provider tells that the business said is a message that was sent: where it gives no id of ours back. Pure. */
import type { OutboundContent } from '../../../contract/message.ts';

const FILES = ['image', 'video', 'audio', 'document', 'sticker'];

/** By their words, where either has any; files without words by their kind. */
export function isSameSaid(sent: OutboundContent, told: { type: string }): boolean {
  const [ours, theirs] = [wordsOf(sent), wordsOf(told)];
  if (ours !== '' || theirs !== '') return ours === theirs;
  return FILES.includes(sent.type) && sent.type === told.type;
}

function wordsOf(content: object): string {
  const { text, caption } = content as { text?: unknown; caption?: unknown };
  const words = text ?? caption;
  return typeof words === 'string' ? words.trim() : '';
}
