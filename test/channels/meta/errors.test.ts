/** Every code that the protocol pages list, on both channels: what it means for the message. */
import { SendError, type SendErrorKind, type SendErrorScope } from '../../../service/src/core/errors.ts';
import type { HttpResponse } from '../../../service/src/core/http.ts';
import { instagram } from '../../../service/src/channels/instagram/index.ts';
import { messenger } from '../../../service/src/channels/messenger/index.ts';
import { alwaysAnswering, json } from '../../conformance/fake-io.ts';
import { outgoing } from '../../support/outgoing.ts';
import { graphError } from './answers.ts';

const PERSON = { type: 'agent' as const, id: 'ana' };

const PSID = { kind: 'psid', address: '5678' };
const IGSID = { kind: 'igsid', address: '5678' };
const SETTINGS = messenger.settings.parse({ pageId: '1234567890', pageAccessToken: 'EAAtestpagetoken123' });
const INSTAGRAM_SETTINGS = instagram.settings.parse({
  loginType: 'instagram',
  igUserId: '17841400000000000',
  accessToken: 'IGAAtesttoken123',
});
const content = { type: 'text' as const, text: 'Hello there' };

async function errorOf(answer: HttpResponse, channel: 'messenger' | 'instagram' = 'messenger'): Promise<SendError> {
  const { io } = alwaysAnswering(answer);
  const sending =
    channel === 'messenger'
      ? messenger.send(outgoing({ id: 'msg_1', to: PSID, content }), SETTINGS, io)
      : instagram.send(outgoing({ id: 'msg_1', to: IGSID, content }), INSTAGRAM_SETTINGS, io);
  const error: unknown = await sending.catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(SendError);
  return error as SendError;
}

type Expected = readonly [code: number, subcode: number | undefined, kind: SendErrorKind, scope?: SendErrorScope];
/** Every row as long as the others: Jest takes a missing argument for a callback to wait for. */
const row = ([code, subcode, kind, scope]: Expected) => [code, subcode, kind, scope] as const;
const none = undefined;

const CODES: Expected[] = [
  [1, none, 'uncertain'],
  [1, 99, 'uncertain'],
  [1, 1357046, 'uncertain'],
  [2, none, 'uncertain'],
  [2, 2018344, 'rejected'],
  [4, none, 'throttled', 'account'],
  [4, 2018354, 'throttled', 'message'],
  [9, 2018352, 'throttled', 'message'],
  [10, 2018278, 'session_closed'],
  [10, 2534022, 'session_closed'],
  [10, 2018065, 'session_closed'],
  [10, 2018108, 'rejected'],
  [10, 1893015, 'opted_out'],
  [10, 1893063, 'settings'],
  [10, 1404170, 'settings', 'message'],
  [10, 2534077, 'settings'],
  [10, none, 'settings'],
  [17, none, 'throttled', 'account'],
  [32, none, 'throttled', 'account'],
  [613, none, 'throttled', 'account'],
  [613, 2534040, 'throttled', 'account'],
  [80006, none, 'throttled', 'account'],
  [100, none, 'invalid'],
  [100, 33, 'settings'],
  [100, 2018001, 'rejected'],
  [100, 2534014, 'rejected'],
  [100, 2018008, 'invalid'],
  [100, 2018047, 'invalid'],
  [100, 2018294, 'unavailable', 'message'],
  [100, 2018014, 'invalid'],
  [100, 2018074, 'invalid'],
  [100, 2018109, 'invalid'],
  [100, 2018164, 'invalid'],
  [100, 2018320, 'invalid'],
  [100, 2018328, 'invalid'],
  [100, 2534013, 'settings'],
  [100, 2534015, 'invalid'],
  [100, 2534025, 'invalid'],
  [100, 2534029, 'settings'],
  [100, 2534037, 'rejected'],
  [190, none, 'settings'],
  ...[458, 459, 460, 463, 464, 467, 492].map((subcode): Expected => [190, subcode, 'settings']),
  [200, none, 'settings'],
  [200, 2018028, 'settings', 'message'],
  [200, 2018027, 'settings', 'message'],
  [200, 2018021, 'settings', 'message'],
  [200, 1545041, 'rejected'],
  [551, none, 'rejected'],
  [551, 1545041, 'rejected'],
  [200, 2534041, 'settings'],
  [368, none, 'settings'],
  [613, 1893016, 'rejected'],
  [613, 2018338, 'settings', 'message'],
  [2022, none, 'settings', 'message'],
  [10303, none, 'invalid'],
  [2018171, none, 'rejected'],
  [2018234, none, 'rejected'],
  [2018300, none, 'rejected'],
  [10, 2018300, 'rejected'],
  [2018321, none, 'throttled', 'recipient'],
  [2018218, none, 'rejected'],
  [2018247, none, 'rejected'],
  [9000001, none, 'rejected'],
  [-1, 2018012, 'uncertain'],
  [36103, none, 'rejected'],
  [104, none, 'settings'],
  [999999, none, 'rejected'],
];

describe.each(['messenger' as const, 'instagram' as const])('%s', (channel) => {
  test.each(CODES.map(row))('code %i with subcode %s is %s', async (code, subcode, kind, scope) => {
    const error = await errorOf(graphError(code, 400, { ...(subcode !== undefined && { subcode }) }), channel);
    const providerCode = subcode === undefined ? String(code) : `${code}/${subcode}`;
    expect(error).toMatchObject({ kind, details: { providerCode, traceId: 'Az8' } });
    expect(error.details.scope).toBe(scope);
    expect(error.message).toContain(`(#${code}) Something is wrong`);
    expect(error.details.retryAfterMs !== undefined).toBe(kind === 'throttled');
  });
});

test.each([
  [2018300, undefined],
  [100, 2534037],
])('code %i with subcode %s says that another app controls the conversation', async (code, subcode) => {
  const { message } = await errorOf(graphError(code, 400, { ...(subcode !== undefined && { subcode }) }));
  expect(message).toContain('Another app controls this conversation');
});

test.each(['messenger' as const, 'instagram' as const])('%s tells of a file that Meta lost', async (channel) => {
  const lost = await errorOf(graphError(100, 400, { subcode: 2018074 }), channel);
  expect(lost.details.lostFile).toBe(true);
  for (const subcode of [2018008, 2018047, 2018109]) {
    expect((await errorOf(graphError(100, 400, { subcode }), channel)).details.lostFile).toBeUndefined();
  }
});

test.each<[number, SendErrorKind, SendErrorScope | undefined]>([
  [100, 'unavailable', 'message'],
  [190, 'unavailable', 'account'],
  [4, 'throttled', 'account'],
  [2, 'uncertain', undefined],
  [999999, 'uncertain', undefined],
])('code %i that Meta calls passing is %s, which is no proof that nothing was sent', async (code, kind, scope) => {
  const error = await errorOf(graphError(code, 400, { is_transient: true }));
  expect([error.kind, error.details.scope]).toEqual([kind, scope]);
});

describe('a permission that only some messages need does not stop the others', () => {
  const TEMPLATE = { type: 'template' as const, name: 'order', language: 'en' };
  const OUTSIDE = { author: PERSON, session: 'closed' as const, content };
  test.each([
    ['what a person writes outside the window', OUTSIDE, 10, 'message'],
    ['what a person writes outside the window', OUTSIDE, 200, 'message'],
    ['a utility template', { content: TEMPLATE }, 10, 'message'],
    ['a utility template', { content: TEMPLATE }, 190, undefined],
    ['an answer', { content }, 10, undefined],
  ] as const)('%s: %j, code %i', async (_what, change, code, scope) => {
    const { io } = alwaysAnswering(graphError(code, 403));
    const sending = messenger.send(outgoing({ id: 'msg_1', to: PSID, ...change }), SETTINGS, io);
    const error = (await sending.catch((cause: unknown) => cause)) as SendError;
    expect([error.kind, error.details.scope, error.details.providerCode]).toEqual(['settings', scope, String(code)]);
  });
});

describe('usage', () => {
  const throttled = (headers: Record<string, string>) => ({ ...graphError(613, 403), headers });
  test.each([
    [{ 'x-app-usage': '{"call_count":100,"total_time":3}' }, 'the calls of the app', 60_000],
    [{ 'x-page-usage': '{"call_count":12,"total_cputime":100}' }, 'the calls of the Page', 60_000],
    [
      {
        'x-business-use-case-usage':
          '{"1234567890":[{"type":"messenger","call_count":100,"estimated_time_to_regain_access":19}]}',
      },
      'the calls of the business',
      19 * 60_000,
    ],
  ])('%j is told', async (headers, said, retryAfterMs) => {
    const error = await errorOf(throttled(headers));
    expect(error.message).toContain(said);
    expect(error.details.retryAfterMs).toBe(retryAfterMs);
  });

  test.each([
    [{ 'x-app-usage': '{"call_count":80}' }],
    [{ 'x-app-usage': 'nonsense' }],
    [{ 'x-page-usage': '[100]' }],
    [{ 'x-business-use-case-usage': '{"1":[null,{"call_count":"x"}]}' }],
  ])('%j tells nothing', async (headers) => {
    expect((await errorOf(throttled(headers))).message).not.toContain('Used up');
  });

  test('when Meta says how long, that counts, though it is shorter than what else is waited', async () => {
    const usage = '{"1":[{"call_count":100,"estimated_time_to_regain_access":5}]}';
    const answer = { ...graphError(4, 403), headers: { 'x-business-use-case-usage': usage } };
    expect((await errorOf(answer)).details.retryAfterMs).toBe(5 * 60_000);
    expect((await errorOf(graphError(4, 403))).details.retryAfterMs).toBe(60 * 60_000);
  });

  test('Retry-After counts when it is longer', async () => {
    expect((await errorOf(throttled({ 'retry-after': '300' }))).details.retryAfterMs).toBe(300_000);
  });
});

test.each([
  [429, 'throttled'],
  [401, 'settings'],
  [403, 'settings'],
  [404, 'rejected'],
  [500, 'uncertain'],
  [502, 'uncertain'],
  [503, 'uncertain'],
])('HTTP %i without a Graph body is %s', async (status, kind) => {
  expect(await errorOf(json(status, '<html>'))).toMatchObject({ kind });
});

test('a 200 with an error in it is an error', async () => {
  expect(await errorOf({ ...graphError(551), status: 200 })).toMatchObject({ kind: 'rejected' });
});
