/** Phone numbers as people, n8n and spreadsheets write them: one person, or nobody. */
import { countryMember, dialled, readNumber } from '../../../service/src/channels/kit/phone-number.ts';

const phone = (address: string) => ({ kind: 'phone', address });
const read = (text: string, country?: Parameters<typeof readNumber>[1]) => readNumber(text, country, phone);

test.each<[string, string]>([
  ['+15550001111', '15550001111'],
  ['0015550001111', '15550001111'],
  ['+0015550001111', '15550001111'],
  [' +1 (555) 000-1111 ', '15550001111'],
  ['+1.555.000.1111', '15550001111'],
  ['+1/555/000/1111', '15550001111'],
  ['(+1) 555 000 1111', '15550001111'],
  ['+1\u00a0555\u202f000\u20071111', '15550001111'],
  ['+1\u2011555\u2013000\u22121111', '15550001111'],
  ['\u202a+15550001111\u202c', '15550001111'],
  ['\u200e+1 555 000 1111\ufeff', '15550001111'],
  ["'+15550001111", '15550001111'],
  ['=+15550001111', '15550001111'],
  ['＋１５５５０００１１１１', '15550001111'],
  ['+١٥٥٥٠٠٠١١١١', '15550001111'],
  ['٠٠١٥٥٥٠٠٠١١١١', '15550001111'],
  ['+۱۵۵۵۰۰۰۱۱۱۱', '15550001111'],
  ['+१५५५०००१११١', '15550001111'],
  ['+44 (0)7911 123456', '447911123456'],
  ['+4407911123456', '447911123456'],
  ['+39 06 1234 5678', '390612345678'],
  ['+54 11 15 6123-4567', '5491161234567'],
  ['+541115 6123-4567', '5491161234567'],
  ['+5215512345678', '5215512345678'],
  ['+525512345678', '525512345678'],
  ['+553187654321', '553187654321'],
  ['+22997123456', '22997123456'],
])('%j is a number: %s', (text, address) => {
  expect(read(text)).toEqual(phone(address));
  // A default country changes nothing about a number that says its own.
  for (const country of ['US', 'EG', 'BR'] as const) expect(read(text, country)).toEqual(phone(address));
});

/** US numbers that went to Egypt, Brazil and elsewhere, German ones as Germans write them, and digits with their country's code. */
test.each([
  ['2025551234', '2025551234'],
  ['555-000-1111', '5550001111'],
  ['(202) 555-1234', '2025551234'],
  ['0171 1234567', '01711234567'],
  ['15550001111', '15550001111'],
  ['٢٠٢٥٥٥١٢٣٤', '2025551234'],
  ['2025551234\u00a0', '2025551234'],
])('%j says no country: it is whoever is known by these digits, or nobody', (text, digits) => {
  expect(read(text)).toEqual({
    ifKnown: phone(digits),
    mend: expect.stringMatching(/Expected \+ and the country code.*default country/) as string,
  });
});

test.each<[string, 'US' | 'BR' | 'DE' | 'EG' | 'GB' | 'MX' | 'AR' | 'IT', string]>([
  ['2025551234', 'US', '12025551234'],
  ['(202) 555-1234', 'US', '12025551234'],
  ['202.555.1234', 'US', '12025551234'],
  ['555-000-1111', 'US', '15550001111'],
  ['1 202 555 1234', 'US', '12025551234'],
  ['12025551234', 'US', '12025551234'],
  ['011 44 7911 123456', 'US', '447911123456'],
  ['٢٠٢٥٥٥١٢٣٤', 'US', '12025551234'],
  ['0171 1234567', 'DE', '491711234567'],
  ['1711234567', 'DE', '491711234567'],
  ['07911 123456', 'GB', '447911123456'],
  ['447911123456', 'GB', '447911123456'],
  ['11 98765-4321', 'BR', '5511987654321'],
  ['5511987654321', 'BR', '5511987654321'],
  ['55 1234 5678', 'MX', '525512345678'],
  ['011 15 6123-4567', 'AR', '5491161234567'],
  ['06 1234 5678', 'IT', '390612345678'],
  ['010 1234 5678', 'EG', '201012345678'],
])('%j in %s is %s', (text, country, address) => {
  expect(read(text, country)).toMatchObject({ otherwise: phone(address) });
});

test.each<[string, 'DE' | 'US' | 'BR']>([
  ['4915112345678', 'DE'],
  ['0171 123', 'US'],
  ['447911123456', 'US'],
  ['20255512345', 'US'],
])('%j in %s is nobody who is not known', (text, country) => {
  const found = read(text, country);
  expect(found).toMatchObject({ mend: expect.stringMatching(/Expected/) as string });
  expect(found).not.toHaveProperty('otherwise');
});

test.each([['+15550'], ['+22507123456'], ['+55123456789012']])(
  '%j is whoever is known by it, as its country has no such number',
  (text) => {
    expect(read(text, 'US')).toEqual({
      ifKnown: phone(text.slice(1)),
      mend: expect.stringMatching(/no phone number of the country that its code names/) as string,
    });
  },
);

test.each([
  [''],
  ['+'],
  ['Ana'],
  ['call +15550001111'],
  ['+15550001111 ext. 5'],
  ['+15550001111;ext=5'],
  ['+1 555 000 1111, +1 555 000 2222'],
  ['1.5550001111E10'],
  ['1,5550001111E+10'],
  ['15550001111.0'],
  ['+15550001111.00'],
  ['1-800-FLOWERS'],
  ['++15550001111'],
  ['+1+5550001111'],
  ['+0151 12345678'],
  ['120363418770915618@g.us'],
  ['true'],
  ['NaN'],
  ['[object Object]'],
  ['1'.repeat(30)],
])('%j is no number', (text) => {
  for (const country of [undefined, 'US', 'DE'] as const) expect(read(text, country)).toBeUndefined();
});

test.each([
  ['5215512345678', '525512345678'],
  ['22997123456', '2290197123456'],
  ['5511987654321', '5511987654321'],
  ['15550001111', '15550001111'],
  ['000', '000'],
])('%s is dialled as %s', (digits, today) => expect(dialled(digits)).toBe(today));

test.each([
  ['us', 'US'],
  [' BR ', 'BR'],
])('the country %j', (given, code) => expect(countryMember.parse(given)).toBe(code));

test.each([['Germany'], ['XX'], [''], ['D'], [49]])('no country %j', (given) =>
  expect(countryMember.safeParse(given).success).toBe(false),
);
