/** The channels against the strict stand-in, over real loopback HTTP and the service's own HTTP client. */
import { text } from 'node:stream/consumers';
import type { ConnectorIo } from '../../../service/src/connectors/connector.ts';
import { twilioSms, twilioWhatsApp } from '../../../service/src/channels/twilio/index.ts';
import { systemClock } from '../../../service/src/core/clock.ts';
import { watchedClock } from '../../../service/src/core/watched-clock.ts';
import { GuardedHttp } from '../../../service/src/platform/guarded-http.ts';
import { TWILIO_DEFAULTS } from '../../sandbox/twilio/defaults.ts';
import { startTwilioSandbox, type TwilioSandbox } from '../../sandbox/twilio/sandbox.ts';
import { outgoing } from '../../support/outgoing.ts';
import { PLAIN, STORED, WHATSAPP_ONLY } from './fixtures/outbound.ts';
import { recipientOf } from '../../support/recipient.ts';

const http = new GuardedHttp({ allow: { loopback: true, private: false, cidrs: [] } });
const io: ConnectorIo = {
  http,
  clock: watchedClock(systemClock),
  log: { info: () => undefined, warn: () => undefined },
};
const { accountSid, authToken, smsNumber, whatsappSender, messagingServiceSid } = TWILIO_DEFAULTS;
const ANA = '15550001111';

let sandbox: TwilioSandbox;
beforeAll(async () => {
  sandbox = await startTwilioSandbox();
  await sandbox.customer.sends({ from: ANA, text: 'hi' });
});
afterAll(async () => {
  await sandbox.close();
  http.close();
});

const sms = () => twilioSms.settings.parse({ accountSid, authToken, from: smsNumber, baseUrl: sandbox.url });
const whatsapp = () =>
  twilioWhatsApp.settings.parse({ accountSid, authToken, from: whatsappSender, baseUrl: sandbox.url });
const webhookUrl = 'http://127.0.0.1:1/in';

const contents = [...PLAIN, ...WHATSAPP_ONLY].map(({ name, content }) => [name, content] as const);
const SENDABLE = [...contents, ...STORED.map(({ content }) => [content.type, content] as const)].filter(
  ([, content]) => content.type !== 'template' && content.type !== 'native',
);

test.each(SENDABLE)('%s is accepted on WhatsApp', async (name, content) => {
  const id = `msg_${name.replaceAll(' ', '_')}`;
  const to = recipientOf(twilioWhatsApp, ANA, whatsapp());
  await twilioWhatsApp.send(outgoing({ id, to, content, webhookUrl }), whatsapp(), io);
  expect(sandbox.acceptedCountFor(id)).toBe(1);
});

test.each(
  PLAIN.filter(({ content }) => content.type !== 'template').map(({ name, content }) => [name, content] as const),
)('%s is accepted by SMS', async (name, content) => {
  const id = `sms_${name.replaceAll(' ', '_')}`;
  const to = recipientOf(twilioSms, ANA, sms());
  await twilioSms.send(outgoing({ id, to, content, webhookUrl }), sms(), io);
  expect(sandbox.acceptedCountFor(id)).toBe(1);
});

test('shapes are stored once, whatever is said', async () => {
  const buttons = (word: string) => ({ type: 'buttons' as const, text: word, buttons: [{ id: word, title: word }] });
  const to = recipientOf(twilioWhatsApp, ANA, whatsapp());
  const before = sandbox.contents.list().length;
  for (const word of ['one', 'two']) {
    await twilioWhatsApp.send(outgoing({ id: `msg_${word}`, to, content: buttons(word), webhookUrl }), whatsapp(), io);
  }
  expect(sandbox.contents.list()).toHaveLength(before + 1);
  expect(sandbox.listReceivedMessages().at(-1)?.rendered).toMatchObject({ body: 'two', actions: [{ id: 'two' }] });
});

test('a template is made, approved, listed, read, sent and removed', async () => {
  const { templates } = twilioWhatsApp;
  if (templates === undefined) throw new Error('It has templates');
  const components = [{ type: 'BODY', text: 'Dear {{1}}, thank you.', example: { body_text: [['Ana']] } }];
  const created = await templates.create(
    { name: 'thanks', language: 'en', category: 'UTILITY', components },
    whatsapp(),
    io,
  );
  expect(created).toMatchObject({ status: 'RECEIVED', category: 'UTILITY' });
  const { data } = await templates.list({ status: 'APPROVED', name: 'thanks' }, whatsapp(), io);
  expect(data).toMatchObject([{ id: created.id, status: 'APPROVED', variables: [{ name: '1', example: 'Ana' }] }]);
  await expect(templates.get(created.id, whatsapp(), io)).resolves.toEqual(data[0]);
  const content = {
    type: 'template' as const,
    name: 'thanks',
    language: 'en',
    body: [{ type: 'text' as const, text: 'Ben' }],
  };
  const stranger = recipientOf(twilioWhatsApp, '+15550007777', whatsapp());
  await twilioWhatsApp.send(outgoing({ id: 'msg_t', to: stranger, content, webhookUrl }), whatsapp(), io);
  expect(sandbox.listReceivedMessages().at(-1)).toMatchObject({ body: 'Dear Ben, thank you.' });
  await templates.remove({ name: 'thanks' }, whatsapp(), io);
  await expect(templates.get(created.id, whatsapp(), io)).rejects.toMatchObject({ kind: 'rejected' });
});

test('templates are listed to their end', async () => {
  for (let n = 0; n < 5; n++) {
    sandbox.contents.seed({ friendlyName: `many_${n}`, types: { 'twilio/text': { body: 'x' } }, category: 'UTILITY' });
  }
  const names: string[] = [];
  let after: string | undefined;
  do {
    const query = { name: 'many_', limit: 2, ...(after !== undefined && { after }) };
    const page = await twilioWhatsApp.templates?.list(query, whatsapp(), io);
    names.push(...(page?.data ?? []).map(({ name }) => name));
    after = page?.next;
  } while (after !== undefined);
  expect(names).toEqual(['many_0', 'many_1', 'many_2', 'many_3', 'many_4']);
});

test('a file is fetched from the storage, and waited for while its message is new', async () => {
  sandbox.settings.mediaMisses = 1;
  const { id } = await sandbox.customer.sends({ from: ANA, files: [{ mimeType: 'image/png', content: 'png' }] });
  const url = (): string => {
    const delivery = sandbox.webhooks.deliveries.at(-1);
    return new URLSearchParams(delivery?.body.toString()).get('MediaUrl0') ?? '';
  };
  expect(id).toMatch(/^SM/);
  sandbox.subscribe(webhookUrl);
  await sandbox.customer.sends({ from: ANA, files: [{ mimeType: 'image/png', content: 'png' }] });
  await expect(twilioWhatsApp.media?.download({ providerId: url() }, whatsapp(), io)).rejects.toMatchObject({
    kind: 'unreachable',
  });
  const file = await twilioWhatsApp.media?.download({ providerId: url() }, whatsapp(), io);
  expect(file).toMatchObject({ mimeType: 'image/png', bytes: 3 });
  expect(file && (await text(file.stream))).toBe('png');
});

test('everything is set up, and messages come to the new URL', async () => {
  const url = 'http://127.0.0.1:1/other';
  const steps = [
    ...((await twilioSms.provisioning?.provision(
      url,
      { ...sms(), messagingServiceSid },
      io,
      async (learned) => learned,
    )) ?? []),
    ...((await twilioWhatsApp.provisioning?.provision(url, whatsapp(), io, async (learned) => learned)) ?? []),
  ];
  expect(steps.filter(({ ok }) => !ok)).toEqual([]);
  const { numbers, senders } = sandbox.configured();
  expect(numbers[0]?.smsUrl).toBe(`${url}#rc=5&rp=all`);
  expect(senders[0]?.callbackUrl).toBe(`${url}#rc=5&rp=all`);
});

test('what was set up is taken back, and nobody is called any more', async () => {
  const removal = { webhookUrls: ['http://127.0.0.1:1/other'], others: [] };
  const steps = [
    ...((await twilioSms.provisioning?.remove?.(removal, { ...sms(), messagingServiceSid }, io)) ?? []),
    ...((await twilioWhatsApp.provisioning?.remove?.(removal, whatsapp(), io)) ?? []),
  ];
  expect(steps).toEqual(['number', 'messaging_service', 'sender'].map((step) => ({ step, ok: true })));
  const { numbers, senders, services } = sandbox.configured();
  expect([numbers[0]?.smsUrl, services[0]?.inboundUrl, senders[0]?.callbackUrl]).toEqual(['', '', '']);
});
