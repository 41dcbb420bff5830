/** The pure parts below the nodes: errors in words, account digests, idempotency keys, time-outs, file names. */
import { NodeApiError, NodeOperationError, type INode } from 'n8n-workflow';
import { DEAD_LETTER_CODES } from '../../contract/dead-letter.ts';
import { PROBLEM_CODES, type Problem, type ProblemCode } from '../../contract/api.ts';
import { settingsDigest } from '../../contract/signature.ts';
import { accountOfCredential, secretList } from '../../nodes/shared/account.ts';
import { explainProblem, explainUnreachable, problemOf, toNodeError } from '../../nodes/shared/errors.ts';
import { Parameters } from '../../nodes/shared/parameters.ts';
import { waitUntil } from '../../nodes/shared/reply-wait.ts';
import { dispositionFileName } from '../../nodes/shared/transport.ts';
import { SMS_ACCOUNT } from '../../nodes/Twilio/account.ts';
import { CLOUD_ACCOUNT, DIALOG360_ACCOUNT, TWILIO_ACCOUNT } from '../../nodes/WhatsApp/providers.ts';
import { settingsSchema as dialog360Settings } from '../../service/src/channels/dialog360/settings.ts';
import { settingsSchema } from '../../service/src/channels/whatsapp/settings.ts';

const URL = 'http://127.0.0.1:3000';
const node: INode = { id: 'n', name: 'N', type: 't', typeVersion: 1, position: [0, 0], parameters: {} };

function problem(code: ProblemCode, extra: Partial<Problem> = {}): Problem {
  return { type: 'about:blank', title: code, status: 400, code, detail: 'the detail', ...extra };
}

describe('errors', () => {
  test.each<[ProblemCode, Partial<Problem>, 'user' | 'service', RegExp, RegExp]>([
    ['unauthorized', {}, 'service', /at http:\/\/127\.0\.0\.1:3000 did not accept the API key/, /credential/],
    [
      'session_closed',
      { windowEndedAt: '2026-11-21T10:00:00.000Z' },
      'user',
      /closed at 2026-11-21T10:00:00\.000Z/,
      /Send Template/,
    ],
    ['session_closed', {}, 'user', /no open session/, /If Session Closed/],
    ['opted_out', {}, 'user', /does not want/, /opts in/],
    ['handed_off', {}, 'user', /person has taken over/, /handed back.*the Parley node has for every channel/],
    ['unsupported_by_channel', {}, 'user', /cannot send that kind.*the detail/, /Content Type/],
    ['invalid_recipient', {}, 'user', /'To' cannot be used: the detail/, /country code/],
    [
      'invalid_content',
      { errors: [{ field: 'buttons.0.title', message: 'is too long' }] },
      'user',
      /buttons\.0\.title: is too long/,
      /Nothing was sent/,
    ],
    ['idempotency_conflict', {}, 'user', /same idempotency key|this idempotency key/, /Idempotency Key/],
    ['may_have_arrived', {}, 'user', /Nobody knows/, /Even If Unknown.*twice/],
    ['unreadable', {}, 'service', /^the detail$/, /discard/],
    ['media_too_large', {}, 'user', /too large/, /smaller/],
    ['media_type_not_allowed', {}, 'user', /type that cannot be sent/, /Document/],
    [
      'invalid_settings',
      { errors: [{ field: 'wabaId', message: 'digits only' }] },
      'service',
      /wabaId: digits only/,
      /credential/,
    ],
    ['provider_settings', { providerCode: 190 }, 'service', /refused the credential \(code 190\)/, /access token/],
    ['provider_rejected', { providerCode: '132000' }, 'service', /\(code 132000\): the detail/, /refused again/],
    ['provider_unreachable', {}, 'service', /cannot be reached/, /Retry On Fail/],
    ['overloaded', {}, 'service', /too much to do/, /not sent twice/],
    ['storage_unavailable', {}, 'service', /database/, /not sent twice/],
    ['internal', {}, 'service', /could not do this: the detail/, /log/],
  ])('%s says what happened and how to mend it', (code, extra, fault, message, description) => {
    const explanation = explainProblem(problem(code, extra), URL);
    expect(explanation).toEqual({
      fault,
      message: expect.stringMatching(message) as string,
      description: expect.stringMatching(description) as string,
    });
  });

  test.each([...PROBLEM_CODES, ...DEAD_LETTER_CODES])("%s comes out of n8n's error as it was worded", (code) => {
    const explanation = explainProblem(problem(code), URL);
    const error = toNodeError(node, explanation, { itemIndex: 2, status: 422 });
    expect(error).toBeInstanceOf(explanation.fault === 'user' ? NodeOperationError : NodeApiError);
    expect(error.message).toBe(explanation.message);
    expect(error.description).toBe(explanation.description);
    expect(error.context['itemIndex']).toBe(2);
  });

  test('a service that does not answer is named with its URL', () => {
    const error = toNodeError(node, explainUnreachable(URL, 'ECONNREFUSED'), {});
    expect(error.message).toBe('The Parley service cannot be reached at http://127.0.0.1:3000');
    expect(error.description).toMatch(/npm start.*ECONNREFUSED/);
  });

  test("an answer that is not the service's is told as such", () => {
    expect(problemOf(502, '<html>').detail).toMatch(/HTTP 502.*not one of the Parley service/);
  });
});

describe('the account of a credential', () => {
  const credential = {
    accessToken: ' token ',
    phoneNumberId: '106540352242922',
    wabaId: '',
    appSecret: 'new,\n old',
    apiVersion: 'v24.0',
    baseUrl: 'https://graph.facebook.com',
    unknown: 'x',
  };

  test.each([
    [undefined, undefined],
    ['all', undefined],
    ['marketing', 'marketing'],
    ['off', 'off'],
  ])(
    'stop words %j are the setting %j: the default is none, so that no account is registered anew for it',
    (stopWords, expected) => {
      const { settings } = accountOfCredential(CLOUD_ACCOUNT, { accessToken: 'token', phoneNumberId: '1', stopWords });
      expect(settings['stopWords']).toBe(expected);
    },
  );

  test('holds what was filled in, and a digest of exactly that', () => {
    const account = accountOfCredential(CLOUD_ACCOUNT, credential);
    const settings = {
      accessToken: 'token',
      phoneNumberId: '106540352242922',
      appSecret: ['new', 'old'],
      apiVersion: 'v24.0',
      baseUrl: 'https://graph.facebook.com',
    };
    expect(account.settings).toEqual(settings);
    expect(account.ref).toEqual({
      channel: 'whatsapp',
      externalId: '106540352242922',
      settingsDigest: settingsDigest(settings),
    });
  });

  test('is what the service takes', () => {
    expect(settingsSchema.parse(accountOfCredential(CLOUD_ACCOUNT, credential).settings)).toMatchObject({
      phoneNumberId: '106540352242922',
    });
  });

  test('of 360dialog is what the service takes', () => {
    const given = {
      ...{ apiKey: ' key ', phoneNumberId: '106540352242922', phoneNumber: '', wabaId: '' },
      ...{
        webhookSecret: '',
        webhookHeader: 'authorization',
        platformSecret: 'new, old',
        baseUrl: 'https://a.b',
      },
    };
    const account = accountOfCredential(DIALOG360_ACCOUNT, given);
    expect(account.ref).toMatchObject({ channel: 'dialog360', externalId: '106540352242922' });
    expect(dialog360Settings.parse(account.settings)).toEqual({
      ...{ apiKey: 'key', phoneNumberId: '106540352242922', webhookHeader: 'authorization' },
      ...{ platformSecret: ['new', 'old'], baseUrl: 'https://a.b' },
    });
  });

  test.each([
    [TWILIO_ACCOUNT, 'whatsapp:+14155238886', undefined, '+14155238886'],
    [TWILIO_ACCOUNT, ' +14155238886 ', undefined, '+14155238886'],
    [SMS_ACCOUNT, '', `MG${'0'.repeat(32)}`, `MG${'0'.repeat(32)}`],
  ] as const)('of Twilio, $channel from %j, is named by its sender', (form, from, messagingServiceSid, externalId) => {
    const sid = `AC${'0'.repeat(32)}`;
    const account = accountOfCredential(form, {
      accountSid: sid,
      authToken: 'new-token,old-token',
      from,
      messagingServiceSid,
    });
    expect(account.ref).toMatchObject({ channel: form.channel, externalId });
    expect(account.settings).toEqual({
      ...{ accountSid: sid, authToken: ['new-token', 'old-token'] },
      ...(messagingServiceSid === undefined ? { from: externalId } : { messagingServiceSid }),
    });
  });

  test('of a WhatsApp sender at Twilio is the same, whichever node speaks for it', () => {
    const { channel, identifiedBy } = TWILIO_ACCOUNT;
    expect({ ...SMS_ACCOUNT, channel, identifiedBy }).toEqual(TWILIO_ACCOUNT);
  });

  test.each<[unknown, unknown]>([
    ['one', 'one'],
    ['one,two', ['one', 'two']],
    [' one \n two ', ['one', 'two']],
    ['', undefined],
    [undefined, undefined],
  ])('secret %j → %j', (value, expected) => {
    expect(secretList(value)).toEqual(expected);
  });
});

test.each<[unknown, string]>([
  ['+1 555', '+1 555'],
  [15550001111, '15550001111'],
  [Number.MAX_SAFE_INTEGER, '9007199254740991'],
  [true, 'true'],
  [undefined, ''],
])('the text of %j is %j', (to, text) => {
  expect(new Parameters({ to }).text('to')).toBe(text);
});

test.each([[56789012345678901], [1e21], [-1e17]])('the number %d, which lost digits in n8n, is no text', (to) => {
  expect(() => new Parameters({ to }).required('to', 'To')).toThrow(/last digits are lost/);
});

test.each<[Record<string, unknown>, string]>([
  [{ limitWaitTime: true, waitAmount: 2, waitUnit: 'hours' }, '2026-11-22T02:00:00.000Z'],
  [{ limitWaitTime: true, waitAmount: 30, waitUnit: 'minutes' }, '2026-11-22T00:30:00.000Z'],
  [{ limitWaitTime: true, waitAmount: 1, waitUnit: 'days' }, '2026-11-23T00:00:00.000Z'],
  [{ limitWaitTime: false }, '3000-01-01T00:00:00.000Z'],
])('waiting %j ends at %s', (values, expected) => {
  expect(waitUntil(new Parameters(values), Date.parse('2026-11-22T00:00:00Z')).toISOString()).toBe(expected);
});

test.each<[unknown, string | undefined]>([
  ['attachment; filename="a b.pdf"', 'a b.pdf'],
  ["attachment; filename*=UTF-8''caf%C3%A9.pdf", 'café.pdf'],
  ['attachment; filename*=UTF-8\'\'bad%zz; filename="a.pdf"', 'a.pdf'],
  ['attachment', undefined],
  [undefined, undefined],
])('the file name of %j is %j', (header, expected) => {
  expect(dispositionFileName(header)).toBe(expected);
});
