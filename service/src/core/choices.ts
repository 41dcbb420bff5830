/** Reads which of the numbered choices in a text an answer picks. Pure. */
import type { ReplyButton } from '../../../contract/message.ts';

/** An answer is short; what is longer is a text that happens to begin so. */
const MAX_LENGTH = 300;
const TAIL = /(?<![\s.,;:!)\]…])[\s.,;:!)\]…]+$/u;
/** "2", "2.", "2)", "(2)". */
const NUMBER = /^\(?(\d{1,3})[\s.,;:!)\]…]*$/u;
/** "2. Large", "2) large", "2 - Large". */
const NUMBERED = /^\(?(\d{1,3})[\s.):–-]+([^\s.):–-].*)$/u;
/** What phones make of a digit on a key. */
const KEYCAP = /[\uFE0F\u20E3]/gu;
/** What the keyboards of other scripts have for digits. */
const FOREIGN = /(?![0-9])\p{Nd}/gu;
const DIGIT = /^\p{Nd}$/u;

/**
 * Finds the one choice that `text` picks by its number (from 1) or its title. Answers undefined when it picks none, or the number of one and the
 * title of another, or a title that several have.
 */
export function chosen(choices: readonly ReplyButton[], text: string): ReplyButton | undefined {
  if (choices.length === 0 || text.length > MAX_LENGTH) return undefined;
  const said = plain(text);
  const numbered = NUMBERED.exec(said);
  const picked = new Set([byNumber(choices, NUMBER.exec(said)?.[1]), ...byTitle(choices, said)]);
  const both = byNumber(choices, numbered?.[1]);
  if (both && byTitle([both], numbered?.[2] ?? '').length > 0) picked.add(both);
  picked.delete(undefined);
  return picked.size === 1 ? [...picked][0] : undefined;
}

function byNumber(choices: readonly ReplyButton[], digits: string | undefined): ReplyButton | undefined {
  return digits === undefined ? undefined : choices[Number(digits) - 1];
}

function byTitle(choices: readonly ReplyButton[], said: string): ReplyButton[] {
  const bare = said.replace(TAIL, '');
  return choices.filter(({ title }) => {
    const own = plain(title);
    return own !== '' && (own === said || (bare !== '' && own.replace(TAIL, '') === bare));
  });
}

function plain(text: string): string {
  return text.normalize('NFKC').replace(KEYCAP, '').replace(FOREIGN, digit).replace(/\s+/gu, ' ').trim().toLowerCase();
}

/** As it is written here: the ten of a script follow each other, and nothing that is a digit stands before them. */
function digit(foreign: string): string {
  let value = 0;
  for (let code = (foreign.codePointAt(0) ?? 0) - 1; DIGIT.test(String.fromCodePoint(code)); code--) value += 1;
  return String(value % 10);
}
