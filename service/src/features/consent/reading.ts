/** Reads a wish in what a person wrote. Pure. */
import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { folded, foldedWithMarks, MAX_LENGTH, visible } from './folding.ts';
import { asksToStop, saidIn } from './sentences.ts';
import { LOCAL, MARKED, MARKETING, PER_SE, WORDS } from './words.ts';

/** Describes a wish as somebody wrote it. */
export interface ReadWish {
  value: 'stop' | 'resume';
  topic: 'all' | 'marketing';
  /** Says how sure it is. `exact`: a word that says nothing else; `likely`: a sentence that sounds like it. */
  certainty: 'exact' | 'likely';
  /** Holds the language in which it is answered. */
  language: string;
  /** Tells whether it can only mean that on a button, too. */
  isPlain: boolean;
}

/** Two letters apart are initials. */
const MIN_LETTERS = 3;

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

const marked = new Set(MARKED.map(foldedWithMarks));
const unmarked = new Set(MARKED.map(folded));
const local = new Map(Object.entries(LOCAL).map(([word, countries]) => [folded(word), countries.split(' ')]));

/** Reads the wish that a text is; undefined: it says something else, or more than that. */
export function readWish(text: string): ReadWish | undefined {
  if (visible(text).length > MAX_LENGTH) return undefined;
  const said = folded(text);
  const word = known.get(said) ?? known.get(spelled(said));
  if (word === undefined) return likelyIn(saidIn(said));
  return unmarked.has(said) && !marked.has(foldedWithMarks(text)) ? undefined : word;
}

/** Reads the word that was written letter by letter. */
function spelled(said: string): string {
  const letters = said.split(' ');
  return letters.length >= MIN_LETTERS && letters.every((one) => one.length === 1) ? letters.join('') : said;
}

/** Reads a word that is said politely or several times, or before or after a sentence that says the same. */
function likelyIn(said: readonly string[]): ReadWish | undefined {
  const word = plain(said) ?? (new Set(said).size === 1 ? plain(said.slice(0, 1)) : undefined);
  const isSentence = [said, said.slice(plain(said.slice(0, 1)) ? 1 : 0)].some(asksToStop);
  const wish = word ?? (isSentence ? { topic: 'all' as const, language: 'en' } : undefined);
  return wish && { value: 'stop', topic: wish.topic, certainty: 'likely', language: wish.language, isPlain: false };
}

/** Finds the stop that the words are, where they can mean nothing else. */
function plain(said: readonly string[]): ReadWish | undefined {
  const text = said.join(' ');
  const wish = known.get(text);
  return wish?.isPlain === true && !local.has(text) && !unmarked.has(text) ? wish : undefined;
}

const perSe = new Set(PER_SE.map(folded));

/** Tells whether a word is a revocation by law, whatever it was offered as, from one of these numbers. */
export function isRevocation(text: string, numbers: readonly string[]): boolean {
  return perSe.has(folded(text)) && areFrom(numbers, ['US']);
}

/** Tells whether a word means the wish to those who write from these numbers. */
export function isAtHome(text: string, numbers: readonly string[]): boolean {
  const countries = local.get(folded(text));
  return countries === undefined || areFrom(numbers, countries);
}

function areFrom(numbers: readonly string[], countries: readonly string[]): boolean {
  return numbers.some((number) => {
    const country = parsePhoneNumberFromString(`+${number.replace(/^\+/, '')}`)?.country;
    return country !== undefined && countries.includes(country);
  });
}

/** Tells whether one of the titles is what was written. */
export function isOffered(text: string, titles: readonly string[]): boolean {
  const said = folded(text);
  return titles.some((title) => folded(title) === said);
}
