import { inspect } from 'node:util';
import {
  makeEncryptionKey,
  mask,
  MASK,
  parseEncryptionKeys,
  SecretBox,
  SecretBoxError,
} from '../../service/src/platform/secret-box.ts';

const OLD = `old:${'ab'.repeat(32)}`;
const NEW = `new:${'cd'.repeat(32)}`;
const boxOf = (text: string) => new SecretBox(parseEncryptionKeys(text));

test.each<[string, unknown]>([
  ['settings', { accessToken: 'EAAG-secret', appSecret: ['a', 'b'], nested: { ü: null } }],
  ['a text', 'EAAG-secret'],
  ['nothing', null],
])('%s come back as they were and are not to be seen in the box', (_name, value) => {
  const box = boxOf(OLD);
  const sealed = box.encrypt(value, 'acc_1');
  expect(box.decrypt(sealed, 'acc_1')).toEqual(value);
  expect(sealed).toMatch(/^v1\.old\.[A-Za-z0-9_-]+$/);
  expect(sealed).not.toContain('EAAG');
});

test('the same value never gives the same box', () => {
  const box = boxOf(OLD);
  expect(box.encrypt('x', 'acc_1')).not.toBe(box.encrypt('x', 'acc_1'));
});

describe('rotation', () => {
  const sealed = boxOf(OLD).encrypt({ token: 'EAAG-secret' }, 'acc_1');

  test('the newest key encrypts, older ones still decrypt', () => {
    const both = boxOf(`${NEW},${OLD}`);
    expect(both.decrypt(sealed, 'acc_1')).toEqual({ token: 'EAAG-secret' });
    const again = both.encrypt(both.decrypt(sealed, 'acc_1'), 'acc_1');
    expect([again, sealed].map((one, i) => one.startsWith(both.prefixes[i] ?? '?'))).toEqual([true, true]);
    expect(boxOf(NEW).decrypt(again, 'acc_1')).toEqual({ token: 'EAAG-secret' });
  });

  test('a key that was taken away is named', () => {
    expect(() => boxOf(NEW).decrypt(sealed, 'acc_1')).toThrow(
      new SecretBoxError(
        'Secrets were encrypted with the key "old", which is not configured. Add it to PARLEY_ENCRYPTION_KEY, after the newest.',
      ),
    );
  });
});

describe('what does not open', () => {
  const sealed = boxOf(OLD).encrypt({ token: 'EAAG-secret' }, 'acc_1');
  const changed = sealed.slice(0, -3) + (sealed.at(-3) === 'A' ? 'B' : 'A') + sealed.slice(-2);
  test.each([
    ['another account', sealed, 'acc_2', OLD],
    ['changed bytes', changed, 'acc_1', OLD],
    ['another key under the same id', sealed, 'acc_1', `old:${'ef'.repeat(32)}`],
    ['a cut box', sealed.slice(0, 30), 'acc_1', OLD],
    ['no box', '{"token":"EAAG-secret"}', 'acc_1', OLD],
    ['nothing', '', 'acc_1', OLD],
  ])('%s', (_name, box, account, keys) => {
    let error: unknown;
    try {
      boxOf(keys).decrypt(box, account);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(SecretBoxError);
    expect(inspect(error)).not.toMatch(/EAAG|abab|efef/);
  });
});

describe('keys', () => {
  const bytes = Buffer.alloc(32, 0xfb);
  test.each([bytes.toString('hex'), bytes.toString('base64'), bytes.toString('base64url')])('%s', (text) => {
    const [parsed] = parseEncryptionKeys(text);
    expect(parsed?.key.export().equals(bytes)).toBe(true);
    expect(parsed?.id).toMatch(/^[0-9a-f]{8}$/);
  });

  test.each([`${NEW},${OLD}`, ` ${NEW} , ${OLD}`, `${NEW}\n${OLD}`, `${NEW}\r\n${OLD}`])('the list %j', (text) => {
    expect(parseEncryptionKeys(text).map(({ id }) => id)).toEqual(['new', 'old']);
  });

  test('a made key can be read, is new each time, and is not printed', () => {
    const made = makeEncryptionKey();
    expect(made).not.toBe(makeEncryptionKey());
    expect(inspect(parseEncryptionKeys(made), { depth: 9 })).not.toContain(made.slice(0, 8));
  });

  test.each(['', 'short', 'ab'.repeat(33), `${OLD},`, `${OLD},${OLD}`, 'a b:' + 'ab'.repeat(32)])(
    'refuses %j',
    (text) => {
      expect(() => parseEncryptionKeys(text)).toThrow(/32 bytes|different ids/);
    },
  );

  test('no key at all', () => {
    expect(() => new SecretBox([])).toThrow(SecretBoxError);
  });
});

test('mask hides secrets, lists of them too, and nothing else', () => {
  const settings = { accessToken: 'EAAG', appSecret: ['a', 'b'], verifyToken: undefined, phoneNumberId: '1' };
  expect(mask(settings, ['accessToken', 'appSecret', 'verifyToken', 'absent'])).toEqual({
    accessToken: MASK,
    appSecret: [MASK, MASK],
    phoneNumberId: '1',
  });
  expect(settings.accessToken).toBe('EAAG');
});
