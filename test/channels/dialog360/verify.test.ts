import { VerificationError } from '../../../service/src/core/errors.ts';
import { dialog360 } from '../../../service/src/channels/dialog360/index.ts';
import { HEADER_VALUE, PLATFORM_SECRET, requestWith, settingsWith, sign, signatureOf } from './support.ts';

const SIGNED = { webhookSecret: undefined };
const HEADED = { platformSecret: undefined };

/** Which failure, or none. What is signed but no webhook is `malformed`: it was accepted as authentic. */
function outcome(body: Buffer, headers: Record<string, string>, change: Record<string, unknown>): string {
  try {
    dialog360.verify(requestWith(body, headers), 0, settingsWith(change));
    return 'accepted';
  } catch (error) {
    expect(error).toBeInstanceOf(VerificationError);
    return (error as VerificationError).failure;
  }
}

const D2_BODY =
  'eyJvYmplY3QiOiJ3aGF0c2FwcF9idXNpbmVzc19hY2NvdW50IiwiZW50cnkiOlt7ImlkIjoiMTAyMjkwMTI5MzQwMzk4IiwiY2hhbmdlcyI6W3siZmllbGQiOiJtZXNzYWdlcyIsInZhbHVlIjp7Im1lc3NhZ2luZ19wcm9kdWN0Ijoid2hhdHNhcHAiLCJtZXRhZGF0YSI6eyJkaXNwbGF5X3Bob25lX251bWJlciI6IjQ5MTUxMDAwMDAwMDAiLCJwaG9uZV9udW1iZXJfaWQiOiIxMDY1NDAzNTIyNDI5MjIifSwiY29udGFjdHMiOlt7InByb2ZpbGUiOnsibmFtZSI6IlpvXHUwMGViIn0sIndhX2lkIjoiNDkxNTExMjM0NTY3OCJ9XSwibWVzc2FnZXMiOlt7ImZyb20iOiI0OTE1MTEyMzQ1Njc4IiwiaWQiOiJ3YW1pZC5URVNUMzYwIiwidGltZXN0YW1wIjoiMTc0OTQxNjM4MyIsInR5cGUiOiJ0ZXh0IiwidGV4dCI6eyJib2R5IjoiT2xcdTAwZTEgXHVkODNkXHVkYzRiIn19XX19XX1dfQ==';
const VECTORS = [
  ['D1', Buffer.from('{}'), 2, '56cd1f07798b47eb9c486bbca14ea080182c9134d000647147e94cba075ca918'],
  ['D2', Buffer.from(D2_BODY, 'base64'), 442, '32747d44ff04b235c042d59b73e60a349009331e67c291a284f4f19344906159'],
  ['D3', Buffer.from('{"text":"Olá 👋"}'), 20, 'a697c102fecdaffda8faa4c7ab37a5a84ca7912133434f59a7507f788b0c9e00'],
] as const;
const [, D2, , D2_SIGNATURE] = VECTORS[1];

describe('signature vectors', () => {
  test.each(VECTORS)('%s', (name, body, bytes, signature) => {
    expect(body).toHaveLength(bytes);
    const expected = name === 'D2' ? 'accepted' : 'malformed';
    for (const header of [signature, `sha256=${signature}`]) {
      const headers = { 'x-360dialog-signature': header };
      expect(outcome(body, headers, SIGNED)).toBe(expected);
      expect(outcome(body, headers, { ...SIGNED, platformSecret: ['another', PLATFORM_SECRET] })).toBe(expected);
      expect(outcome(body, headers, { ...SIGNED, platformSecret: 'another' })).toBe('mismatch');
    }
  });

  test('D2 parsed and written anew does not fit any more', () => {
    const rewritten = Buffer.from(JSON.stringify(JSON.parse(D2.toString())));
    expect(outcome(rewritten, { 'x-360dialog-signature': D2_SIGNATURE }, SIGNED)).toBe('mismatch');
  });

  test.each([
    ['no header', undefined, 'missing'],
    ['an empty header', '', 'missing'],
    ['one digit flipped', D2_SIGNATURE.replace(/.$/, '8'), 'mismatch'],
    ['upper-case hex', D2_SIGNATURE.toUpperCase(), 'mismatch'],
    ['an upper-case prefix', `SHA256=${D2_SIGNATURE}`, 'mismatch'],
    ['another prefix', `sha1=${D2_SIGNATURE}`, 'mismatch'],
    ['Base64', Buffer.from(D2_SIGNATURE, 'hex').toString('base64'), 'mismatch'],
    ['truncated', D2_SIGNATURE.slice(0, -1), 'mismatch'],
    ['too long', `${D2_SIGNATURE}0`, 'mismatch'],
    ['a second one', `${D2_SIGNATURE},${D2_SIGNATURE}`, 'mismatch'],
  ])('%s is refused', (_name, header, failure) => {
    expect(outcome(D2, header === undefined ? {} : { 'x-360dialog-signature': header }, SIGNED)).toBe(failure);
  });
});

describe('our own header', () => {
  test.each([
    ['the value', 'Authorization', { authorization: HEADER_VALUE }, 'accepted'],
    ['the own name', 'X-Parley-Webhook-Secret', { 'x-parley-webhook-secret': HEADER_VALUE }, 'accepted'],
    ['no name: the own one', undefined, { 'x-parley-webhook-secret': HEADER_VALUE }, 'accepted'],
    ['none', 'authorization', {}, 'missing'],
    ['an empty one', 'authorization', { authorization: '' }, 'missing'],
    ['another value', 'authorization', { authorization: `${HEADER_VALUE}x` }, 'mismatch'],
    ['a part of it', 'authorization', { authorization: HEADER_VALUE.slice(0, -1) }, 'mismatch'],
    ['other case', 'authorization', { authorization: HEADER_VALUE.toUpperCase() }, 'mismatch'],
    ['the value in the other header', 'authorization', { 'x-parley-webhook-secret': HEADER_VALUE }, 'missing'],
    ['a signature instead', 'authorization', { 'x-360dialog-signature': D2_SIGNATURE }, 'missing'],
  ])('%s', (_name, webhookHeader, headers, expected) => {
    expect(outcome(D2, headers as Record<string, string>, { ...HEADED, webhookHeader })).toBe(expected);
  });
});

describe('both are agreed', () => {
  const signature = { 'x-360dialog-signature': D2_SIGNATURE };
  test.each([
    ['both', { ...signature, authorization: HEADER_VALUE }, 'accepted'],
    ['the header only', { authorization: HEADER_VALUE }, 'missing'],
    ['the signature only', signature, 'missing'],
    ['a wrong header', { ...signature, authorization: 'Bearer guess-guess-guess' }, 'mismatch'],
    ['a wrong signature', { authorization: HEADER_VALUE, 'x-360dialog-signature': '0'.repeat(64) }, 'mismatch'],
  ])('%s', (_name, headers, expected) => {
    expect(outcome(D2, headers as Record<string, string>, {})).toBe(expected);
  });
});

test('without header value and platform secret every webhook is refused', () => {
  expect(outcome(D2, sign(D2).headers, { ...SIGNED, ...HEADED })).toBe('not_configured');
});

test.each([
  [
    'messages',
    { contacts: [{ wa_id: '1' }], messages: [{ id: 'x' }] },
    /retired on-premise hosting.*Cloud API hosting/,
  ],
  ['statuses', { statuses: [{ id: 'x', status: 'sent' }] }, /retired on-premise hosting/],
  ['an envelope of another product', { object: 'page', entry: [] }, /no WhatsApp webhook/],
  ['no entries', { object: 'whatsapp_business_account' }, /no WhatsApp webhook/],
])('what is authentic but holds %s is malformed', (_name, value, message) => {
  const body = Buffer.from(JSON.stringify(value));
  expect(() => dialog360.verify(sign(body), 0, settingsWith())).toThrow(
    expect.objectContaining({ failure: 'malformed', message: expect.stringMatching(message) }),
  );
});

test('a forged body learns nothing of its form', () => {
  const body = Buffer.from('{"messages":[]}');
  const headers = { authorization: HEADER_VALUE, 'x-360dialog-signature': signatureOf(body, 'guess') };
  expect(outcome(body, headers, {})).toBe('mismatch');
});

test('a GET is answered, for those who try the URL by hand', () => {
  const request = { ...requestWith(Buffer.alloc(0)), method: 'GET' };
  expect(dialog360.handshake?.answer(request, settingsWith())).toMatchObject({ status: 200, body: 'OK' });
});
