/**
 * Spells phone numbers in every way that names the same subscriber. Providers go on calling people by numbers from before a numbering plan changed,
 * and people write what they dial at home; no two subscribers of a national plan ever share a spelling.
 *
 * The longest form stands for all of them and is nobody's to see: what is stored and sent stays as it was given.
 */

/** Describes a country whose numbers have a second spelling. Of each pair, the left one is read as the right one. */
interface Plan {
  /** As it stands in for all spellings. */
  reads: readonly [from: RegExp, as: string];
  /** Back to the other spelling. */
  spells: readonly [from: RegExp, as: string];
}

const PLANS: readonly Plan[] = [
  /**
   * Brazil put a 9 before mobile numbers of eight digits (2012 to 2016); WhatsApp still calls many by the old ones. Eight digits that begin with 2 to
   * 5 are fixed lines, those with 70, 77, 78 and 79 were trunked radio: other subscribers than the same digits after a 9.
   */
  {
    reads: [/^(55[1-9][1-9])([689]\d{7}|7[1-6]\d{6})$/, '$19$2'],
    spells: [/^(55[1-9][1-9])9([689]\d{7}|7[1-6]\d{6})$/, '$1$2'],
  },
  /** Mexico gave up the 1 before mobile numbers in 2019; WhatsApp did not. */
  { reads: [/^521([2-9]\d{9})$/, '52$1'], spells: [/^52([2-9]\d{9})$/, '521$1'] },
  /** Argentina's plan is flat: ten digits are one subscriber, and the 9 says only that calls go to a mobile phone. Texts go without it. */
  { reads: [/^54([1-3]\d{9})$/, '549$1'], spells: [/^549([1-3]\d{9})$/, '54$1'] },
  /** Benin put 01 before every number on 2024-11-30. */
  { reads: [/^229([2-9]\d{7})$/, '22901$1'], spells: [/^22901([2-9]\d{7})$/, '229$1'] },
];

/**
 * Calling codes of plans in which people dial a 0 before numbers at home, and no number begins with a 0 and another digit: written after the code,
 * it means nothing (`+44 (0)7911 …`).
 */
const TRUNK_ZERO: ReadonlySet<string> = new Set(
  (
    '20 27 31 32 33 40 41 43 44 46 49 51 53 54 55 57 58 60 61 62 63 64 66 81 82 84 86 90 91 92 93 94 95 98 211 212 213 218 231 232 233 234 243 249 ' +
    '251 252 254 255 256 260 261 262 263 264 265 291 353 355 358 359 370 373 374 377 380 381 382 383 385 386 387 389 421 423 508 590 591 593 594 ' +
    '595 596 686 850 855 856 880 886 961 962 963 964 966 967 970 971 972 976 977 994 995 996'
  ).split(' '),
);

/** Finds a calling code of `TRUNK_ZERO` at the beginning; no such code begins with another. */
function trunkCode(digits: string): string | undefined {
  for (const length of [2, 3]) {
    const code = digits.slice(0, length);
    if (TRUNK_ZERO.has(code)) return code;
  }
  return undefined;
}

/** Takes out the 0 that people dial at home, where it stands after the country's code. */
export function withoutTrunk(digits: string): string {
  const code = trunkCode(digits) ?? '';
  return code !== '' && /^0[1-9]/.test(digits.slice(code.length)) ? code + digits.slice(code.length + 1) : digits;
}

/** Begins the numbers of every plan. */
const OF_PLAN = /^(?:5[245]|229)/;

/** Answers the spelling that stands for all of a number's. */
function canonical(digits: string): string {
  const bare = withoutTrunk(digits);
  if (!OF_PLAN.test(bare)) return bare;
  for (const { reads } of PLANS) if (reads[0].test(bare)) return bare.replace(...reads);
  return bare;
}

function spelled(number: string): string[] {
  const other = OF_PLAN.test(number) && PLANS.find(({ spells }) => spells[0].test(number));
  const all = !other ? [number] : [number, number.replace(...other.spells)];
  const code = trunkCode(number) ?? '';
  if (code === '' || number[code.length] === '0' || number.length > MAX_DIGITS) return all;
  return [...all, ...all.map((one) => `${code}0${one.slice(code.length)}`)];
}

/** E.164 allows no more; a 0 that people dial at home comes on top. */
const MAX_DIGITS = 15;

/** Bounds the spellings that a number has. */
export const MAX_SPELLINGS = 4;

const NUMBER = /^(\+?)([1-9]\d{6,16})$/;

/**
 * Lists every spelling of a phone number, the given one first. Digits with the country's code, with or without `+`; anything else is spelled in one
 * way.
 */
export function spellingsOf(address: string): readonly string[] {
  const [, plus = '', digits] = NUMBER.exec(address) ?? [];
  if (digits === undefined) return [address];
  const all = spelled(canonical(digits));
  if (!all.includes(digits)) return [address];
  return [address, ...all.filter((one) => one !== digits).map((one) => plus + one)];
}

/** Answers one spelling that is the same for all of a number's: to lock a number by, and to compare. */
export function numberKey(address: string): string {
  return spellingsOf(address).reduce((first, one) => (one < first ? one : first));
}
