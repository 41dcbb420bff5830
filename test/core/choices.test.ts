import fc from 'fast-check';
import { answerIn, chosen, chosenSeveral } from '../../service/src/core/choices.ts';

const PIZZA = [
  { id: 's', title: 'Small' },
  { id: 'l', title: 'Large, please!' },
  { id: 'b', title: 'Börek' },
];

test.each<[string, string | undefined]>([
  ['1', 's'],
  [' 2 ', 'l'],
  ['3.', 'b'],
  ['1)', 's'],
  ['(2)', 'l'],
  ['2 !', 'l'],
  ['1\uFE0F\u20E3', 's'],
  ['\uFF12', 'l'],
  ['\u0662', 'l'],
  ['\u06F3.', 'b'],
  ['(\u0967)', 's'],
  ['\u{1D7D8}\u{1D7D1}', 'b'],
  ['\u{1D7D0}', 'l'],
  ['small', 's'],
  ['SMALL.', 's'],
  ['large,  please', 'l'],
  ['Large, please!', 'l'],
  ['bÖREK', 'b'],
  ['1. Small', 's'],
  ['2) large, please', 'l'],
  ['1 - small', 's'],
  ['1. Large, please', undefined],
  ['0', undefined],
  ['4', undefined],
  ['10%', undefined],
  ['-1', undefined],
  ['1 2', undefined],
  ['12', undefined],
  ['1 of the small ones', undefined],
  ['smaller', undefined],
  ['', undefined],
  ['.', undefined],
])('%j picks %s', (text, id) => {
  expect(chosen(PIZZA, text)?.id).toBe(id);
});

test.each<[string, string[], string, number | undefined]>([
  ['a number that is the title of another', ['2', '4', '6'], '2', undefined],
  ['a number that is the title of the same', ['1', '2'], '2', 1],
  ['a title that two have', ['Yes', 'yes!'], 'yes', undefined],
  ['the number of a title that two have', ['Yes', 'yes!'], '2', 1],
  ['a title of signs alone', ['?', '!'], '!', 1],
  ['a picture', ['\u{1F44D}', '\u{1F44E}'], '\u{1F44E}', 1],
  ['a title with a number in front', ['1. Yes', '2. No'], '2. no', 1],
])('%s', (_name, titles, text, index) => {
  const choices = titles.map((title, at) => ({ id: String(at), title }));
  expect(chosen(choices, text)).toBe(index === undefined ? undefined : choices[index]);
});

const title = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' });
const list = fc
  .uniqueArray(title, { minLength: 1, maxLength: 12 })
  .map((titles) => titles.map((one, at) => ({ id: `c${at}`, title: one })));

describe('whatever the choices', () => {
  test('a number picks the choice that stands there, or the text stays what it is', () => {
    fc.assert(
      fc.property(list, fc.nat(20), fc.constantFrom('', '.', ')', ' ', '!'), (choices, number, tail) => {
        const picked = chosen(choices, `${number}${tail}`);
        if (picked !== undefined && !/\d/.test(picked.title.normalize('NFKC')))
          expect(picked).toBe(choices[number - 1]);
      }),
    );
  });

  test('without digits and signs in the titles, every number of a choice picks it and no other does', () => {
    const words = fc
      .uniqueArray(fc.stringMatching(/^[a-z]{2,8}$/), { minLength: 1, maxLength: 12 })
      .map((titles) => titles.map((one, at) => ({ id: `c${at}`, title: one })));
    fc.assert(
      fc.property(words, fc.nat(20), (choices, number) => {
        expect(chosen(choices, String(number))).toBe(choices[number - 1]);
        for (const one of choices) expect(chosen(choices, ` ${one.title.toUpperCase()}. `)).toBe(one);
      }),
    );
  });

  test('what is picked is one of them, and any text may be said', () => {
    fc.assert(
      fc.property(list, fc.string({ maxLength: 400, unit: 'grapheme' }), (choices, text) => {
        const picked = chosen(choices, text);
        if (picked !== undefined) expect(choices).toContain(picked);
      }),
    );
    expect(chosen([], '1')).toBeUndefined();
    expect(chosen([{ id: 'a', title: 'x'.repeat(301) }], 'x'.repeat(301))).toBeUndefined();
  });
});

test.each<[string, string[] | undefined]>([
  ['1', ['s']],
  ['3, 1', ['s', 'b']],
  ['1 and 3', ['s', 'b']],
  ['1 3', ['s', 'b']],
  ['1+2+3', ['s', 'l', 'b']],
  ['1.\n3.', ['s', 'b']],
  ['small, börek', ['s', 'b']],
  ['small & 3', ['s', 'b']],
  ['Large, please!', ['l']],
  ['1, 1', ['s']],
  ['1 UND 2 und 3', ['s', 'l', 'b']],
  ['1, 4', undefined],
  ['1 or so', undefined],
  [', ,', undefined],
  ['', undefined],
])('of several, %j picks %j', (text, ids) => {
  expect(chosenSeveral(PIZZA, text)?.map(({ id }) => id)).toEqual(ids);
});

test('a word that stands between picks may be a part of a title', () => {
  const vitamins = [
    { id: 'e', title: 'Vitamin E' },
    { id: 'oil', title: 'Oil and salt' },
    { id: 'c', title: 'Vitamin C' },
  ];
  expect(chosenSeveral(vitamins, 'vitamin e, oil and salt')?.map(({ id }) => id)).toEqual(['e', 'oil']);
  expect(chosenSeveral(vitamins, 'vitamin c and vitamin e')?.map(({ id }) => id)).toEqual(['e', 'c']);
});

describe('an answer', () => {
  const several = PIZZA.map((one) => ({ ...one, multiple: true }));
  const slot = { id: 'parley-slot:sgx9s0:22rvk:noon', title: 'Noon' };
  test.each([
    ['to several is choices', several, '1, 3', { type: 'choices', text: 'Small, Börek' }],
    ['to several by one is choices, too', several, '3', { type: 'choices', text: 'Börek' }],
    ['to one is a button', PIZZA, '3', { type: 'button', buttonId: 'b' }],
    ['by several to one is words', PIZZA, '1, 3', { type: 'text' }],
    ['that picks a time is that time', [slot], 'noon', { type: 'time_slot', slotId: 'noon' }],
  ])('%s', (_name, choices, text, expected) => {
    expect(answerIn(choices, { type: 'text', text })).toMatchObject(expected);
  });
});
