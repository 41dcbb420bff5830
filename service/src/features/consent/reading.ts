/** Reads a wish in what a person wrote. Pure. */
import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { folded, MAX_LENGTH } from './folding.ts';
import { asksToStop } from './sentences.ts';
import { MARKETING, PER_SE, WORDS } from './words.ts';

/** A wish as somebody wrote it. */
export interface ReadWish {
  value: 'stop' | 'resume';
  topic: 'all' | 'marketing';
  /** `exact`: a word that says nothing else; `likely`: a sentence that sounds like it. */
  certainty: 'exact' | 'likely';
  /** The language in which it is answered. */
  language: string;
  /** On a button, too, it can only mean that. */
  isPlain: boolean;
}

const known = new Map<string, ReadWish>();

function learn(words: readonly string[], wish: Omit<ReadWish, 'certainty'>): void {
  for (const word of words.map(folded)) if (!known.has(word)) known.set(word, { ...wish, certainty: 'exact' });
}

learn(MARKETING, { value: 'stop', topic: 'marketing', language: 'en', isPlain: true });
for (const [language, { stop, alsoStop = [], start = [] }] of Object.entries(WORDS)) {
  learn(stop, { value: 'stop', topic: 'all', language, isPlain: true });
  learn(alsoStop, { value: 'stop', topic: 'all', language, isPlain: false });
  learn(start, { value: 'resume', topic: 'all', language, isPlain: false });
}

/** Reads the wish that a text is; undefined: it says something else, or more than that. */
export function readWish(text: string): ReadWish | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const said = folded(text);
  const exact = known.get(said);
  if (exact !== undefined || !asksToStop(said)) return exact;
  return { value: 'stop', topic: 'all', certainty: 'likely', language: 'en', isPlain: false };
}

const perSe = new Set(PER_SE.map(folded));

/** Tells whether a word is a revocation by law, whatever it was offered as, from one of these numbers. */
export function isRevocation(text: string, numbers: readonly string[]): boolean {
  if (!perSe.has(folded(text))) return false;
  return numbers.some((number) => parsePhoneNumberFromString(`+${number.replace(/^\+/, '')}`)?.country === 'US');
}

/** Tells whether one of the titles is what was written. */
export function isOffered(text: string, titles: readonly string[]): boolean {
  const said = folded(text);
  return titles.some((title) => folded(title) === said);
}
