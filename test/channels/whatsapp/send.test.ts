import { SendError, type SendErrorKind, type SendErrorScope } from '../../../service/src/core/errors.ts';
import type { HttpResponse } from '../../../service/src/core/http.ts';
import { whatsapp } from '../../../service/src/channels/whatsapp/index.ts';
import { alwaysAnswering, json } from '../../conformance/fake-io.ts';
import { outgoing } from '../../support/outgoing.ts';
import { GRAPH, graphError, PHONE_ID, SETTINGS, settingsWith } from './support.ts';

const MESSAGE = outgoing({
  id: 'msg_1',
  to: { kind: 'phone', address: '15550001111' },
  content: { type: 'text', text: 'Hello there' },
});
const ACCEPTED = { contacts: [{ input: '+1', wa_id: '15550001111' }], messages: [{ id: 'wamid.1' }] };

async function errorOf(answer: HttpResponse, message = MESSAGE): Promise<SendError> {
  const error: unknown = await whatsapp
    .send(message, SETTINGS, alwaysAnswering(answer).io)
    .catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(SendError);
  return error as SendError;
}

test('one POST with version, token, proof and body', async () => {
  const { io, requests } = alwaysAnswering(json(200, ACCEPTED));
  await expect(whatsapp.send(MESSAGE, SETTINGS, io)).resolves.toEqual({
    providerMessageId: 'wamid.1',
    identities: [{ kind: 'phone', address: '15550001111' }],
  });
  expect(requests).toEqual([
    {
      method: 'POST',
      url: `${GRAPH}/${PHONE_ID}/messages`,
      headers: { authorization: 'Bearer EAAtesttoken123' },
      query: { appsecret_proof: '9c1152c99cda7c8617c2b4b8a5a37aa21e1a2ff7cdba69f3f41155434f946f85' },
      json: {
        messaging_product: 'whatsapp',
        recipient_type: 'individual',
        to: '+15550001111',
        type: 'text',
        text: { body: 'Hello there' },
        biz_opaque_callback_data: 'msg_1',
      },
    },
  ]);
});

test('another base address and version; no secret, no proof', async () => {
  const { io, requests } = alwaysAnswering(json(200, ACCEPTED));
  const settings = settingsWith({ baseUrl: 'http://127.0.0.1:9/', apiVersion: 'v25.0', appSecret: undefined });
  await whatsapp.send(MESSAGE, settings, io);
  expect(requests[0]?.url).toBe(`http://127.0.0.1:9/v25.0/${PHONE_ID}/messages`);
  expect(requests[0]?.query?.appsecret_proof).toBeUndefined();
});

test.each([
  ['accepted', undefined],
  ['held_for_quality_assessment', true],
])('a template that is %s', async (message_status, held) => {
  const answer = json(200, { contacts: [{ user_id: 'US.1' }], messages: [{ id: 'wamid.1', message_status }] });
  const receipt = await whatsapp.send(MESSAGE, SETTINGS, alwaysAnswering(answer).io);
  expect(receipt).toMatchObject({ identities: [{ kind: 'user_id', address: 'US.1' }] });
  expect(receipt.held).toBe(held);
});

const CODES: [SendErrorKind, number[]][] = [
  ['settings', [0, 3, 10, 33, 104, 190, 200, 299, 368, 131005, 131031, 131037, 131042, 131044, 131045, 131063]],
  ['settings', [133005, 133006, 133010, 134011, 134102, 136024]],
  ['throttled', [4, 613, 80007, 130429, 131056, 131208, 132069, 133008, 133009, 133016, 138009, 138012, 138013]],
  ['uncertain', [1, 2, 131000, 131016, 133004]],
  ['unavailable', [131057, 133000, 133015, 134101, 139103, 2494100]],
  ['invalid', [100, 803, 131008, 131009, 131020, 131021, 131051, 131052, 131053, 131055, 131062, 132000, 132001]],
  ['invalid', [132005, 132007, 132008, 132012, 132015, 132016, 132018, 132068, 134100, 135000, 139000, 139004]],
  ['invalid', [147001, 147005, 1752041, 2388012, 2388019, 2388039, 2388040, 2388047, 2388072, 2388073, 2388091]],
  ['invalid', [2388093, 2388103, 2388293, 2388299]],
  ['session_closed', [131047]],
  ['opted_out', [131050]],
  ['rejected', [130403, 130472, 130497, 131026, 131030, 131041, 131048, 131049, 131059, 131064, 131201, 131215]],
  ['rejected', [137000, 138000, 138006, 138018, 139100, 139102, 2494191, 999999]],
];

test.each(CODES.flatMap(([kind, codes]) => codes.map((code) => [code, kind] as const)))(
  'code %i is %s',
  async (code, kind) => {
    const error = await errorOf(graphError(code));
    expect(error).toMatchObject({ kind, details: { providerCode: String(code), traceId: 'Az8' } });
    expect(error.message).toContain(`(#${code}) Something is wrong. The details of it`);
    expect(error.details.retryAfterMs !== undefined).toBe(kind === 'throttled' || kind === 'unavailable');
  },
);

test.each([
  [130429, 5_000],
  [131056, 4_000],
  [4, 3_600_000],
  [80007, 3_600_000],
  [133016, 259_200_000],
  [131057, 120_000],
])('code %i waits %i ms', async (code, retryAfterMs) => {
  expect((await errorOf(graphError(code))).details.retryAfterMs).toBe(retryAfterMs);
});

test.each<[number, SendErrorScope | undefined]>([
  [130429, 'account'],
  [80007, 'account'],
  [131056, 'recipient'],
  [132069, 'message'],
  [131063, 'message'],
  [134011, 'message'],
  [190, undefined],
  [131042, undefined],
])('code %i concerns: %s', async (code, scope) => {
  expect((await errorOf(graphError(code))).details.scope).toBe(scope);
});

const GONE = "(#100) Param image['id'] is not a valid whatsapp business account media attachment ID";
const IN_TEMPLATE = GONE.replace('image', "template['components'][0]['parameters'][0]['image']");
test.each<[number, string, string, true | undefined]>([
  [100, GONE, '', true],
  [100, IN_TEMPLATE, '', true],
  [131009, 'Parameter value is not valid', 'Media ID 4711 does not exist', true],
  [131053, 'Media upload error', 'The media has expired', true],
  [131053, 'Media upload error', 'Downloading media from weblink failed with http code 404, Not Found', undefined],
  [131053, 'Media upload error', 'Unsupported Image mime type image/tiff.', undefined],
  [131009, 'Parameter value is not valid', 'The message was not found', undefined],
  [100, 'Invalid parameter', "The parameter text['body'] is required.", undefined],
  [131026, 'Message undeliverable', 'The media has expired', undefined],
])('code %i, "%s", "%s" says that a file is lost: %s', async (code, message, details, lost) => {
  const error = await errorOf(graphError(code, 400, { message, error_data: { details } }));
  expect(error.details.lostFile).toBe(lost);
});

test('a number that the token does not reach is no fault of the message', async () => {
  expect(await errorOf(graphError(100, 400, { error_subcode: 33 }))).toMatchObject({ kind: 'settings' });
});

test('a longer Retry-After counts', async () => {
  const answer = { ...graphError(130429), headers: { 'retry-after': '30' } };
  expect((await errorOf(answer)).details.retryAfterMs).toBe(30_000);
});

test.each([
  [131009, 'unavailable'],
  [190, 'unavailable'],
  [130429, 'throttled'],
  [2, 'uncertain'],
  [131000, 'uncertain'],
  [999999, 'uncertain'],
])('code %i that is transient is %s', async (code, kind) => {
  expect(await errorOf(graphError(code, 500, { is_transient: true }))).toMatchObject({ kind });
});

test.each([
  [429, 'throttled'],
  [401, 'settings'],
  [403, 'settings'],
  [404, 'rejected'],
  [500, 'uncertain'],
  [502, 'uncertain'],
  [504, 'uncertain'],
  [503, 'uncertain'],
])('HTTP %i without a Graph body is %s', async (status, kind) => {
  expect(await errorOf(json(status, '<html>', { 'retry-after': '7' }))).toMatchObject({
    kind,
    details: { retryAfterMs: 7_000 },
  });
});

test('a 200 with an error in it is an error', async () => {
  expect(await errorOf({ ...graphError(131047), status: 200 })).toMatchObject({ kind: 'session_closed' });
});

test('a content over the limits is refused without a call', async () => {
  const { io, requests } = alwaysAnswering(json(200, ACCEPTED));
  const tooLong = outgoing({ ...MESSAGE, content: { type: 'text', text: 'x'.repeat(5000) } });
  await expect(whatsapp.send(tooLong, SETTINGS, io)).rejects.toMatchObject({ name: 'SendError', kind: 'invalid' });
  expect(requests).toEqual([]);
});

test('an error may name the template but not its values', async () => {
  const content = {
    type: 'template' as const,
    name: 'order_ready',
    language: 'en_US',
    body: [{ type: 'text' as const, text: 'Ana Silva' }],
  };
  const answer = graphError(132001, 404, {
    error_data: { details: 'order_ready in en_US with Ana Silva does not exist' },
  });
  const { message } = await errorOf(answer, { ...MESSAGE, content });
  expect(message).toContain('order_ready in en_US with [removed] does not exist');
});

test.each([
  [true, { typing_indicator: { type: 'text' } }],
  [false, {}],
])('marks as read, typing %s', async (typing, more) => {
  const { io, requests } = alwaysAnswering(json(200, { success: true }));
  await whatsapp.presence?.markRead({ providerMessageId: 'wamid.IN' }, typing, SETTINGS, io);
  expect(requests).toHaveLength(1);
  expect(requests[0]).toMatchObject({ method: 'POST', url: `${GRAPH}/${PHONE_ID}/messages` });
  expect(requests[0]?.json).toEqual({ messaging_product: 'whatsapp', status: 'read', message_id: 'wamid.IN', ...more });
});
