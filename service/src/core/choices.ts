/** Reads which of the choices that a message left an answer picks. Pure. */
import type { InboundContent, InboundContentOf, ReplyButton } from '../../../contract/message.ts';
import { slotOf } from './time-slots.ts';

/** Describes one of the choices that a message left. */
export interface OfferedChoice extends ReplyButton {
  /** It may be chosen together with others. */
  multiple?: boolean | undefined;
}

type Picked = Extract<InboundContent, { type: 'button' | 'choices' | 'time_slot' }>;

/**
 * Reads what a contact said as the answer that it is: a text that picks numbered choices as the button that it would have been where there are
 * buttons, or as several; a button or a row that stands for a time as that time. Answers `content` itself where it is neither.
 */
export function answerIn<Media>(
  choices: readonly OfferedChoice[],
  content: InboundContentOf<Media>,
): InboundContentOf<Media> | Picked {
  if (content.type === 'text') return pickedBy(choices, content.text) ?? content;
  if (content.type !== 'button' && content.type !== 'list') return content;
  return slotOf(content.buttonId, content.text) ?? content;
}

function pickedBy(choices: readonly OfferedChoice[], text: string): Picked | undefined {
  if (choices[0]?.multiple === true) {
    const several = chosenSeveral(choices, text)?.map(({ id, title }) => ({ buttonId: id, text: title }));
    return several && { type: 'choices', choices: several, text: several.map((one) => one.text).join(', ') };
  }
  const choice = chosen(choices, text);
  if (choice === undefined) return undefined;
  return (
    slotOf(choice.id, choice.title) ?? { type: 'button', buttonId: choice.id, text: choice.title, source: 'message' }
  );
}

/** An answer is short; what is longer is a text that happens to begin so. */
const MAX_LENGTH = 300;
const TAIL = /(?<![\s.,;:!)\]…])[\s.,;:!)\]…]+$/u;
/** "2", "2.", "2)", "(2)". */
const NUMBER = /^\(?(\d{1,3})[\s.,;:!)\]…]*$/u;
/** "2. Large", "2) large", "2 - Large". */
const NUMBERED = /^\(?(\d{1,3})[\s.):–-]+([^\s.):–-].*)$/u;
/** "1 3": numbers with nothing but spaces between. */
const NUMBERS = /^\s*\p{Nd}{1,3}(?:\s+\p{Nd}{1,3})+\s*$/u;
/** What phones make of a digit on a key. */
const KEYCAP = /[\uFE0F\u20E3]/gu;
/** Says what the keyboards of other scripts have for digits. */
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

/** What stands between several picks: signs first, as a word may be part of a title. */
const SIGNS = /[,;+&/\n]/u;
const WORDS = /(?<=\s)(?:and|und|et|y|e)(?=\s)/iu;

/** Finds those of `choices` that `text` picks, one or several, in their own order. Answers undefined when a part of it picks none. */
export function chosenSeveral(choices: readonly ReplyButton[], text: string): ReplyButton[] | undefined {
  const only = chosen(choices, text);
  if (only) return [only];
  if (text.length > MAX_LENGTH) return undefined;
  const parts = NUMBERS.test(text) ? text.trim().split(/\s+/u) : text.split(SIGNS);
  const picked = new Set(parts.filter((part) => part.trim() !== '').flatMap((part) => pickedIn(choices, part)));
  if (picked.size === 0 || picked.has(undefined)) return undefined;
  return choices.filter((choice) => picked.has(choice));
}

function pickedIn(choices: readonly ReplyButton[], part: string): (ReplyButton | undefined)[] {
  const whole = chosen(choices, part);
  return whole ? [whole] : part.split(WORDS).map((one) => chosen(choices, one));
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
