import { SendError, type SendErrorKind } from '../../../service/src/core/errors.ts';
import type { HttpResponse } from '../../../service/src/core/http.ts';
import { dialog360 } from '../../../service/src/channels/dialog360/index.ts';
import { ERROR_TABLE } from '../../../service/src/channels/protocols/whatsapp/errors.ts';
import { whatsapp } from '../../../service/src/channels/whatsapp/index.ts';
import { alwaysAnswering, json } from '../../conformance/fake-io.ts';
import { outgoing } from '../../support/outgoing.ts';
import { graphError, SETTINGS as CLOUD_SETTINGS } from '../whatsapp/support.ts';
import { API, proxyError, SETTINGS, settingsWith } from './support.ts';

const MESSAGE = outgoing({
  id: 'msg_1',
  to: { kind: 'phone', address: '4915112345678' },
  content: { type: 'text', text: 'Hello there' },
});
const ACCEPTED = { contacts: [{ input: '+4915112345678', wa_id: '4915112345678' }], messages: [{ id: 'wamid.1' }] };

async function errorOf(answer: HttpResponse): Promise<SendError> {
  const error: unknown = await dialog360
    .send(MESSAGE, SETTINGS, alwaysAnswering(answer).io)
    .catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(SendError);
  return error as SendError;
}

test("one POST with the key, and Meta's body; no version, no number, no token", async () => {
  const { io, requests } = alwaysAnswering(json(200, ACCEPTED));
  await expect(dialog360.send(MESSAGE, SETTINGS, io)).resolves.toEqual({
    providerMessageId: 'wamid.1',
    identities: [{ kind: 'phone', address: '4915112345678' }],
  });
  expect(requests).toEqual([
    {
      method: 'POST',
      url: `${API}/messages`,
      headers: { 'd360-api-key': 'd360-key-of-the-number' },
      json: {
        messaging_product: 'whatsapp',
        recipient_type: 'individual',
        to: '+4915112345678',
        type: 'text',
        text: { body: 'Hello there' },
        biz_opaque_callback_data: 'msg_1',
      },
    },
  ]);
});

test.each([
  ['http://127.0.0.1:9/', 'http://127.0.0.1:9/messages'],
  ['https://waba-sandbox.360dialog.io', 'https://waba-sandbox.360dialog.io/v1/messages'],
])('the base address %s', async (baseUrl, url) => {
  const { io, requests } = alwaysAnswering(json(200, ACCEPTED));
  await dialog360.send(MESSAGE, settingsWith({ baseUrl }), io);
  expect(requests[0]?.url).toBe(url);
});

describe("the proxy's own refusals", () => {
  test.each<[number, string, SendErrorKind, object, RegExp]>([
    [400, 'API disabled', 'settings', {}, /not active/],
    [400, 'endpoint rate limit exceeded', 'throttled', { retryAfterMs: 10_000, scope: 'account' }, /rate limit/],
    [400, 'overdue payment', 'settings', {}, /Settle what is due/],
    [400, 'order_details: payment_settings is invalid', 'rejected', {}, /payment_settings/],
    [400, 'something new', 'rejected', {}, /something new/],
    [401, 'Invalid api_key', 'settings', {}, /make a new one/],
    [403, 'endpoint blocked', 'settings', {}, /may not do this/],
    [403, 'permission denied', 'settings', {}, /may not do this/],
    [404, 'Not Found', 'settings', {}, /check baseUrl/],
    [409, 'webhooks are not enabled', 'rejected', {}, /not enabled/],
    [429, 'Too many requests', 'throttled', { retryAfterMs: 5_000, scope: 'account' }, /Too many/],
    [500, 'internal', 'uncertain', {}, /internal/],
    [502, 'WhatsApp API not available', 'unavailable', { retryAfterMs: 30_000, scope: 'account' }, /not available/],
    [503, 'maintenance', 'uncertain', {}, /maintenance/],
    [504, 'upstream timed out', 'uncertain', {}, /timed out/],
    [502, 'An invalid response was received from the upstream server', 'uncertain', {}, /invalid response/],
    [520, 'unknown', 'uncertain', {}, /unknown/],
  ])('%i "%s" is %s', async (status, text, kind, details, message) => {
    const bodies = [{ error: text }, { meta: { developer_message: text } }, { error: { message: text } }, text];
    for (const body of [...bodies, { errors: [{ title: 'Error', details: text }] }]) {
      const error = await errorOf(json(status, body));
      expect(error).toMatchObject({ kind, details: { ...details, providerCode: `http_${status}` } });
      expect(error.message).toMatch(message);
    }
  });

  test.each<[number, SendErrorKind]>([
    [400, 'rejected'],
    [429, 'throttled'],
    [500, 'uncertain'],
    [502, 'uncertain'],
    [503, 'uncertain'],
    [504, 'uncertain'],
  ])('HTTP %i without a word is %s', async (status, kind) => {
    for (const body of [undefined, '', '<html>Bad gateway</html>']) {
      expect(await errorOf(json(status, body))).toMatchObject({ kind });
    }
  });

  test('a Retry-After counts when it is longer', async () => {
    const answer = { ...proxyError(400, 'endpoint rate limit exceeded'), headers: { 'retry-after': '60' } };
    expect((await errorOf(answer)).details.retryAfterMs).toBe(60_000);
  });

  test('a 200 with an error in it is an error', async () => {
    expect(await errorOf({ ...graphError(131047), status: 200 })).toMatchObject({ kind: 'session_closed' });
  });
});

describe("Meta's codes, passed through", () => {
  const codes = ERROR_TABLE.flatMap(([code]) => (typeof code === 'number' ? [code] : [...code]));

  test.each(codes.map((code) => [code]))('%i means what it means at Meta', async (code) => {
    const { io } = alwaysAnswering(graphError(code));
    const cloud: unknown = await whatsapp.send(MESSAGE, CLOUD_SETTINGS, io).catch((cause: unknown) => cause);
    const { kind, details } = cloud as SendError;
    expect(await errorOf(graphError(code))).toMatchObject({ kind, details });
  });

  test.each([0, 3, 10, 104, 190, 200, 131005])(
    "%i is about 360dialog's access, not a token of the account",
    async (code) => {
      const { kind, message } = await errorOf(graphError(code));
      expect(kind).toBe('settings');
      expect(message).toContain('Access to Meta is kept by 360dialog');
      expect(message).not.toMatch(/access token|appSecret/);
    },
  );

  test('a code that no page names goes by the status', async () => {
    expect(await errorOf(graphError(999_999, 401))).toMatchObject({ kind: 'settings' });
    expect(await errorOf(graphError(999_999, 400))).toMatchObject({ kind: 'rejected' });
  });
});

test('a content over the limits is refused without a call', async () => {
  const { io, requests } = alwaysAnswering(json(200, ACCEPTED));
  const tooLong = outgoing({ ...MESSAGE, content: { type: 'text', text: 'x'.repeat(5000) } });
  await expect(dialog360.send(tooLong, SETTINGS, io)).rejects.toMatchObject({ name: 'SendError', kind: 'invalid' });
  expect(requests).toEqual([]);
});

test.each([
  [true, { typing_indicator: { type: 'text' } }],
  [false, {}],
])('marks as read, typing %s', async (typing, more) => {
  const { io, requests } = alwaysAnswering(json(200, { success: true }));
  await dialog360.presence?.markRead({ providerMessageId: 'wamid.IN' }, typing, SETTINGS, io);
  expect(requests).toMatchObject([
    {
      ...{ method: 'POST', url: `${API}/messages` },
      json: { messaging_product: 'whatsapp', status: 'read', message_id: 'wamid.IN', ...more },
    },
  ]);
});
