import { manualClock } from '../kit/clock.ts';
import type { HttpRequest } from '../kit/http-server.ts';
import { objectOf, type JsonObject } from '../kit/json.ts';
import { encodeAsMeta, signatureOf } from '../kit/meta/hub-webhooks.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../kit/webhook-receiver.ts';
import { SANDBOX_DEFAULTS } from './defaults.ts';
import { startWhatsAppSandbox, type WhatsAppSandbox } from './sandbox.ts';
import { graph, messageIdOf, send } from './test-client.ts';

const { appSecret, accessToken } = SANDBOX_DEFAULTS;
const USER = '15550001111';
const clock = manualClock(Date.UTC(2026, 10, 22, 12));
const hello = { type: 'text', text: { body: 'hello' } };

let sandbox: WhatsAppSandbox;
let receiver: WebhookReceiver;
beforeEach(async () => {
  receiver = await startWebhookReceiver(() => ({ status: 404 }));
  sandbox = await startWhatsAppSandbox({
    clock,
    webhookUrl: receiver.url,
    webhookRetryDelaysMs: [1, 2],
    autoStatuses: [],
  });
});
afterEach(async () => {
  await sandbox.close();
  await receiver.close();
});

function valueOf(request: HttpRequest | undefined): JsonObject {
  const { entry } = request?.body.fields as { entry: { changes: { value: JsonObject }[] }[] };
  return objectOf(entry[0]?.changes[0]?.value);
}

const firstMessage = (request: HttpRequest | undefined) => (valueOf(request)['messages'] as JsonObject[])[0];
const statuses = () => receiver.received.flatMap((request) => (valueOf(request)['statuses'] ?? []) as JsonObject[]);

describe('bytes and signature', () => {
  // whatsapp.md §13: M2, M3, M5, M7.
  test.each<[string, object, string, string]>([
    [
      'M2 plain',
      { object: 'whatsapp_business_account', entry: [] },
      '{"object":"whatsapp_business_account","entry":[]}',
      'eefab58106e73358686845848feb95c56372e7391b3dc050b6a31c8c5f347ece',
    ],
    [
      'M3 non-ASCII',
      { text: 'äöå' },
      '{"text":"\\u00e4\\u00f6\\u00e5"}',
      '220e9923325ab9e63587380a52f4ed28b9ca5032aec19ac77f0d7a6aaaee07b4',
    ],
    [
      'M5 emoji',
      { emoji: '👍', body: 'Hi 😀' },
      '{"emoji":"\\ud83d\\udc4d","body":"Hi \\ud83d\\ude00"}',
      'b5765fb3d1ddd682594c2868de50a5e6f6219d9d66860b71bf4d5d9c135ba880',
    ],
    [
      'M7 slashes',
      { url: 'https://example.com/a?b=1&c=2' },
      '{"url":"https:\\/\\/example.com\\/a?b=1&c=2"}',
      'f1a2835097bbd9e0303ae749039866651b217c547af0ffa70f77ef29cdb75035',
    ],
  ])('%s', (_vector, value, text, hex) => {
    expect(encodeAsMeta(value).toString('latin1')).toBe(text);
    expect(signatureOf(appSecret, encodeAsMeta(value))).toBe(`sha256=${hex}`);
  });

  test('a delivered webhook carries the signature of exactly its bytes', async () => {
    await sandbox.customer.sends({ from: USER, name: 'Zoë', text: 'Olá 👋 1/2' });
    const [request] = receiver.received;
    expect(request?.rawBody.toString('latin1')).toContain('"body":"Ol\\u00e1 \\ud83d\\udc4b 1\\/2"');
    expect(request?.headers['x-hub-signature-256']).toBe(signatureOf(appSecret, request?.rawBody ?? Buffer.alloc(0)));
  });
});

describe('what customers do', () => {
  test('a message has metadata, contact with user id, and text', async () => {
    const { id, status } = await sandbox.customer.sends({ from: USER, name: 'Ana', text: 'hi' });
    expect(status).toBe(200);
    expect(valueOf(receiver.received[0])).toEqual({
      messaging_product: 'whatsapp',
      metadata: { display_phone_number: '15550783881', phone_number_id: SANDBOX_DEFAULTS.phoneNumberId },
      contacts: [{ profile: { name: 'Ana' }, wa_id: USER, user_id: expect.stringMatching(/^US\.\d+$/) }],
      messages: [
        {
          from: USER,
          from_user_id: expect.stringMatching(/^US\.\d+$/),
          id,
          timestamp: String(clock.now() / 1000),
          type: 'text',
          text: { body: 'hi' },
        },
      ],
    });
  });

  test('a user known by user id only has no number anywhere', async () => {
    await sandbox.customer.sends({ from: { userId: 'US.777' }, text: 'hi' });
    expect(valueOf(receiver.received[0])['contacts']).toEqual([{ user_id: 'US.777' }]);
    expect(firstMessage(receiver.received[0])).not.toHaveProperty('from');
  });

  test('media can be resolved and downloaded', async () => {
    await sandbox.customer.sends({ from: USER, image: { content: 'picture', caption: 'look' } });
    const image = objectOf(firstMessage(receiver.received[0])?.['image']);
    const resolved = await graph(sandbox, 'GET', `/${String(image['id'])}`);
    const headers = { authorization: `Bearer ${accessToken}` };
    expect(await (await fetch(String(resolved.body['url']), { headers })).text()).toBe('picture');
    expect(image).toMatchObject({ mime_type: 'image/jpeg', caption: 'look', sha256: expect.stringMatching(/=$/) });
  });

  test('taps answer with the choice, quote the message and refuse what it does not offer', async () => {
    await sandbox.customer.sends({ from: USER, text: 'hi' });
    const buttons = [{ type: 'reply', reply: { id: 'yes', title: 'Yes' } }];
    const rows = [{ id: 'r1', title: 'Row', description: 'first' }];
    const interactive = (type: string, action: object) => ({
      type: 'interactive',
      interactive: { type, body: { text: 'x' }, action },
    });
    const asked = messageIdOf(await send(sandbox, interactive('button', { buttons })));
    const listed = messageIdOf(await send(sandbox, interactive('list', { button: 'C', sections: [{ rows }] })));
    await sandbox.customer.taps({ messageId: asked, choice: 'Yes' });
    await sandbox.customer.taps({ messageId: listed, choice: 'r1' });
    expect(receiver.received.slice(1).map(firstMessage)).toMatchObject([
      { context: { id: asked }, interactive: { type: 'button_reply', button_reply: { id: 'yes', title: 'Yes' } } },
      { context: { id: listed }, interactive: { type: 'list_reply', list_reply: rows[0] } },
    ]);
    await expect(sandbox.customer.taps({ messageId: asked, choice: 'no' })).rejects.toThrow('offers no choice');
  });

  test('a call opens the window, a note about the user does not', async () => {
    await sandbox.customer.sends({ from: USER, raw: { type: 'system', system: { type: 'user_changed_number' } } });
    expect(await send(sandbox, hello)).toMatchObject({ code: 131047 });
    await sandbox.customer.calls({ from: USER });
    expect(valueOf(receiver.received[1])).toMatchObject({ calls: [{ event: 'connect', direction: 'USER_INITIATED' }] });
    expect(await send(sandbox, hello)).toMatchObject({ status: 200 });
  });

  test('several messages in one webhook', async () => {
    await sandbox.customer.sendsTogether([
      { from: USER, text: '1' },
      { from: '15550002222', text: '2' },
    ]);
    expect(valueOf(receiver.received[0])).toMatchObject({ contacts: [{}, {}], messages: [{}, {}] });
  });

  test('webhooks are repeated until 2xx, and again byte for byte on request', async () => {
    receiver.answers.push({ status: 500 }, { dropped: true });
    const { delivery, status } = await sandbox.customer.sends({ from: USER, text: 'hi' });
    expect(status).toBe(500);
    await delivery?.done;
    expect(delivery).toMatchObject({
      outcome: 'delivered',
      attempts: [{ status: 500 }, { error: expect.any(String) }, { status: 200 }],
    });
    await sandbox.redeliver(1)[0]?.done;
    expect(new Set(receiver.received.map(({ rawBody }) => rawBody.toString())).size).toBe(1);
    expect(receiver.received).toHaveLength(4);
    receiver.answers.push({ status: 500 }, { status: 500 }, { status: 500 });
    const refused = await sandbox.customer.sends({ from: USER, text: 'hi' });
    expect(await refused.delivery?.done).toMatchObject({ outcome: 'given_up' });
  });
});

describe('statuses', () => {
  beforeEach(() => sandbox.customer.sends({ from: USER, text: 'hi' }));

  test.each<['in_order' | 'reversed', string[]]>([
    ['in_order', ['sent', 'delivered', 'read']],
    ['reversed', ['read', 'delivered', 'sent']],
  ])('%s, with pricing and the opaque data', async (statusOrder, expected) => {
    Object.assign(sandbox.settings, { statusOrder, autoStatuses: ['sent', 'delivered', 'read'] });
    const id = messageIdOf(await send(sandbox, { ...hello, biz_opaque_callback_data: 'job-1' }));
    await receiver.waitFor(() => statuses().length === 3);
    expect(statuses().map(({ status }) => status)).toEqual(expected);
    expect(statuses().find(({ status }) => status === 'sent')).toMatchObject({
      id,
      recipient_id: USER,
      biz_opaque_callback_data: 'job-1',
      pricing: { billable: false, pricing_model: 'PMP', type: 'free_customer_service', category: 'service' },
    });
  });

  test('reactions are only sent; failed carries the error; reads are reported', async () => {
    sandbox.settings.autoStatuses = ['sent', 'delivered'];
    const target = await sandbox.customer.sends({ from: USER, text: 'hi' });
    const id = messageIdOf(await send(sandbox, { type: 'reaction', reaction: { message_id: target.id, emoji: '👍' } }));
    await receiver.waitFor(() => statuses().length === 1);
    await sandbox.postStatus(id, 'failed', 131026)?.first;
    await sandbox.customer.reads(id);
    expect(statuses()).toMatchObject([
      { status: 'sent' },
      { status: 'failed', errors: [{ code: 131026 }] },
      { status: 'read' },
    ]);
  });
});

describe('faults', () => {
  beforeEach(() => sandbox.customer.sends({ from: USER, text: 'hi' }));

  test.each([
    ['throttled', 400, 130429],
    ['server_error', 500, 131000],
    ['unavailable', 503, 2],
    ['token_expired', 401, 190],
  ] as const)('%s hits as often as told and accepts nothing', async (kind, status, code) => {
    sandbox.faults.next({ kind, times: 2, retryAfterSeconds: 3 });
    for (let time = 0; time < 2; time += 1) {
      const answer = await send(sandbox, hello);
      expect(answer).toMatchObject({ status, code });
      expect(answer.headers.get('retry-after')).toBe(kind === 'throttled' ? '3' : null);
    }
    expect(sandbox.listReceivedMessages()).toEqual([]);
    expect(await send(sandbox, hello)).toMatchObject({ status: 200 });
  });

  test('a dropped answer was accepted, a dropped connection was not; both are counted', async () => {
    sandbox.settings.autoStatuses = ['sent'];
    const message = { ...hello, biz_opaque_callback_data: 'job-1' };
    sandbox.faults.next({ kind: 'connection_dropped' });
    await expect(send(sandbox, message)).rejects.toThrow();
    expect(sandbox.acceptedCountFor('job-1')).toBe(0);
    sandbox.faults.next({ kind: 'answer_dropped' });
    await expect(send(sandbox, message)).rejects.toThrow();
    expect(sandbox.acceptedCountFor('job-1')).toBe(1);
    await receiver.waitFor(() => statuses().some((status) => status['biz_opaque_callback_data'] === 'job-1'));
    await send(sandbox, message);
    expect(sandbox.acceptedCountFor('job-1')).toBe(2);
    expect(sandbox.requests().map(({ fault }) => fault)).toEqual(['connection_dropped', 'answer_dropped', undefined]);
  });

  test('a slow answer comes; other operations are left alone', async () => {
    sandbox.faults.next({ kind: 'slow', delayMs: 20 });
    sandbox.faults.next({ kind: 'unavailable', on: 'templates' });
    expect(await send(sandbox, hello)).toMatchObject({ status: 200 });
    expect(await graph(sandbox, 'GET', `/${SANDBOX_DEFAULTS.wabaId}/message_templates`)).toMatchObject({ status: 503 });
    expect(sandbox.faults.pending()).toBe(0);
  });
});

test('the same controls over HTTP', async () => {
  const control = async (path: string, body?: object) => {
    const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const response = await fetch(`${sandbox.url}/_sandbox${path}`, body && request);
    return { status: response.status, body: (await response.json()) as JsonObject & JsonObject[] };
  };
  expect((await control('/customer/sends', { from: USER, text: 'hi' })).body).toMatchObject({ status: 200 });
  expect((await control('/faults', { kind: 'throttled' })).body).toEqual({ pending: 1 });
  await send(sandbox, hello);
  const next = control('/messages/next?from=0');
  const id = messageIdOf(await send(sandbox, hello));
  expect((await next).body).toMatchObject([{ id, to: USER, type: 'text' }]);
  await control('/customer/replies', { messageId: id, text: 'thanks' });
  expect((await control('/webhooks')).body).toMatchObject([{ outcome: 'delivered' }, { outcome: 'delivered' }]);
  expect((await control('/requests')).body).toMatchObject([{ status: 400, fault: 'throttled' }, { status: 200 }]);
  expect(JSON.stringify((await control('/requests')).body)).not.toContain(accessToken);
  expect(await control('/customer/taps', { messageId: 'wamid.NONE', choice: 'x' })).toMatchObject({ status: 400 });
  expect(await control('/settings', { shoeSize: 1 })).toMatchObject({ status: 400 });
});
