import { VerificationError } from '../../../service/src/core/errors.ts';
import { whatsapp } from '../../../service/src/channels/whatsapp/index.ts';
import { SIGNATURE_VECTORS } from './fixtures/signatures.ts';
import { requestWith, SECRET, settingsWith, sign, signatureOf } from './support.ts';

/** Which failure, or none. What is signed but no webhook is `malformed`: the signature was accepted. */
function outcome(body: Buffer, header: string | undefined, appSecret: unknown = SECRET): string {
  try {
    whatsapp.verify(requestWith(body, header), settingsWith({ appSecret }));
    return 'accepted';
  } catch (error) {
    expect(error).toBeInstanceOf(VerificationError);
    return (error as VerificationError).failure;
  }
}
const vector = (name: string) => {
  const found = SIGNATURE_VECTORS.find((one) => one.name.startsWith(`${name} `));
  if (!found) throw new Error(`no vector ${name}`);
  return { ...found, body: Buffer.from(found.base64, 'base64') };
};
const M2 = vector('M2');

describe('signature vectors', () => {
  test.each(SIGNATURE_VECTORS.map((one) => [one.name, one] as const))('%s', (_name, { secret, base64, header }) => {
    const body = Buffer.from(base64, 'base64');
    const isWebhook = body.toString().includes('whatsapp_business_account');
    expect(outcome(body, header, secret)).toBe(isWebhook ? 'accepted' : 'malformed');
    expect(outcome(body, header, [`${secret}x`, secret])).toBe(isWebhook ? 'accepted' : 'malformed');
    expect(outcome(body, header, `${secret}x`)).toBe('mismatch');
  });

  test.each(['M3', 'M7', 'M8'])('%s parsed and written anew does not fit any more', (name) => {
    const { body, header, secret } = vector(name);
    expect(outcome(Buffer.from(JSON.stringify(JSON.parse(body.toString()))), header, secret)).toBe('mismatch');
  });
});

test.each([
  ['no header', undefined, 'missing'],
  ['an empty header', '', 'missing'],
  ['one digit flipped', M2.header.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')), 'mismatch'],
  ['upper-case hex', `sha256=${M2.header.slice(7).toUpperCase()}`, 'mismatch'],
  ['no prefix', M2.header.slice('sha256='.length), 'mismatch'],
  ['truncated', M2.header.slice(0, -1), 'mismatch'],
  ['too long', `${M2.header}0`, 'mismatch'],
  ['non-hex', M2.header.replace(/.$/, 'g'), 'mismatch'],
  ['the legacy digest', 'sha1=14bde2472bec5e98d64871a8b3ba89eab98f7a75', 'mismatch'],
])('%s is refused', (_name, header, failure) => {
  expect(outcome(M2.body, header)).toBe(failure);
});

test('without a secret every webhook is refused', () => {
  const settings = settingsWith({ appSecret: undefined });
  expect(() => whatsapp.verify(sign(M2.body), settings)).toThrow(
    expect.objectContaining({ failure: 'not_configured' }),
  );
});

test.each([
  ['another object', { object: 'page', entry: [] }],
  ['no entries', { object: 'whatsapp_business_account' }],
  ['entries that are no list', { object: 'whatsapp_business_account', entry: {} }],
])('%s is malformed', (_name, value) => {
  const body = Buffer.from(JSON.stringify(value));
  expect(outcome(body, signatureOf(body))).toBe('malformed');
});

test('64 levels are read, 65 are not; brackets in text do not count', () => {
  const nested = (levels: number) => {
    const deep = `${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}`;
    return Buffer.from(`{"object":"whatsapp_business_account","entry":[],"t":"[[\\"[[${'['.repeat(99)}","x":${deep}}`);
  };
  expect(outcome(nested(64), signatureOf(nested(64)))).toBe('accepted');
  expect(outcome(nested(65), signatureOf(nested(65)))).toBe('malformed');
});

describe('handshake', () => {
  const query = {
    'hub.mode': 'subscribe',
    'hub.verify_token': 'a-token-of-our-choice',
    'hub.challenge': '1158201444',
  };
  const answer = (given: Record<string, string>, settings = settingsWith()) =>
    whatsapp.handshake?.answer({ ...requestWith(Buffer.alloc(0)), method: 'GET', query: given }, settings);

  test('answers the challenge', () => {
    expect(answer(query)).toEqual({ status: 200, contentType: 'text/plain; charset=utf-8', body: '1158201444' });
  });

  test.each([
    ['another token', { ...query, 'hub.verify_token': 'guess' }, 'mismatch'],
    ['no token', { 'hub.mode': 'subscribe', 'hub.challenge': '1' }, 'missing'],
    ['another mode', { ...query, 'hub.mode': 'unsubscribe' }, 'missing'],
    ['no challenge', { 'hub.mode': 'subscribe', 'hub.verify_token': 'a-token-of-our-choice' }, 'malformed'],
  ])('refuses %s', (_name, given, failure) => {
    expect(() => answer(given)).toThrow(expect.objectContaining({ failure }));
  });

  test('is refused when neither a verifyToken nor a secret to make one from is set', () => {
    const settings = settingsWith({ verifyToken: undefined, appSecret: undefined });
    expect(() => answer(query, settings)).toThrow(expect.objectContaining({ failure: 'not_configured' }));
  });

  test('without a chosen verifyToken, one is made from the app secret: the same each time, another for another number', () => {
    const made = settingsWith({ verifyToken: undefined }).verifyToken ?? '';
    expect(made).toMatch(/^[0-9a-f]{32}$/);
    expect(settingsWith({ verifyToken: undefined }).verifyToken).toBe(made);
    expect(settingsWith({ verifyToken: undefined, phoneNumberId: '1' }).verifyToken).not.toBe(made);
    const settings = settingsWith({ verifyToken: undefined });
    expect(answer({ ...query, 'hub.verify_token': made }, settings)?.body).toBe('1158201444');
    expect(() => answer(query, settings)).toThrow(expect.objectContaining({ failure: 'mismatch' }));
  });
});
