/** The channel against its strict stand-in, over real loopback HTTP and the service's own HTTP client. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { ChannelEvent } from '../../../service/src/channels/channel.ts';
import type { ConnectorIo } from '../../../service/src/connectors/connector.ts';
import { dialog360 } from '../../../service/src/channels/dialog360/index.ts';
import { systemClock } from '../../../service/src/core/clock.ts';
import { watchedClock } from '../../../service/src/core/watched-clock.ts';
import { GuardedHttp } from '../../../service/src/platform/guarded-http.ts';
import { DIALOG360_DEFAULTS } from '../../sandbox/dialog360/defaults.ts';
import { startDialog360Sandbox, type Dialog360Sandbox } from '../../sandbox/dialog360/sandbox.ts';
import { outgoing } from '../../support/outgoing.ts';
import { OUTBOUND_CASES } from '../whatsapp/fixtures/outbound.ts';
import { PLATFORM_SECRET } from './support.ts';

const http = new GuardedHttp({ allow: { loopback: true, private: false, cidrs: [] } });
const io: ConnectorIo = {
  http,
  clock: watchedClock(systemClock),
  log: { info: () => undefined, warn: () => undefined },
};
const USER = '15550001111';
const { media, templates, presence, provisioning } = dialog360;
if (!media || !templates || !presence || !provisioning) throw new Error('360dialog has these powers');

let sandbox: Dialog360Sandbox;
let receiver: Server;
let webhookUrl: string;
const events: ChannelEvent[] = [];

const settings = (change: Record<string, unknown> = {}) =>
  dialog360.settings.parse({
    ...DIALOG360_DEFAULTS,
    ...{ platformSecret: PLATFORM_SECRET, baseUrl: sandbox.url, ...change },
  });
const to = (address = USER) => ({ kind: 'phone', address });
const text = { type: 'text' as const, text: 'Hi' };

beforeAll(async () => {
  receiver = createServer((incoming, answer) => {
    void buffer(incoming).then((body) => {
      const headers = incoming.headers as Record<string, string>;
      const request = { method: incoming.method ?? '', url: webhookUrl, headers, query: {}, body };
      dialog360.verify(request, 0, settings());
      events.push(...dialog360.parse(request, settings()));
      answer.end('ok');
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  webhookUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/webhooks/dialog360/e1`;
  sandbox = await startDialog360Sandbox({
    ...{ platformSecret: PLATFORM_SECRET, limitPairRate: false, throughputPerSecond: null },
  });
});

afterEach(() => {
  sandbox.dialog360.standing = 'good';
});

afterAll(async () => {
  await sandbox.close();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

test('provisioning sets the webhook, and what comes by it is authentic', async () => {
  const steps = await provisioning.provision(webhookUrl, settings(), io, async (learned) => learned);
  expect(steps.filter(({ ok }) => !ok)).toEqual([]);
  expect(sandbox.dialog360.webhook).toEqual({
    url: webhookUrl,
    headers: { [DIALOG360_DEFAULTS.webhookHeader]: DIALOG360_DEFAULTS.webhookSecret },
  });
  const sent = await sandbox.customer.sends({ from: USER, name: 'Ana', text: 'Olá 👋' });
  expect(sent.status).toBe(200);
  expect(events.at(-1)).toMatchObject({
    ...{ type: 'message.received', opensWindow: 'message', content: { type: 'text', text: 'Olá 👋' } },
  });
});

test('removal reads the webhook and says that it stays; where there is none, nothing does', async () => {
  const removal = { webhookUrls: [webhookUrl], others: [] };
  const kept = sandbox.dialog360.webhook;
  expect(await provisioning.remove?.(removal, settings(), io)).toMatchObject([{ step: 'webhook', ok: false }]);
  expect(sandbox.dialog360.webhook).toEqual(kept);
  delete sandbox.dialog360.webhook;
  expect(await provisioning.remove?.(removal, settings(), io)).toEqual([{ step: 'webhook', ok: true }]);
  if (kept) sandbox.dialog360.webhook = kept;
});

/** Kinds that need nothing in the account but the open window. */
const SENDABLE = OUTBOUND_CASES.filter(
  ({ content }) =>
    !['template', 'reaction', 'native', 'payment_request'].includes(content.type) &&
    !JSON.stringify(content).includes('"mediaId"'),
);

test.each(SENDABLE.map(({ name, content }) => [name, content] as const))('%s is accepted', async (name, content) => {
  const id = `msg_${name}`;
  const receipt = await dialog360.send(outgoing({ id, to: to(), content }), settings(), io);
  expect(sandbox.acceptedCountFor(id)).toBe(1);
  const read = () =>
    events.find((event) => event.type === 'message.status' && event.correlationId === id && event.status === 'read');
  await expect(sandbox.waitFor(read)).resolves.toMatchObject({ providerMessageId: receipt.providerMessageId });
});

test('a file of a contact is downloaded from the proxy, read and answered with a file of ours', async () => {
  const sent = await sandbox.customer.sends({ from: USER, image: { content: 'photo', mimeType: 'image/jpeg' } });
  const event = events.at(-1);
  if (event?.type !== 'message.received' || event.content.type !== 'image') throw new Error('no image came');
  const { stream, mimeType } = await media.download({ providerId: event.content.media.providerId }, settings(), io);
  expect({ mimeType, body: (await buffer(stream)).toString() }).toEqual({ mimeType: 'image/jpeg', body: 'photo' });
  await presence.markRead({ providerMessageId: sent.id }, true, settings(), io);
  expect(sandbox.listReadMarks().at(-1)).toMatchObject({ messageId: sent.id });
  const file = {
    ...{ stream: () => Readable.from([Buffer.alloc(64, 1)]), filename: 'a.png', mimeType: 'image/png', bytes: 64 },
  };
  const { providerId } = (await media.upload?.(file, settings(), io)) ?? { providerId: '' };
  await dialog360.send(
    outgoing({ id: 'msg_upload', to: to(), content: { type: 'image', mediaId: providerId } }),
    settings(),
    io,
  );
  expect(sandbox.acceptedCountFor('msg_upload')).toBe(1);
});

test('an unknown file is gone; after 20 of them look-ups are closed for a while', async () => {
  for (let count = 0; count < 20; count += 1) {
    await expect(media.download({ providerId: '999' }, settings(), io)).rejects.toMatchObject({ code: 'media_gone' });
  }
  await expect(media.download({ providerId: '999' }, settings(), io)).rejects.toMatchObject({ kind: 'throttled' });
});

test('a template is created, listed, found, sent with its variables and removed', async () => {
  const components = [
    { type: 'BODY', text: 'Hello {{1}}, your order is on its way.', example: { body_text: [['Ana']] } },
    { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'Thanks' }] },
  ];
  const draft = { name: 'on_its_way', language: 'en_US', category: 'UTILITY', components };
  const { id, status } = await templates.create(draft, settings(), io);
  expect(status).toBe('PENDING');
  await sandbox.waitFor(() => events.find((event) => event.type === 'template.status'));
  const page = await templates.list({ name: 'on_its_way', status: 'APPROVED' }, settings(), io);
  expect(page.data).toMatchObject([{ id, status: 'APPROVED', variables: [{ key: 'body.1' }, { part: 'button' }] }]);
  await expect(templates.get(id, settings(), io)).resolves.toEqual(page.data[0]);
  const content = {
    ...{ type: 'template' as const, name: 'on_its_way', language: 'en_US' },
    body: [{ type: 'text' as const, text: 'Ana' }],
  };
  await dialog360.send(outgoing({ id: 'msg_template', to: to('4915112345678'), content }), settings(), io);
  expect(sandbox.acceptedCountFor('msg_template')).toBe(1);
  await templates.remove({ name: 'on_its_way', id }, settings(), io);
  expect((await templates.list({}, settings(), io)).data).toEqual([]);
});

const sending = (change: Record<string, unknown> = {}, address = USER) =>
  dialog360.send(outgoing({ id: 'msg_refused', to: to(address), content: text }), settings(change), io);

describe('refusals', () => {
  test('a wrong key', async () => {
    await expect(sending({ apiKey: 'wrong' })).rejects.toMatchObject({ kind: 'settings' });
  });

  test('a path with the number in it', async () => {
    const baseUrl = `${sandbox.url}/${DIALOG360_DEFAULTS.phoneNumberId}`;
    await expect(sending({ baseUrl })).rejects.toMatchObject({
      ...{ kind: 'settings', details: { providerCode: 'http_404' } },
    });
  });

  test.each([
    ['disabled', /API disabled/],
    ['overdue', /overdue payment/],
  ] as const)('an account that is %s', async (standing, message) => {
    sandbox.dialog360.standing = standing;
    await expect(sending()).rejects.toMatchObject({ kind: 'settings', message: expect.stringMatching(message) });
  });

  test.each([
    ['throttled', 'throttled'],
    ['recipient_throttled', 'throttled'],
    ['server_error', 'uncertain'],
    ['unavailable', 'unavailable'],
    ['token_expired', 'settings'],
    ['answer_dropped', 'uncertain'],
  ] as const)('%s', async (fault, kind) => {
    sandbox.faults.next({ kind: fault });
    await expect(sending()).rejects.toMatchObject({ kind });
  });

  test('outside the window', async () => {
    await expect(sending({}, '4915112345679')).rejects.toMatchObject({
      ...{ kind: 'session_closed', details: { providerCode: '131047' } },
    });
  });

  test.each(['http://parley.example.com/x', 'https://parley.example.com:8443/x', 'https://a_b.example.com/x', 'x'])(
    'the webhook URL %s',
    async (url) => {
      const response = await http.request({
        ...{ method: 'POST', url: `${sandbox.url}/v1/configs/webhook`, json: { url } },
        headers: { 'd360-api-key': DIALOG360_DEFAULTS.apiKey },
      });
      expect(response).toMatchObject({ status: 400, body: { error: 'The webhook URL is not valid' } });
    },
  );
});
