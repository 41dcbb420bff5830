/** Folds what people write, so that the same words are the same text. Pure. */

/** Marks above and below letters, in scripts that do without them: accents, niqqud, harakat. */
const MARKS = /[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u06d6-\u06ed\ufe00-\ufe0f]/g;
/** Matches what joins letters or shows nothing; a 0 byte is what some carriers leave of a letter that they do not have. */
const UNSEEN = /[\p{DI}\p{Cf}\u0640]|(?!\s)\p{Cc}/gu;
const APOSTROPHES = /['’‘`´ʼ′]/g;

/** Gives one way of writing for each of the letters that have several. */
const LETTERS: Readonly<Record<string, string>> = { ı: 'i', ς: 'σ', ى: 'ي', ی: 'ي', ک: 'ك', ة: 'ه', ۀ: 'ه' };
const VARYING = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'g');

/** No word that means stop is longer. */
export const MAX_LENGTH = 200;

/** Leaves out of a text what shows nothing, within it and around it. */
export function visible(text: string): string {
  return text.replace(UNSEEN, '').trim();
}

/** Most texts have none but these; what Unicode says of letters and marks says nothing of them. */
const PLAIN = /^[\t\n\r\x20-\x7e]*$/;

/** Folds a text so that only its words count: case, accents, punctuation and what shows nothing are off. */
export function folded(text: string): string {
  if (PLAIN.test(text)) return plainWordsOf(text);
  return wordsOf(lettersOf(text).normalize('NFD').replace(MARKS, ''));
}

/** Folds a text in the same way, but leaves its marks: in some languages another mark makes another word. */
export function foldedWithMarks(text: string): string {
  return wordsOf(lettersOf(text));
}

function plainWordsOf(text: string): string {
  return text
    .trim()
    .slice(0, 2 * MAX_LENGTH)
    .toLowerCase()
    .replace(/['`]/g, '')
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();
}

function lettersOf(text: string): string {
  return visible(text)
    .slice(0, 2 * MAX_LENGTH)
    .normalize('NFKC')
    .replace(UNSEEN, '')
    .toLowerCase();
}

function wordsOf(letters: string): string {
  return letters
    .normalize('NFC')
    .replace(VARYING, (letter) => LETTERS[letter] ?? letter)
    .replace(APOSTROPHES, '')
    .replace(/[\p{P}\p{S}\s]+/gu, ' ')
    .trim();
}
