import { Checker } from '../../../service/src/channels/kit/checker.ts';
import { parseJsonBody } from '../../../service/src/channels/kit/json-body.ts';
import { camelCase, compact, idOf, instantOf, labelOf, numberOf } from '../../../service/src/channels/kit/json.ts';
import { isWithinDepth } from '../../../service/src/core/json-depth.ts';
import { scrub, stringsIn } from '../../../service/src/channels/kit/scrub.ts';
import { webhookSecretsOf } from '../../../service/src/channels/kit/webhook-secret.ts';
import { appSecretMember } from '../../../service/src/channels/protocols/meta/settings.ts';

test.each([
  ['1750000000', 1_750_000_000_000],
  [1750000000, 1_750_000_000_000],
  ['', undefined],
  [0, undefined],
  [-5, undefined],
  [Infinity, undefined],
  [8.64e12 + 1, undefined],
  [{}, undefined],
])('instant of %j is %s', (seconds, at) => {
  expect(instantOf(seconds)).toBe(at);
});

test.each([
  [12, '12'],
  ['12', '12'],
  [1.5, undefined],
  [null, undefined],
])('id of %j is %s', (value, id) => {
  expect(idOf(value)).toBe(id);
});

test('numbers, names and absent members', () => {
  expect([numberOf(' 1.5 '), numberOf(''), numberOf('x'), numberOf(NaN)]).toEqual([
    1.5,
    undefined,
    undefined,
    undefined,
  ]);
  expect(labelOf(`${'a'.repeat(255)}😀`)).toBe('a'.repeat(255));
  expect(['waba_ban_state', '__proto__', 'plain'].map(camelCase)).toEqual(['wabaBanState', 'Proto__', 'plain']);
  expect(Object.keys(compact({ a: undefined, b: null, c: 0 }))).toEqual(['b', 'c']);
});

test.each([
  ['[[1]]', 2, true],
  ['[[1]]', 1, false],
  ['["[[[[\\"[[["]', 1, true],
  ['{"a":[]}', 1, false],
  ['', 0, true],
])('%s within %i levels: %s', (text, max, expected) => {
  expect(isWithinDepth(Buffer.from(text), max)).toBe(expected);
});

test('scrubbing takes the longest first, leaves short values, and bounds the length', () => {
  expect(scrub('token-12345 and token', ['token', 'token-12345', 'an'])).toBe('[removed] and [removed]');
  expect(scrub('x'.repeat(1000), []).length).toBe(601);
  expect(stringsIn({ a: ['x', { b: 'y', keep: 'z' }], n: 1 }, new Set(['keep']))).toEqual(['x', 'y']);
});

test('a checker reports every finding, and none is no error', () => {
  const check = new Checker();
  check.finish();
  check.text('a', 7, { max: 2 });
  check.number('b', 'x', 0, 1);
  check.url('c', 'nowhere', ['https']);
  expect(() => check.finish()).toThrow(
    'a must be text; number was given; b must be a number from 0 to 1; string was given; c must be a URL that starts with https://.',
  );
});

test.each([
  [undefined, []],
  ['one', ['one']],
  [
    ['new', 'old'],
    ['new', 'old'],
  ],
])('of the secret %j webhooks are proved by %j', (given, secrets) => {
  expect(webhookSecretsOf(appSecretMember.parse(given))).toEqual(secrets);
});

test.each([[''], [[]], [['new', '']], [Array(6).fill('one')], [null]])('%j is no secret', (given) => {
  expect(appSecretMember.safeParse(given).success).toBe(false);
});

test.each(['', 'no json', '[]', '['.repeat(200_000)])('a body that is no JSON object is one unsupported', (text) => {
  const parse = () => {
    throw new Error('is not called');
  };
  expect(parseJsonBody(Buffer.from(text), parse)).toEqual([
    {
      type: 'unsupported',
      dedupeKey: expect.stringMatching(/^body:.{32}$/),
      raw: text,
      data: { reason: expect.any(String) },
    },
  ]);
});
