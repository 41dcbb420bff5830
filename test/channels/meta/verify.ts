/** What every topic of Meta's webhooks is held to: the signature vectors, forged headers, the form, and the handshake. */
import type { Channel } from '../../../service/src/channels/channel.ts';
import { VerificationError } from '../../../service/src/core/errors.ts';
import { META_VECTORS } from './signatures.ts';
import { requestWith, SECRET, sign, signatureOf } from './support.ts';

export interface VerifySubject<S> {
  channel: Channel<S>;
  settingsWith(change: Record<string, unknown>): S;
  /** What a body names as its `object`. */
  topic: string;
}

function vector(name: string) {
  const found = META_VECTORS.find((one) => one.name.startsWith(`${name} `));
  if (!found) throw new Error(`no vector ${name}`);
  return { ...found, body: Buffer.from(found.base64, 'base64') };
}

function signatures<S>({ channel, settingsWith, topic }: VerifySubject<S>): void {
  /** Which failure, or none. What is signed but no webhook of the topic is `malformed`: the signature was accepted. */
  const outcome = (body: Buffer, header: string | undefined, appSecret: unknown = SECRET): string => {
    try {
      channel.verify(requestWith(body, header), 0, settingsWith({ appSecret }));
      return 'accepted';
    } catch (error) {
      expect(error).toBeInstanceOf(VerificationError);
      return (error as VerificationError).failure;
    }
  };
  const M7 = vector('M7');

  test.each(META_VECTORS.map((one) => [one.name, one] as const))('%s', (_name, { secret, base64, header, legacy }) => {
    const body = Buffer.from(base64, 'base64');
    const verdict = body.toString().includes(`"object":"${topic}"`) ? 'accepted' : 'malformed';
    expect(outcome(body, header, secret)).toBe(verdict);
    expect(outcome(body, header, [`${secret}x`, secret])).toBe(verdict);
    expect(outcome(body, header, `${secret}x`)).toBe('mismatch');
    expect(outcome(body, legacy ?? 'sha1=14bde2472bec5e98d64871a8b3ba89eab98f7a75', secret)).toBe('mismatch');
  });

  test.each(['M3', 'M7', 'M8'])('%s parsed and written anew does not fit any more', (name) => {
    const { body, header, secret } = vector(name);
    expect(outcome(Buffer.from(JSON.stringify(JSON.parse(body.toString()))), header, secret)).toBe('mismatch');
  });

  test.each([
    ['no header', undefined, 'missing'],
    ['an empty header', '', 'missing'],
    ['one digit flipped', M7.header.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')), 'mismatch'],
    ['upper-case hex', `sha256=${M7.header.slice(7).toUpperCase()}`, 'mismatch'],
    ['no prefix', M7.header.slice('sha256='.length), 'mismatch'],
    ['truncated', M7.header.slice(0, -1), 'mismatch'],
    ['too long', `${M7.header}0`, 'mismatch'],
    ['non-hex', M7.header.replace(/.$/, 'g'), 'mismatch'],
  ])('%s is refused', (_name, header, failure) => {
    expect(outcome(M7.body, header)).toBe(failure);
  });

  test('without a secret every webhook is refused', () => {
    const settings = settingsWith({ appSecret: undefined });
    expect(() => channel.verify(sign(M7.body), 0, settings)).toThrow(
      expect.objectContaining({ failure: 'not_configured' }),
    );
  });

  test.each([
    ['another topic', { object: 'user', entry: [] }, 'malformed'],
    ['no entries', { object: topic }, 'malformed'],
    ['entries that are no list', { object: topic, entry: {} }, 'malformed'],
    ['no entry in it', { object: topic, entry: [] }, 'accepted'],
  ])('%s', (_name, value, verdict) => {
    const body = Buffer.from(JSON.stringify(value));
    expect(outcome(body, signatureOf(body))).toBe(verdict);
  });

  test('64 levels are read, 65 are not; brackets in text do not count', () => {
    const nested = (levels: number) => {
      const deep = `${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}`;
      return Buffer.from(`{"object":"${topic}","entry":[],"t":"[[\\"[[${'['.repeat(99)}","x":${deep}}`);
    };
    expect(outcome(nested(64), signatureOf(nested(64)))).toBe('accepted');
    expect(outcome(nested(65), signatureOf(nested(65)))).toBe('malformed');
  });
}

function handshakes<S>({ channel, settingsWith }: VerifySubject<S>): void {
  const query = { 'hub.mode': 'subscribe', 'hub.verify_token': 'a-token-of-our-choice', 'hub.challenge': '1158201444' };
  const answer = (given: Record<string, string>, settings = settingsWith({})) =>
    channel.handshake?.answer({ ...requestWith(Buffer.alloc(0)), method: 'GET', query: given }, settings);

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

  test('without a chosen verifyToken, one is made from the app secret: the same each time', () => {
    const made = () => settingsWith({ verifyToken: undefined });
    const { verifyToken = '' } = made() as { verifyToken?: string };
    expect(verifyToken).toMatch(/^[0-9a-f]{32}$/);
    expect(answer({ ...query, 'hub.verify_token': verifyToken }, made())?.body).toBe('1158201444');
    expect(() => answer(query, made())).toThrow(expect.objectContaining({ failure: 'mismatch' }));
  });
}

/** Declares the tests. */
export function metaVerification<S>(subject: VerifySubject<S>): void {
  describe(`webhooks of the topic ${subject.topic}`, () => {
    describe('signature', () => signatures(subject));
    describe('handshake', () => handshakes(subject));
  });
}
