/** Reads phone numbers as people and spreadsheets write them. */
import {
  getCountryCallingCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
  type CountryCode,
} from 'libphonenumber-js/max';
import { z } from 'zod';
import type { IdentityRef } from '../../../../contract/event.ts';
import { spellingsOf, withoutTrunk } from '../../core/phone-spellings.ts';
import type { UnsureAddress } from '../channel.ts';

/** The country of numbers that are written without their country's code. */
export const countryMember: z.ZodType<CountryCode> = z
  .string()
  .transform((code) => code.trim().toUpperCase())
  .refine(isSupportedCountry, 'must be the two letters of a country, like US, BR or DE');

/** What accounts that write to phone numbers are set to. */
export interface NumberSettings {
  defaultCountry?: CountryCode | undefined;
}

/** What a number may look like besides its digits. */
const SEPARATORS = /[\s().\-/]/g;
const SHAPE = /^\(?\+?[\d\s().\-/]+$/;
/** A cell that a spreadsheet took for a number with decimals. */
const DECIMAL = /^[^.]*\.0+$/;

/** Nobody writes more around the digits of a number. */
const MAX_WRITTEN = 100;

/** Letters that show nothing, and marks that begin a text in a spreadsheet. */
const UNSEEN = /[\p{Cf}\u115f\u3164]|^['’`=]+/gu;

/** The digit that a character stands for, in any script: each has its ten in one row. */
function plainDigit(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  let zero = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String(code - zero);
}

/** What was written, in plain characters: `+` and digits. Undefined: it is no number. */
function plain(text: string): string | undefined {
  if (text.length > MAX_WRITTEN) return undefined;
  const clean = text
    .normalize('NFKC')
    .trim()
    .replace(UNSEEN, '')
    .replace(/\p{Nd}/gu, plainDigit)
    .replace(/[\p{Pd}\u2212]/gu, '-')
    .trim();
  if (!SHAPE.test(clean) || DECIMAL.test(clean)) return undefined;
  const compact = clean.replace(SEPARATORS, '').replace(/^\+?00/, '+');
  return /^(\+[1-9]\d{4,16}|\d{5,17})$/.test(compact) ? compact : undefined;
}

/** Reads digits with the country's code by its plan; undefined: the plan has no such number. */
function possible(digits: string): string | undefined {
  const parsed = parsePhoneNumberFromString(`+${digits}`, { extract: false });
  return parsed?.isPossible() === true ? parsed.number.slice(1) : undefined;
}

/** Answers the spelling of a number that can be dialled today. */
export function dialled(digits: string): string {
  const [only = digits, ...more] = spellingsOf(digits).filter((one) => withoutTrunk(one) === one);
  return more.length === 0 ? only : ([only, ...more].find((one) => possible(one) === one) ?? digits);
}

/** Argentina's mobile phones are dialled with a 15 at home, in the place of the 9. */
const WITH_15 = /^54\d{2,4}15\d{6,8}$/;

/** Reads digits with the country's code; undefined: no plan has such a number. The library's guesses at what else was meant do not count. */
function international(digits: string): string | undefined {
  const bare = withoutTrunk(digits);
  if (possible(bare) === bare) return bare;
  const spellings = spellingsOf(bare);
  const read = spellings.map(possible).filter((one) => one !== undefined);
  // Digits stay as they were given where they spell the number: the provider may know the person by them.
  if (read.some((one) => spellings.includes(one))) return bare;
  return WITH_15.test(bare) ? read[0] : undefined;
}

/** Reads digits as they are dialled in a country. `two`: they may be two numbers of it. */
function national(digits: string, country: CountryCode): string | 'two' | undefined {
  const dialled = parsePhoneNumberFromString(digits, { defaultCountry: country, extract: false });
  const read = dialled?.isPossible() === true ? [dialled.number.slice(1)] : [];
  // A spreadsheet drops the sign before the country's code.
  const signed = digits.startsWith(getCountryCallingCode(country)) ? international(digits) : undefined;
  if (signed !== undefined) read.push(signed);
  const valid = read.filter((one) => parsePhoneNumberFromString(`+${one}`)?.isValid() === true);
  const numbers = new Set(valid.length > 0 ? valid : read);
  return numbers.size > 1 ? 'two' : [...numbers][0];
}

const NO_COUNTRY =
  'The recipient is a phone number that does not say its country. Expected + and the country code before it, like +15550001111; or choose a default country in the settings of the account (its credential). Without either, only a number that a contact of this account has is taken.';
const OTHER_COUNTRY =
  "The recipient is no phone number of the account's default country. Expected + and the country code before it, like +15550001111. Without, only numbers of that country are taken, and one that a contact of this account has.";
const NO_NUMBER =
  'The recipient is no phone number of the country that its code names. Expected a number with + and its country code, like +15550001111, or one that a contact of this account has.';
const TWO_WAYS =
  'The recipient is a phone number that can be read with and without its country code. Expected + and the country code before it, like +15550001111.';

/**
 * Reads a phone number: with `+` or `00` it is certain; without, it is one of the default country's, or that of a contact who is known by these very
 * digits. `named` makes an address of digits with the country's code. Undefined: it is no number at all.
 */
export function readNumber(
  text: string,
  country: CountryCode | undefined,
  named: (digits: string) => IdentityRef,
): IdentityRef | UnsureAddress | undefined {
  const written = plain(text);
  if (written === undefined) return undefined;
  if (written.startsWith('+')) {
    const digits = international(written.slice(1));
    // Providers may name people by numbers that their country has no more.
    return digits === undefined ? { ifKnown: named(written.slice(1)), mend: NO_NUMBER } : named(digits);
  }
  const ifKnown = named(withoutTrunk(written));
  const inCountry = country === undefined ? undefined : national(written, country);
  if (inCountry === 'two') return { ifKnown, mend: TWO_WAYS };
  if (inCountry === undefined) return { ifKnown, mend: country === undefined ? NO_COUNTRY : OTHER_COUNTRY };
  return { ifKnown, otherwise: named(inCountry), mend: TWO_WAYS };
}
