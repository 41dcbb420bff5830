/** Says who wrote a message, as callers say it and as rules ask for it. */
import type { SendMessage } from '../../../contract/api.ts';
import type { Author } from '../../../contract/message.ts';

/** A program wrote it. */
export const BOT: Author = { type: 'bot' };

/** Of a caller who says only that it was a person. */
const SOMEBODY: Author = { type: 'agent', id: 'human' };

/** Reads what a caller says of the author; nothing: a program. */
export function authorOf(said: SendMessage['author'] = 'bot'): Author {
  if (typeof said === 'object') return said;
  return said === 'bot' ? BOT : SOMEBODY;
}

/** Tells on which side of a conversation the author stands. */
export function sideOf({ type }: Author): 'bot' | 'human' {
  return type === 'bot' ? 'bot' : 'human';
}
