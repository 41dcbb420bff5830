import {
  API_KEY_CACHE_MS,
  cachedLookup,
  authorize,
  checkApiKey,
  describeApiKey,
  hashApiKey,
  makeApiKey,
  parseApiKeys,
  type StoredApiKey,
} from '../../service/src/platform/api-keys.ts';
import { manualClock } from '../sandbox/kit/clock.ts';

const made = makeApiKey();
const own = 'correct-horse-battery-staple';
const asked: string[] = [];
const DAY_MS = 24 * 3_600_000;

function lookup(...stored: StoredApiKey[]) {
  return {
    find: async (id: string) => {
      asked.push(id);
      return stored.find((key) => key.id === id);
    },
  };
}
beforeEach(() => asked.splice(0));

test('a made key names its id and is stored as its hash only', () => {
  expect(made).toMatch(/^pk_[0-9a-f]{16}_[A-Za-z0-9_-]{43}$/);
  expect(makeApiKey()).not.toBe(made);
  expect(describeApiKey(made)).toEqual({ id: made.split('_')[1], hash: hashApiKey(made) });
});

test.each([own, 'pk_looks_like_one_but_is_not', 'x'.repeat(24)])(
  'a key of the operator’s own form: %s',
  async (key) => {
    const stored = describeApiKey(key);
    expect(stored.id).toMatch(/^own[0-9a-f]{16}$/);
    expect(await checkApiKey(key, lookup(stored))).toBe(stored);
    expect(await checkApiKey(`${key}x`, lookup(stored))).toBeUndefined();
  },
);

describe('authorize', () => {
  const stored = [describeApiKey(made), describeApiKey(own)];

  test.each([`Bearer ${made}`, `bearer  ${made}`, `Bearer ${own}`])('lets %s pass', async (header) => {
    await expect(authorize(header, lookup(...stored))).resolves.toBeUndefined();
  });

  const wrongSecret = made.slice(0, -4) + 'AAAA';
  const unknownId = makeApiKey();
  test.each([
    ['a wrong secret', wrongSecret, stored],
    ['an unknown id', unknownId, stored],
    ['a revoked key', made, [{ ...describeApiKey(made), revokedAt: 1 }]],
    ['a broken stored hash', made, [{ ...describeApiKey(made), hash: 'ff' }]],
    ['a key of another form', 'nonsense', stored],
  ])('refuses %s with one and the same answer, after one look-up', async (_name, key, keys) => {
    const error: unknown = await authorize(`Bearer ${key}`, lookup(...keys)).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      status: 401,
      code: 'unauthorized',
      message:
        'Give the API key as "Authorization: Bearer <key>"; the one given is not valid. The first key is in the file ' +
        '"api-key" of the data folder, unless PARLEY_API_KEY sets one.',
    });
    expect(asked).toHaveLength(1);
  });

  test.each([undefined, '', made, `Basic ${made}`, 'Bearer', 'Bearer  ', `Bearer ${'x'.repeat(600)}`])(
    'refuses %s without a look-up',
    async (header) => {
      await expect(authorize(header, lookup(...stored))).rejects.toMatchObject({
        status: 401,
        message: expect.stringContaining('the request has none'),
      });
      expect(asked).toEqual([]);
    },
  );
});

test.each<[string, string[]]>([
  [own, [own]],
  [`${made},${own}`, [made, own]],
  [` ${made} , ${own} `, [made, own]],
  [`${made}\n${own}`, [made, own]],
  [`${made}\r\n${own}\r`, [made, own]],
])('the list %j', (text, keys) => {
  expect(parseApiKeys(text)).toEqual(keys);
});

test('two keys of one id are refused: they could not be told apart', () => {
  expect(() => parseApiKeys(`${made},${made.slice(0, -4)}AAAA`)).toThrow(/different keys/);
});

describe('a look-up that remembers', () => {
  test('asks once in a while only, however many ask at once, and hears of a revocation then', async () => {
    const clock = manualClock(1_000_000);
    const stored: StoredApiKey = describeApiKey(made);
    const cached = cachedLookup(lookup(stored), clock);
    await Promise.all([cached.find(stored.id), cached.find(stored.id)]);
    clock.advance(API_KEY_CACHE_MS - 1);
    await cached.find(stored.id);
    expect(asked).toHaveLength(1);
    stored.revokedAt = 1;
    clock.advance(1);
    expect(await checkApiKey(made, cached)).toBeUndefined();
    expect(asked).toHaveLength(2);
  });

  test.each([-DAY_MS, DAY_MS])('remembers as long as ever when the clock jumps by %i ms', async (byMs) => {
    const clock = manualClock(2 * DAY_MS);
    const cached = cachedLookup(lookup(describeApiKey(made)), clock);
    await checkApiKey(made, cached);
    clock.jump(byMs);
    clock.advance(API_KEY_CACHE_MS - 1);
    await checkApiKey(made, cached);
    expect(asked).toHaveLength(1);
    clock.advance(1);
    await checkApiKey(made, cached);
    expect(asked).toHaveLength(2);
  });

  test('remembers neither an unknown key nor a failure', async () => {
    const answers = [() => Promise.reject(new Error('no database')), async () => undefined, async () => ({ ...found })];
    const found = describeApiKey(own);
    const cached = cachedLookup({ find: () => answers.shift()?.() ?? Promise.resolve(undefined) }, manualClock(0));
    await expect(cached.find('k')).rejects.toThrow('no database');
    expect(await cached.find('k')).toBeUndefined();
    expect(await cached.find('k')).toEqual(found);
    expect(await cached.find('k')).toEqual(found);
  });
});
