/** The channel against the strict stand-in for the Graph API, over real loopback HTTP and the service's own HTTP client. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { ChannelEvent } from '../../../service/src/channels/channel.ts';
import type { ConnectorIo, RawRequest } from '../../../service/src/connectors/connector.ts';
import { graph } from '../../../service/src/channels/whatsapp/graph.ts';
import { whatsapp } from '../../../service/src/channels/whatsapp/index.ts';
import { systemClock } from '../../../service/src/core/clock.ts';
import { watchedClock } from '../../../service/src/core/watched-clock.ts';
import { GuardedHttp } from '../../../service/src/platform/guarded-http.ts';
import { SANDBOX_DEFAULTS } from '../../sandbox/whatsapp/defaults.ts';
import { startWhatsAppSandbox, type WhatsAppSandbox } from '../../sandbox/whatsapp/sandbox.ts';
import { OUTBOUND_CASES } from './fixtures/outbound.ts';
import { outgoing } from '../../support/outgoing.ts';
import { recipientOf } from '../../support/recipient.ts';

const http = new GuardedHttp({ allow: { loopback: true, private: false, cidrs: [] } });
const io: ConnectorIo = {
  http,
  clock: watchedClock(systemClock),
  log: { info: () => undefined, warn: () => undefined },
};
const USER = '15550001111';
const { media, templates, presence, provisioning, handshake } = whatsapp;
if (!media || !templates || !presence || !provisioning || !handshake) throw new Error('WhatsApp has every power');

let sandbox: WhatsAppSandbox;
let receiver: Server;
let webhookUrl: string;
const events: ChannelEvent[] = [];

const settings = () => {
  const { accessToken, phoneNumberId, wabaId, appId, appSecret, verifyToken } = SANDBOX_DEFAULTS;
  const account = { accessToken, phoneNumberId, wabaId, appId, appSecret, verifyToken };
  return whatsapp.settings.parse({ ...account, baseUrl: sandbox.url });
};

/** What the service does with a webhook, without the ledger. */
function receive(request: RawRequest): string {
  if (request.method === 'GET') return handshake?.answer(request, settings()).body ?? '';
  whatsapp.verify(request, 0, settings());
  events.push(...whatsapp.parse(request, settings()));
  return 'ok';
}

beforeAll(async () => {
  receiver = createServer((incoming, answer) => {
    void buffer(incoming).then((body) => {
      const { searchParams } = new URL(incoming.url ?? '', 'http://127.0.0.1');
      const headers = incoming.headers as Record<string, string>;
      const query = Object.fromEntries(searchParams);
      answer.end(receive({ method: incoming.method ?? '', url: webhookUrl, headers, query, body }));
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  webhookUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/webhooks/whatsapp/e1`;
  sandbox = await startWhatsAppSandbox({
    requireAppSecretProof: true,
    limitPairRate: false,
    throughputPerSecond: null,
  });
});

afterAll(async () => {
  await sandbox.close();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

test('provisioning subscribes app and account, and the handshake proves the URL', async () => {
  const steps = await provisioning.provision(webhookUrl, settings(), io, async (learned) => learned);
  expect(steps.filter(({ ok }) => !ok)).toEqual([]);
  const sent = await sandbox.customer.sends({ from: USER, name: 'Ana', text: 'Olá 👋' });
  expect(sent.status).toBe(200);
  expect(events.at(-1)).toMatchObject({
    type: 'message.received',
    content: { type: 'text', text: 'Olá 👋' },
    opensWindow: 'message',
  });
});

const UPLOADABLE = new Map([
  ['image', 'image/png'],
  ['video', 'video/mp4'],
  ['audio', 'audio/ogg'],
  ['document', 'application/pdf'],
  ['sticker', 'image/webp'],
]);
const file = (mimeType: string) => ({
  stream: () => Readable.from([Buffer.alloc(64, 1)]),
  filename: 'a',
  mimeType,
  bytes: 64,
});

/** Kinds that need nothing in the account but the open window. */
const SENDABLE = OUTBOUND_CASES.filter(
  ({ content }) =>
    !['template', 'reaction', 'native', 'payment_request'].includes(content.type) &&
    !JSON.stringify(content).includes('"mediaId"'),
);

test.each(SENDABLE.map(({ name, content }) => [name, content] as const))('%s is accepted', async (name, content) => {
  const id = `msg_${name}`;
  const receipt = await whatsapp.send(
    outgoing({ id, to: recipientOf(whatsapp, USER, settings()), content }),
    settings(),
    io,
  );
  expect(receipt.identities).toEqual(expect.arrayContaining([{ kind: 'phone', address: USER }]));
  expect(sandbox.acceptedCountFor(id)).toBe(1);
  const read = () =>
    events.find((event) => event.type === 'message.status' && event.correlationId === id && event.status === 'read');
  await expect(sandbox.waitFor(read)).resolves.toMatchObject({ providerMessageId: receipt.providerMessageId });
});

test.each([...UPLOADABLE])('an uploaded %s of type %s is accepted', async (kind, mimeType) => {
  const { providerId } = (await media.upload?.(file(mimeType), settings(), io)) ?? { providerId: '' };
  const content = { type: kind as 'image', mediaId: providerId };
  await whatsapp.send(outgoing({ id: `msg_${kind}`, to: { kind: 'phone', address: USER }, content }), settings(), io);
  expect(sandbox.acceptedCountFor(`msg_${kind}`)).toBe(1);
});

test('a file of a contact is downloaded, read and answered', async () => {
  const sent = await sandbox.customer.sends({
    from: USER,
    image: { content: 'photo', mimeType: 'image/jpeg' },
  });
  const event = events.at(-1);
  if (event?.type !== 'message.received' || event.content.type !== 'image') throw new Error('no image came');
  const { stream, mimeType } = await media.download({ providerId: event.content.media.providerId }, settings(), io);
  expect({ mimeType, body: (await buffer(stream)).toString() }).toEqual({ mimeType: 'image/jpeg', body: 'photo' });
  await presence.markRead({ providerMessageId: sent.id }, true, settings(), io);
  expect(sandbox.listReadMarks().at(-1)).toMatchObject({ messageId: sent.id });
  await expect(media.download({ providerId: '999' }, settings(), io)).rejects.toMatchObject({ code: 'media_gone' });
});

test('a template is created with a sample file, listed, sent with its variables and removed', async () => {
  const { handle } = (await media.uploadExample?.(file('image/png'), settings(), io)) ?? { handle: '' };
  const components = [
    { type: 'HEADER', format: 'IMAGE', example: { header_handle: [handle] } },
    { type: 'BODY', text: 'Hello {{1}}, your order is on its way.', example: { body_text: [['Ana']] } },
    { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'Thanks' }] },
  ];
  const draft = { name: 'on_its_way', language: 'en_US', category: 'UTILITY', components };
  const { id } = await templates.create(draft, settings(), io);
  await sandbox.waitFor(() => events.find((event) => event.type === 'template.status'));
  const page = await templates.list({ name: 'on_its_way' }, settings(), io);
  expect(page.data).toMatchObject([{ id, status: 'APPROVED' }]);
  expect(page.data[0]?.variables.map(({ key }) => key)).toEqual(['header.image', 'body.1', 'button.0.quick_reply']);

  const content = {
    type: 'template' as const,
    name: 'on_its_way',
    language: 'en_US',
    header: { type: 'image' as const, link: 'https://example.com/a.png' },
    body: [{ type: 'text' as const, text: 'Ana' }],
    buttons: [{ type: 'quick_reply' as const, index: 0, payload: 'THANKS' }],
  };
  const to = { kind: 'phone', address: '4915112345678' };
  await whatsapp.send(outgoing({ id: 'msg_template', to, content }), settings(), io);
  expect(sandbox.acceptedCountFor('msg_template')).toBe(1);
  const wrong = { ...content, body: [] };
  await expect(whatsapp.send(outgoing({ id: 'msg_wrong', to, content: wrong }), settings(), io)).rejects.toMatchObject({
    kind: 'invalid',
    details: { providerCode: '132000' },
  });
  await templates.remove({ name: 'on_its_way' }, settings(), io);
  expect((await templates.list({ name: 'on_its_way' }, settings(), io)).data).toEqual([]);
});

test('outside the window a text is refused as session_closed', async () => {
  const text = { type: 'text' as const, text: 'Hi' };
  const stranger = { kind: 'phone', address: '4915112345679' };
  await expect(
    whatsapp.send(outgoing({ id: 'msg_closed', to: stranger, content: text }), settings(), io),
  ).rejects.toMatchObject({
    kind: 'session_closed',
    details: { providerCode: '131047' },
  });
});

test('what was set up is taken back, and nobody is called any more', async () => {
  const override = { override_callback_uri: webhookUrl, verify_token: SANDBOX_DEFAULTS.verifyToken };
  const json = { webhook_configuration: override };
  await graph({ method: 'POST', path: SANDBOX_DEFAULTS.phoneNumberId, json }, settings(), io);
  const removal = { webhookUrls: [webhookUrl], others: [] };
  const steps = ['number_override', 'account_subscription', 'app_callback'].map((step) => ({ step, ok: true }));
  expect(await provisioning.remove?.(removal, settings(), io)).toEqual(steps);
  expect((await sandbox.customer.sends({ from: USER, text: 'Anybody?' })).status).toBeUndefined();
  const written = sandbox.requests().filter(({ method }) => method !== 'GET').length;
  expect(await provisioning.remove?.(removal, settings(), io)).toEqual(steps);
  expect(sandbox.requests().filter(({ method }) => method !== 'GET')).toHaveLength(written);
});

test('a WABA that was never switched on is, before its number is sent here past the callback of somebody else', async () => {
  const elsewhere = new URL('/crm', webhookUrl).href;
  const { appId, verifyToken } = SANDBOX_DEFAULTS;
  const object = 'whatsapp_business_account';
  const json = { object, callback_url: elsewhere, verify_token: verifyToken, fields: 'messages' };
  await graph({ method: 'POST', path: `${appId}/subscriptions`, as: 'app', json }, settings(), io);
  const steps = await provisioning.provision(webhookUrl, settings(), io, async (learned) => learned);
  expect(steps.filter(({ ok }) => !ok).map(({ step }) => step)).toEqual(['app_callback']);
  expect((await sandbox.customer.sends({ from: USER, text: 'Here?' })).status).toBe(200);
  expect(events.at(-1)).toMatchObject({ type: 'message.received', content: { text: 'Here?' } });
});
