import fc from 'fast-check';
import {
  canonicalJson,
  encodeSecret,
  settingsDigest,
  SIGNATURE_TOLERANCE_MS,
  signDelivery,
  verifyDelivery,
} from '../../contract/signature.ts';

/** The example of the Standard Webhooks reference implementations. */
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const ID = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
const AT_MS = 1_614_265_330_000;
const BODY = '{"test": 2432232314}';
const SIGNATURE = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';
const HEADERS = { 'webhook-id': ID, 'webhook-timestamp': '1614265330', 'webhook-signature': SIGNATURE };
const OTHER = encodeSecret(new Uint8Array(32).fill(7));

const with_ = (change: Record<string, string | string[] | undefined>) => ({ ...HEADERS, ...change });
const signatureOf = (secret: string) => signDelivery(secret, ID, AT_MS, BODY)['webhook-signature'];

describe('the public example', () => {
  test('is signed as published', () => {
    expect(signDelivery(SECRET, ID, AT_MS, BODY)).toEqual(HEADERS);
    expect(signDelivery(SECRET, ID, AT_MS + 999, Buffer.from(BODY))).toEqual(HEADERS);
  });

  test('is verified, as text and as bytes', () => {
    expect(verifyDelivery(SECRET, HEADERS, BODY, AT_MS)).toBe(true);
    expect(verifyDelivery(SECRET, HEADERS, Buffer.from(BODY), AT_MS)).toBe(true);
  });

  test('a secret is the same with and without its prefix', () => {
    expect(verifyDelivery(SECRET.slice('whsec_'.length), HEADERS, BODY, AT_MS)).toBe(true);
  });
});

test.each<[string, Record<string, string | string[] | undefined>, boolean]>([
  ['the old signature first', { 'webhook-signature': `${signatureOf(OTHER)} ${SIGNATURE}` }, true],
  ['the old signature last', { 'webhook-signature': `${SIGNATURE} ${signatureOf(OTHER)}` }, true],
  ['another version beside it', { 'webhook-signature': `v1a,xyz ${SIGNATURE}` }, true],
  ['only another version', { 'webhook-signature': SIGNATURE.replace('v1,', 'v2,') }, false],
  ['no version', { 'webhook-signature': SIGNATURE.slice(3) }, false],
  ['only another secret’s', { 'webhook-signature': signatureOf(OTHER) }, false],
  ['cut short', { 'webhook-signature': SIGNATURE.slice(0, -8) }, false],
  ['an empty one', { 'webhook-signature': 'v1,' }, false],
  ['none', { 'webhook-signature': undefined }, false],
  ['a list of headers', { 'webhook-signature': [SIGNATURE] }, false],
  ['no id', { 'webhook-id': undefined }, false],
  ['another id', { 'webhook-id': 'msg_other' }, false],
  ['no timestamp', { 'webhook-timestamp': undefined }, false],
  ['a timestamp with a fraction', { 'webhook-timestamp': '1614265330.0' }, false],
  ['a timestamp in another notation', { 'webhook-timestamp': '1.61426533e9' }, false],
  ['a timestamp that is no number', { 'webhook-timestamp': 'now' }, false],
  ['a timestamp with a sign', { 'webhook-timestamp': '+1614265330' }, false],
])('signature header: %s', (_name, change, verified) => {
  expect(verifyDelivery(SECRET, with_(change), BODY, AT_MS)).toBe(verified);
});

test.each<[string, number, boolean]>([
  ['as old as allowed', AT_MS + SIGNATURE_TOLERANCE_MS, true],
  ['older', AT_MS + SIGNATURE_TOLERANCE_MS + 1, false],
  ['as early as allowed', AT_MS - SIGNATURE_TOLERANCE_MS, true],
  ['earlier', AT_MS - SIGNATURE_TOLERANCE_MS - 1, false],
])('freshness: %s', (_name, now, verified) => {
  expect(verifyDelivery(SECRET, HEADERS, BODY, now)).toBe(verified);
});

test('the tolerance is the specification’s five minutes', () => {
  expect(SIGNATURE_TOLERANCE_MS).toBe(300_000);
});

test.each([[''], ['whsec_'], ['whsec_====']])(
  'without a secret (%j) nothing is signed and nothing verified',
  (secret) => {
    expect(() => signDelivery(secret, ID, AT_MS, BODY)).toThrow('secret is empty');
    expect(verifyDelivery(secret, HEADERS, BODY, AT_MS)).toBe(false);
  },
);

describe('any input', () => {
  const header = fc.option(fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.string())), { nil: undefined });
  const headers = fc.record({
    'webhook-id': fc.oneof(header, fc.constant(ID)),
    'webhook-timestamp': fc.oneof(header, fc.constant('1614265330')),
    'webhook-signature': fc.oneof(
      header,
      fc.string().map((text) => `v1,${text}`),
      fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => `v1,${Buffer.from(bytes).toString('base64')}`),
    ),
  });

  test('of a stranger is false and throws nothing', () => {
    fc.assert(
      fc.property(headers, fc.string(), (given, body) => {
        expect(verifyDelivery(SECRET, given, body, AT_MS)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test('that was signed is verified, and by that secret, id and body only', () => {
    const key = fc.uint8Array({ minLength: 1, maxLength: 64 });
    fc.assert(
      fc.property(key, key, fc.string({ minLength: 1 }), fc.uint8Array(), (own, foreign, id, body) => {
        const signed = { ...signDelivery(encodeSecret(own), id, AT_MS, body) };
        expect(verifyDelivery(encodeSecret(own), signed, body, AT_MS)).toBe(true);
        expect(verifyDelivery(encodeSecret(own), signed, Buffer.concat([body, Buffer.from('x')]), AT_MS)).toBe(false);
        expect(verifyDelivery(encodeSecret(own), { ...signed, 'webhook-id': `${id}x` }, body, AT_MS)).toBe(false);
        fc.pre(Buffer.compare(own, foreign) !== 0);
        expect(verifyDelivery(encodeSecret([...own, 1] as never), signed, body, AT_MS)).toBe(false);
      }),
    );
  });
});

describe('the digest of settings', () => {
  const object = fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true });

  test('does not depend on the order of members', () => {
    const reversed = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reversed);
      if (value === null || typeof value !== 'object') return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, member]) => [key, reversed(member)]),
      );
    };
    fc.assert(
      fc.property(object, (settings) =>
        expect(settingsDigest(reversed(settings) as Record<string, unknown>)).toBe(settingsDigest(settings)),
      ),
    );
  });

  test('survives the way over the wire', () => {
    fc.assert(
      fc.property(object, (settings) =>
        expect(settingsDigest(JSON.parse(JSON.stringify({ ...settings, left: undefined })))).toBe(
          settingsDigest({ ...settings, left: undefined }),
        ),
      ),
    );
  });

  test('of equal values is equal, of others differs', () => {
    fc.assert(
      fc.property(object, object, (one, other) => {
        const same =
          JSON.stringify(JSON.parse(canonicalJson(one))) === JSON.stringify(JSON.parse(canonicalJson(other)));
        expect(settingsDigest(one) === settingsDigest(other)).toBe(same);
      }),
    );
  });

  test.each<[string, object, object]>([
    ['a changed token', { accessToken: 'a' }, { accessToken: 'b' }],
    ['the order of a list', { appSecret: ['a', 'b'] }, { appSecret: ['b', 'a'] }],
    ['a text and a number', { wabaId: '1' }, { wabaId: 1 }],
    ['a member that is null', { wabaId: null }, {}],
    ['members that run into each other', { a: '1', b: '2' }, { a: '1,"b":"2' }],
  ])('tells %s', (_name, one, other) => {
    expect(settingsDigest({ ...one })).not.toBe(settingsDigest({ ...other }));
  });
});

test.each<[unknown, string]>([
  [{ b: 1, a: [true, null, { d: 'x', c: undefined }] }, '{"a":[true,null,{"d":"x"}],"b":1}'],
  [[undefined, Number.NaN], '[null,null]'],
  ['é"', '"é\\""'],
])('%j is written as %s', (value, text) => {
  expect(canonicalJson(value)).toBe(text);
});
