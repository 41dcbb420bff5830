/** Spellings of phone numbers: of one subscriber all, of two subscribers never a common one. */
import fc from 'fast-check';
import {
  getCountries,
  getCountryCallingCode,
  getExampleNumber,
  parsePhoneNumberFromString,
  type CountryCode,
  type PhoneNumber,
} from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';
import { MAX_SPELLINGS, numberKey, spellingsOf } from '../../service/src/core/phone-spellings.ts';

/** Of each line, every number is one person. */
const SAME: readonly (readonly [string, ...string[]])[] = [
  ['Brazil', '5511987654321', '551187654321', '55011987654321', '5501187654321'],
  ['Brazil, another old series', '5531971234567', '553171234567', '55031971234567', '5503171234567'],
  ['Mexico', '525512345678', '5215512345678'],
  ['Argentina, Buenos Aires', '5491141234567', '541141234567', '54091141234567', '5401141234567'],
  ['Argentina, a small town', '5492966123456', '542966123456', '54092966123456', '5402966123456'],
  ['Benin', '2290197123456', '22997123456'],
  ['United Kingdom', '447911123456', '4407911123456'],
  ['Germany', '4915112345678', '49015112345678'],
  ['Japan', '819012345678', '8109012345678'],
  ['Nigeria', '2348031234567', '23408031234567'],
];

/** Each is written in one way only. */
const ALONE = [
  ['a fixed line in Brazil', '551131234567', '5511931234567'],
  ['a new number in Brazil whose old form is a fixed line', '5511941234567', '551141234567'],
  ['trunked radio in Brazil', '551178123456', '5511978123456'],
  ['Italy, where the 0 is part of the number', '390612345678', '39612345678'],
  ['the Ivory Coast, where it is, too', '2250712345678', '225712345678'],
  ['a special number of Japan', '8100777123456', '810777123456'],
  ['the United States', '12025551234', '102025551234'],
] as const;

test.each(SAME)('%s', (_name, ...numbers) => {
  for (const number of numbers) {
    const all = spellingsOf(number);
    expect(all[0]).toBe(number);
    expect([...all].sort()).toEqual(expect.arrayContaining([...numbers].sort()));
    expect(spellingsOf(`+${number}`)).toEqual(all.map((one) => `+${one}`));
    expect(numberKey(number)).toBe(numberKey(numbers[0] ?? ''));
  }
});

test.each(ALONE)('not %s', (_name, one, other) => {
  expect(spellingsOf(one)).not.toContain(other);
  expect(spellingsOf(other)).not.toContain(one);
  expect(numberKey(one)).not.toBe(numberKey(other));
});

test.each([[''], ['0'], ['+'], ['US.1349'], ['49'], ['049151'], ['+49 151 1'], ['5511987654321x'], ['1'.repeat(40)]])(
  '%j has one spelling',
  (address) => expect(spellingsOf(address)).toEqual([address]),
);

/** A subscriber as the national plan knows them, by the number that everybody should write. */
interface Subscriber {
  number: string;
}

const digits = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: length, maxLength: length });
const made = (...parts: fc.Arbitrary<string>[]) =>
  fc.tuple(...parts).map((all): Subscriber => ({ number: all.join('') }));
const is = (text: string) => fc.constant(text);
const from = (...texts: string[]) => fc.constantFrom(...texts);

const brazil = from('5511', '5531', '5585');
/** Numbers of plans with a second spelling, close to each other: the digits that differ are few. */
const plans = fc.oneof(
  made(brazil, from('9', ''), from('6', '7', '8', '9', '70', '71', '77', '2', '5'), digits(7)).filter(({ number }) =>
    isBrazilian(number),
  ),
  made(is('52'), from('55', '33', '1', '2'), digits(8)),
  // Flat: a mobile phone is written with its 9, and nobody else has the ten digits after it.
  made(is('549'), from('11', '223', '2966'), digits(8)).map(({ number }) => ({ number: number.slice(0, 13) })),
  made(is('22901'), from('2', '9', '4'), digits(7)),
);

/** Mobile phones are 9 and eight digits, fixed lines and trunked radio eight. */
function isBrazilian(number: string): boolean {
  const national = number.slice(4);
  return /^9[2-9]\d{7}$/.test(national) || /^([2-5]\d{7}|7[0789]\d{6})$/.test(national);
}

/** Numbers that the world's plans hold for valid, near real ones. */
const world = fc
  .tuple(fc.constantFrom(...getCountries()), fc.nat(999), fc.boolean())
  .map(([country, tail, doubled]) => {
    const example = (getExampleNumber as (country: CountryCode, from: unknown) => PhoneNumber | undefined)(
      country,
      examples,
    );
    const number = (example?.number ?? '+15550001111').slice(1);
    const near = number.slice(0, -3) + String(tail).padStart(3, '0');
    return { number: doubled ? near.slice(0, -1) + near.slice(-1).repeat(2) : near };
  })
  .filter(({ number }) => parsePhoneNumberFromString(`+${number}`)?.isValid() === true)
  .filter(({ number }) => parsePhoneNumberFromString(`+${number}`)?.number === `+${number}`)
  // Where ten digits are one subscriber, the plan has one of the two forms.
  .filter(({ number }) => !/^54[1-3]/.test(number));

const subscribers = fc.oneof(plans, world);

test('no two subscribers share a spelling', () => {
  fc.assert(
    fc.property(subscribers, subscribers, (one, other) => {
      fc.pre(one.number !== other.number);
      const shared = spellingsOf(one.number).filter((spelling) => spellingsOf(other.number).includes(spelling));
      expect(shared).toEqual([]);
    }),
    { numRuns: 20_000 },
  );
});

test('spelling is symmetric, and spells nothing new the second time', () => {
  const any = fc.oneof(
    subscribers.map(({ number }) => number),
    made(from('55', '52', '54', '44', '39', '229', '1'), digits(10)).map(({ number }) => number),
  );
  fc.assert(
    fc.property(any, fc.boolean(), (number, isSigned) => {
      const address = isSigned ? `+${number}` : number;
      const all = spellingsOf(address);
      expect(all.length).toBeLessThanOrEqual(MAX_SPELLINGS);
      expect(new Set(all).size).toBe(all.length);
      for (const one of all) {
        expect([...spellingsOf(one)].sort()).toEqual([...all].sort());
        expect(numberKey(one)).toBe(numberKey(address));
      }
    }),
    { numRuns: 20_000 },
  );
});

test('a 0 after the country code is dropped where no number of the plan begins with one', () => {
  for (const country of getCountries()) {
    const code = getCountryCallingCode(country);
    const number = parsePhoneNumberFromString(`+${code}${examples[country] ?? ''}`);
    if (number === undefined) continue;
    const dialled = `+${code}0${number.number.slice(code.length + 1)}`;
    if (!spellingsOf(number.number).includes(dialled)) continue;
    const read = parsePhoneNumberFromString(dialled);
    expect(read?.isValid() ? read.number : number.number).toBe(number.number);
  }
});
