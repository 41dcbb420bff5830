/** Signature vectors: Twilio's own published ones and those of its validators' tests (P), and computed ones (T), see twilio.md 2.4. */
import type { RawRequest } from '../../../service/src/connectors/connector.ts';
import { twilioWhatsApp } from '../../../service/src/channels/twilio/index.ts';
import { signedText, signedUrls, verify } from '../../../service/src/channels/twilio/verify.ts';
import { VerificationError } from '../../../service/src/core/errors.ts';
import { caught } from '../../conformance/probes.ts';
import { signedJson } from '../../sandbox/twilio/webhooks.ts';
import { WHATSAPP_TEXT } from './fixtures/webhooks.ts';
import { ACCOUNT_SID, encode, requestWith, sign, TOKEN, URL_IN, WHATSAPP, whatsappWith } from './support.ts';

const MY = 'https://mycompany.com/myapp.php?foo=1&bar=2';
const call = (caller: string): string =>
  `CallSid=CA1234567890ABCDE&Caller=${caller}&Digits=1234&From=${caller}&To=%2B18005551212`;
const P1 = call('%2B14158675309');
const P4 = call('%2B12349013030');
const SHA7 = '0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620';
const SHA8 = '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a';
const BODY7 = '{"property": "value", "boolean": true}';
const IN = 'https://hooks.example.com/twilio/in';
const MEDIA = 'MediaUrl=https%3A%2F%2Fb.example%2F2&MediaUrl=https%3A%2F%2Fa.example%2F1';
const B1 =
  'SmsMessageSid=SM00000000000000000000000000000001&NumMedia=0&ProfileName=Zo%C3%AB+%F0%9F%90%99&MessageType=text' +
  '&SmsSid=SM00000000000000000000000000000001&WaId=4915112345678&SmsStatus=received' +
  '&Body=Ol%C3%A1+%F0%9F%91%8B+1%2B1%3D2+%26+more&To=whatsapp%3A%2B14155238886&NumSegments=1&ReferralNumMedia=0' +
  '&MessageSid=SM00000000000000000000000000000001&AccountSid=AC00000000000000000000000000000001' +
  '&From=whatsapp%3A%2B4915112345678&ApiVersion=2010-04-01';
const B2 =
  'MessageSid=SM00000000000000000000000000000002&MessageStatus=undelivered&ErrorCode=63016' +
  '&To=whatsapp%3A%2B4915112345678&From=whatsapp%3A%2B14155238886&AccountSid=AC00000000000000000000000000000001' +
  '&ApiVersion=2010-04-01&SmsSid=SM00000000000000000000000000000002&SmsStatus=undelivered&ChannelPrefix=whatsapp' +
  '&EventType=UNDELIVERED&ChannelStatusMessage=';

type Vector = [name: string, url: string, body: string, signature: string];

const PUBLISHED: Vector[] = [
  ['P1', MY, P1, 'RSOYDt4T1cUTdK1PDd93/VVr8B8='],
  ['P2', MY.replace('.com', '.com:443'), P1, 'kvajT1Ptam85bY51eRf/AJRuM3w='],
  ['P2 for the URL without port', MY, P1, 'kvajT1Ptam85bY51eRf/AJRuM3w='],
  ['P3', MY.replace('https', 'http'), P1, 'OyGYPqTF6ztdbRNCvuQO/oPvqQ4='],
  ['P4', MY, P4, '0/KCTR6DLpKmkAf8muzZqo1nDgQ='],
  ['P5', MY.replace('.com', '.com:443'), P4, 'EpDEmp1PyjDYp77YxYU3GILBWzE='],
  ['P6', MY.replace('https', 'http'), P4, 'FYMaGAU6nPbB9h2pncMl4aJ4vns='],
  ['P7', `${MY}&bodySHA256=${SHA7}`, BODY7, 'a9nBmqA0ju/hNViExpshrM61xv4='],
  ['P8', `${MY}&bodySHA256=${SHA8}`, '{}', 'rw/jVviOgicj2+kHZULvebnA4ag='],
  ['P9', `${MY}&bodySHA256=${SHA8}`, '{}', 'Ldidvp12m26NI7eqEvxnEpkd9Hc='],
  ['P10', `https://mycompany.com/myapp.php?bodySHA256=${SHA7}`, BODY7, 'y77kIzt2vzLz71DgmJGsen2scGs='],
  ['P11', 'http://mycompany.com:1234/myapp.php?foo=1&bar=2', P1, 'Zmvh+3yNM1Phv2jhDCwEM3q5ebU='],
  ['P12', 'https://mycompany.com:1234/myapp.php?foo=1&bar=2', P1, 'RSOYDt4T1cUTdK1PDd93/VVr8B8='],
  ['P13', 'http://mycompany.com/myapp.php?foo=1&bar=2', P1, '0ZXoZLH/DfblKGATFgpif+LLRf4='],
  ['P14', MY.replace('//', '//user:pass@'), P1, 'CukzLTc1tT5dXEDIHm/tKBanW10='],
  ['P15', MY.replace('//', '//user:pass@').replace('.com', '.com:443'), P1, 'ZQFR1PTIZXF2MXB8ZnKCvnnA+rI='],
  ['P15 without port', MY.replace('//', '//user:pass@'), P1, 'ZQFR1PTIZXF2MXB8ZnKCvnnA+rI='],
  ['P16', `${MY}&Body=It's+amazing`, P1, 'TfZzewPq8wqrGlMfyAud8+/IvJ0='],
  [
    'P17',
    MY,
    'MessagingBinding.Address=%2B1415xxxxxxx&MessagingBinding.Address=%2B1325xxxxxxx',
    '83O6e2vORAoJHUNzJjDWN1jz+BA=',
  ],
  [
    'P17 in the other order',
    MY,
    'MessagingBinding.Address=%2B1325xxxxxxx&MessagingBinding.Address=%2B1415xxxxxxx',
    '83O6e2vORAoJHUNzJjDWN1jz+BA=',
  ],
  ['P18', MY, 'Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234', 'IK+Dwps556ElfBT0I3Rgjkr1wJU='],
];

const OWN: Vector[] = [
  ['T1', IN, B1, '4RQ30nG4uzcmDJ6tZ3yn9L6vcLY='],
  [
    'T2',
    'https://hooks.example.com/twilio/status?uuid=7c9e6679-7425-40de-944b-e07fc1f90ae7&action=callback',
    B2,
    'Tj/tZGbRivnSujnGnOBqt+dxVlg=',
  ],
  ['T3', `${IN}?sig=a%20b+c&x=%C3%A9`, 'Body=&From=%2B15550001111', 'xRXgtDeuQvc8QW/Wf74Yan26FNM='],
  ['T4', IN, `${MEDIA}&MediaUrl=https%3A%2F%2Fa.example%2F1&From=%2B15550001111`, 'uCRYPogLglcKd7QPUuO9ZKY89LM='],
  ['T5', IN, '', 'MD3kK7RWsSXXPm46+UyjUE9McCM='],
  ['T6', `${IN}?Body=hi&From=%2B15550001111`, '', 'WYvf91gfavKDmBOEDFvgD5mIjP4='],
  [
    'T7',
    'https://hooks.example.com/twilio/json?bodySHA256=e0e8f391d6e2411d2599589f49421df182d68ec68c372d03bc432fd7f45f3cca',
    '{"emoji":"👍","n":1}',
    'cNAuOElaO3C7iZKHW98mz45GU8A=',
  ],
  ['T8', 'https://hooks.example.com/t', 'b=1&B=2&a=3&Aa=4', 'kKhaxyDuh76VlRZs/VQ79qGJuns='],
];

/** Twilio's own token is shorter than an account's may be. */
const PUBLISHED_SETTINGS = { ...WHATSAPP, authToken: '12345' };
const failureOf = (request: RawRequest, settings = WHATSAPP) => {
  const error = caught(() => verify(request, settings));
  return error instanceof VerificationError ? error.failure : error;
};
/** Signed as it should be, but these forms are of nobody's account: the signature was accepted if that is all there is to say. */
const AUTHENTIC = [undefined, 'malformed'];

test.each(PUBLISHED)('accepts %s', (_name, url, body, signature) => {
  expect(AUTHENTIC).toContain(failureOf(requestWith(body, signature, url), PUBLISHED_SETTINGS));
  expect(failureOf(requestWith(body, signature, url))).toBe('mismatch');
});

test.each(OWN)('accepts %s', (_name, url, body, signature) => {
  expect(AUTHENTIC).toContain(failureOf(requestWith(body, signature, url)));
  expect(failureOf(requestWith(body, signature, url), PUBLISHED_SETTINGS)).toBe('mismatch');
});

test.each([OWN[0], OWN[1], OWN[6]].map((vector) => vector as Vector))(
  '%s is a webhook as a whole',
  (_n, url, body, signature) => {
    expect(failureOf(requestWith(body, signature, url))).toBeUndefined();
  },
);

test.each<[string, RawRequest]>([
  ['a changed value', requestWith(B1.replace('NumMedia=0', 'NumMedia=1'), OWN[0]?.[3])],
  ['an added parameter', requestWith(`${B1}&Extra=1`, OWN[0]?.[3])],
  ['an added empty parameter', requestWith(`${B1}&Extra=`, OWN[0]?.[3])],
  ['a missing parameter', requestWith(B1.replace('&NumSegments=1', ''), OWN[0]?.[3])],
  ['http for https', requestWith(B1, OWN[0]?.[3], IN.replace('https', 'http'))],
  ['another path', requestWith(B1, OWN[0]?.[3], `${IN}/2`)],
  ['another query', requestWith(B2, OWN[1]?.[3], OWN[1]?.[1].replace('action', 'reaction'))],
  ['a changed body under a digest (P7)', requestWith('{"property": "other"}', PUBLISHED[7]?.[3], PUBLISHED[7]?.[1])],
  ['a changed body under a digest (T7)', requestWith('{"emoji":"👎","n":1}', OWN[6]?.[3], OWN[6]?.[1])],
  ['a signature without its padding', requestWith(B1, OWN[0]?.[3].replace('=', ''))],
  ['a signature of another length', requestWith(B1, 'AAAA')],
  ['something that is no base64', requestWith(B1, `${'ä'.repeat(27)}=`)],
])('refuses %s', (_name, request) => {
  expect(failureOf(request)).toBe('mismatch');
  if (request.url.includes(SHA7)) expect(failureOf(request, PUBLISHED_SETTINGS)).toBe('mismatch');
});

test.each([
  ['no header', requestWith(B1), 'missing'],
  ['an empty header', requestWith(B1, ''), 'missing'],
])('refuses %s', (_name, request, failure) => {
  expect(failureOf(request)).toBe(failure);
});

test('every token of a rotation counts, none is not configured', () => {
  const body = encode(WHATSAPP_TEXT);
  expect(failureOf(sign(body), whatsappWith({ authToken: ['another-auth-token', TOKEN] }))).toBeUndefined();
  expect(failureOf(sign(body), whatsappWith({ authToken: 'another-auth-token' }))).toBe('mismatch');
  expect(failureOf(sign(body), whatsappWith({ authToken: undefined }))).toBe('not_configured');
});

test.each([
  ['another account', { ...WHATSAPP_TEXT, AccountSid: 'AC00000000000000000000000000000002' }],
  ['no account', { ...WHATSAPP_TEXT, AccountSid: '' }],
])('a form of %s is no webhook of this account, though signed', (_name, form) => {
  expect(failureOf(sign(encode(form)))).toBe('malformed');
});

test('JSON under a digest is verified by it; its account needs no naming', () => {
  const body = Buffer.from(JSON.stringify({ AccountSid: ACCOUNT_SID }));
  const { url, signature } = signedJson(TOKEN, URL_IN, body);
  expect(failureOf(requestWith(body, signature, url))).toBeUndefined();
  expect(failureOf(requestWith(body, signature, url.replace(/[0-9a-f]$/, 'x')))).toBe('mismatch');
  const broken = Buffer.from('[1]');
  const again = signedJson(TOKEN, URL_IN, broken);
  expect(failureOf(requestWith(broken, again.signature, again.url))).toBe('malformed');
});

test('a fragment, which configures how Twilio connects, may or may not be signed', () => {
  expect([...signedUrls(IN)]).toEqual(expect.arrayContaining([IN, `${IN}#rc=5&rp=all`]));
  expect([...signedUrls(`${IN}#rc=3&rp=ct`)]).toEqual(expect.arrayContaining([IN, `${IN}#rc=3&rp=ct`]));
});

test.each([
  ['no URL', 'not a url'],
  ['a URL without a host', 'https://'],
])('%s is not signed by anyone', (_name, url) => {
  expect(failureOf({ ...sign(encode(WHATSAPP_TEXT)), url })).toBe('mismatch');
});

test.each([
  ['https://h.example/a', 'https://h.example:443/a'],
  ['http://h.example/a', 'http://h.example:80/a'],
  ['https://h.example:8443/a', 'https://h.example/a'],
  ["https://h.example/a?x=It's+so", 'https://h.example/a?x=It%27s+so'],
  ['https://h.example/a?x=It%27s+so', "https://h.example/a?x=It's%20so"],
  ["https://h.example/a?x=It's+so", "https://h.example:443/a?x=It's%20so"],
])('for %s Twilio may have signed %s', (url, form) => {
  expect([...signedUrls(url)]).toContain(form);
});

/** The parameters as they are signed: every other cut of this text has the same signature. */
function cuts(form: Record<string, string>): { form: [string, string][]; signed: string }[] {
  const pairs = Object.entries(form).sort(([a], [b]) => (a < b ? -1 : 1));
  const signed = pairs.flat().join('');
  return pairs.slice(0, -1).flatMap(([name, value], index) => {
    const [nextName, nextValue] = pairs[index + 1] as [string, string];
    const rest = [...pairs.slice(0, index), ...pairs.slice(index + 2)];
    const cut: [string, string][] = [];
    // The next parameter is swallowed, a part of the value becomes a name of its own, or the name is cut.
    cut.push([name, value + nextName + nextValue]);
    return [
      { signed, form: [...rest, ...cut] },
      ...Array.from({ length: name.length - 1 }, (_, at) => at + 1).map((at) => ({
        signed,
        form: [...rest, [name.slice(0, at), name.slice(at) + value], [nextName, nextValue]] as [string, string][],
      })),
      ...Array.from({ length: value.length }, (_, at) => at).map((at) => ({
        signed,
        form: [...rest, [name, value.slice(0, at)], [value.slice(at), nextName + nextValue]] as [string, string][],
      })),
    ];
  });
}

const MESSAGE: Record<string, string> = { ...WHATSAPP_TEXT, Body: 'hello' };
const STATUS: Record<string, string> = {
  ...{ MessageSid: 'SM00000000000000000000000000000002', SmsSid: 'SM00000000000000000000000000000002' },
  ...{ MessageStatus: 'delivered', SmsStatus: 'delivered', AccountSid: ACCOUNT_SID, ApiVersion: '2010-04-01' },
  ...{ From: 'whatsapp:+14155238886', To: 'whatsapp:+4915112345678' },
};

test.each([
  ['message', MESSAGE],
  ['status', STATUS],
  ['form that is about no message', { AccountSid: ACCOUNT_SID, CallSid: 'CA1', CallStatus: 'ringing' }],
])('however a captured %s is cut, it is the same fact or none', (_name, form) => {
  const keysOf = (body: Buffer, signature: string) => {
    const request = requestWith(body, signature);
    try {
      verify(request, WHATSAPP);
    } catch (error) {
      if (error instanceof VerificationError) return [];
      throw error;
    }
    return twilioWhatsApp.parse(request, WHATSAPP).map(({ dedupeKey }) => dedupeKey);
  };
  const whole = sign(encode(form));
  const signature = String(whole.headers['x-twilio-signature']);
  const known = keysOf(Buffer.from(whole.body), signature);
  expect(known.length).toBeGreaterThan(0);
  const authentic = cuts(form).filter(({ form: cut, signed }) => signedText(new URLSearchParams(cut)) === signed);
  expect(authentic.length).toBeGreaterThan(3);
  for (const { form: cut } of authentic) {
    const keys = keysOf(encode(Object.fromEntries(cut)), signature);
    expect(known).toEqual(expect.arrayContaining(keys));
  }
});

test.each([
  ['an id that is none', { MessageSid: 'SM1', SmsSid: 'SM1', SmsMessageSid: 'SM1' }],
  ['ids that differ', { SmsSid: 'SM00000000000000000000000000000099' }],
  ['no id but its copies', { MessageSid: undefined }],
  ['no recipient', { To: undefined }],
  ['a message but no sender', { From: undefined }],
  ['a step that is no word', { SmsStatus: 'receivedTo' }],
  ['a count that is none', { NumMedia: '0NumSegments1' }],
])('a form with %s is refused, though signed', (_name, change) => {
  const form = Object.fromEntries(
    Object.entries({ ...WHATSAPP_TEXT, ...change }).filter(([, value]) => value !== undefined),
  );
  expect(failureOf(sign(encode(form)))).toBe('malformed');
});
