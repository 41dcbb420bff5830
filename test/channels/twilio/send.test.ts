import type { OutgoingMessage } from '../../../service/src/channels/channel.ts';
import { shapeName } from '../../../service/src/channels/twilio/contents.ts';
import { twilioSms, twilioWhatsApp } from '../../../service/src/channels/twilio/index.ts';
import { SendError } from '../../../service/src/core/errors.ts';
import { inOrder, json, NOW } from '../../conformance/fake-io.ts';
import { outgoing } from '../../support/outgoing.ts';
import { PLAIN, STORED, WHATSAPP_ONLY } from './fixtures/outbound.ts';
import {
  created,
  CREDENTIAL,
  formOf,
  MESSAGES,
  SERVICE_SID,
  SMS,
  smsWith,
  TOKEN,
  twilioError,
  WHATSAPP,
  whatsappWith,
} from './support.ts';

const ANA = { kind: 'phone', address: '15550001111' };
const callbackOf = (sender: string) =>
  `https://parley.example.com/webhooks/channel/endpoint?message=msg_1&sender=${encodeURIComponent(sender)}#rc=5&rp=all`;
const text = { type: 'text', text: 'hello' } as const;
const message = (change: Partial<OutgoingMessage> = {}): OutgoingMessage =>
  outgoing({ id: 'msg_1', to: ANA, content: text, ...change });
const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

test.each([...PLAIN, ...WHATSAPP_ONLY].map(({ name, content, says }) => [name, content, says] as const))(
  '%s on WhatsApp is one request',
  async (_name, content, says) => {
    const { io, requests } = inOrder(created());
    await expect(twilioWhatsApp.send(message({ content }), WHATSAPP, io)).resolves.toEqual({
      providerMessageId: 'SM00000000000000000000000000000020',
    });
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({ method: 'POST', url: MESSAGES });
    const addressed = {
      To: 'whatsapp:+15550001111',
      From: 'whatsapp:+14155238886',
      StatusCallback: callbackOf('+14155238886'),
    };
    expect(formOf(requests[0])).toEqual({ ...addressed, ...says });
  },
);

test.each(PLAIN.map(({ name, content, says }) => [name, content, says] as const))(
  '%s by SMS is one request',
  async (_name, content, says) => {
    const { io, requests } = inOrder(created());
    await twilioSms.send(message({ content, to: { kind: 'phone', address: '+15550001111' } }), SMS, io);
    const addressed = { To: '+15550001111', From: '+15550002222', StatusCallback: callbackOf('+15550002222') };
    expect(formOf(requests[0])).toEqual({ ...addressed, ...says });
  },
);

test('goes out as a form with the API key, or else with the token', async () => {
  const { io, requests } = inOrder(created(), created());
  await twilioSms.send(message(), SMS, io);
  await twilioSms.send(message(), smsWith({ apiKeySid: undefined, apiKeySecret: undefined }), io);
  expect(requests.map(({ headers }) => headers?.['authorization'])).toEqual([
    basic(CREDENTIAL.apiKeySid, CREDENTIAL.apiKeySecret),
    basic(CREDENTIAL.accountSid, TOKEN),
  ]);
  expect(requests[0]?.headers?.['content-type']).toBe('application/x-www-form-urlencoded');
});

test('a user id is no number', async () => {
  const { io, requests } = inOrder(created());
  await twilioWhatsApp.send(message({ to: { kind: 'user_id', address: 'US.134912' } }), WHATSAPP, io);
  expect(formOf(requests[0])['To']).toBe('whatsapp:US.134912');
});

test('the URL of the service keeps its own query', async () => {
  const { io, requests } = inOrder(created());
  await twilioSms.send(message({ webhookUrl: 'https://h.example/in?a=b+c' }), SMS, io);
  expect(formOf(requests[0])['StatusCallback']).toBe(
    'https://h.example/in?a=b+c&message=msg_1&sender=%2B15550002222#rc=5&rp=all',
  );
});

describe('a stored content', () => {
  const types = STORED.map(({ content, types, variables }) => [content.type, content, types, variables] as const);

  test.each(types)('for %s is made once and used from then on', async (_kind, content, shape, variables) => {
    const name = shapeName(shape as never);
    const { io, requests } = inOrder(json(200, { contents: [] }), json(201, { sid: 'HX1' }), created());
    await twilioWhatsApp.send(message({ content }), WHATSAPP, io);
    const [search, create, send] = requests;
    expect(search).toMatchObject({ method: 'GET', url: 'https://content.twilio.com/v2/Content' });
    expect(search?.query).toEqual({ ContentName: name, PageSize: 500 });
    expect(create).toMatchObject({ method: 'POST', json: { friendly_name: name, language: 'en', types: shape } });
    expect(Object.keys((create?.json as { variables: object }).variables)).toEqual(Object.keys(variables));
    const form = formOf(send);
    expect(form).toMatchObject({ ContentSid: 'HX1' });
    expect(JSON.parse(String(form['ContentVariables']))).toEqual(variables);

    const known = {
      contents: [
        { sid: 'HX0', friendly_name: `${name}2` },
        { sid: 'HX1', friendly_name: name },
      ],
    };
    const second = inOrder(json(200, known), created());
    await twilioWhatsApp.send(message({ content }), WHATSAPP, second.io);
    expect(second.requests.map(({ method }) => method)).toEqual(['GET', 'POST']);
    expect(formOf(second.requests[1])).toMatchObject({ ContentSid: 'HX1' });
  });

  test('has the same name for other words of the same shape, another for another shape', () => {
    const [buttons, list] = STORED;
    expect(shapeName(buttons?.types as never)).toBe(shapeName(structuredClone(buttons?.types) as never));
    expect(shapeName(buttons?.types as never)).not.toBe(shapeName(list?.types as never));
    expect(shapeName(buttons?.types as never)).toMatch(/^parley_quick_reply_[0-9a-f]{16}$/);
  });

  test.each([
    ['looking for it', [new SendError('uncertain', 'reset')]],
    ['making it', [json(200, { contents: [] }), new SendError('uncertain', 'reset')]],
    ['a gateway while making it', [json(200, { contents: [] }), json(502, 'bad gateway')]],
    ['an answer without a SID', [json(200, { contents: [] }), json(201, {})]],
  ])('%s: what fails then is not sent, so it is safe to send again', async (_name, answers) => {
    const { io, requests } = inOrder(...answers);
    const content = STORED[0]?.content ?? text;
    await expect(twilioWhatsApp.send(message({ content }), WHATSAPP, io)).rejects.toMatchObject({
      kind: 'unreachable',
    });
    expect(requests).toHaveLength(answers.length);
  });
});

describe('what concerns one message does not stop the others', () => {
  const options = { messagingServiceSid: SERVICE_SID };
  test.each([
    ['a service that was named for it', 'twilio_sms', { options }, SMS, [twilioError(21705)], 'message'],
    ['the service of the account', 'twilio_sms', {}, smsWith(options), [twilioError(21705)], undefined],
    [
      'contents',
      'twilio_whatsapp',
      { content: STORED[0]?.content ?? text },
      WHATSAPP,
      [twilioError(20003, 403)],
      'message',
    ],
    [
      'the key',
      'twilio_whatsapp',
      { content: STORED[0]?.content ?? text },
      WHATSAPP,
      [twilioError(20003, 401)],
      undefined,
    ],
  ] as const)('%s', async (_name, id, change, settings, answers, scope) => {
    const channel = id === 'twilio_sms' ? twilioSms : twilioWhatsApp;
    const error = await channel.send(message(change), settings, inOrder(...answers).io).catch((caught) => caught);
    expect(error).toMatchObject({ kind: 'settings' });
    expect(error.details.scope).toBe(scope);
  });
});

describe('a template by name', () => {
  const content = { type: 'template', name: 'order_update', language: 'de' } as const;
  const found = (...languages: string[]) =>
    json(200, {
      contents: languages.map((language) => ({ sid: `HX_${language}`, friendly_name: 'order_update', language })),
    });

  test('is looked up in its language', async () => {
    const { io, requests } = inOrder(found('en', 'de'), created());
    await twilioWhatsApp.send(message({ content }), WHATSAPP, io);
    expect(requests[0]?.query).toEqual({ ContentName: 'order_update', PageSize: 500 });
    expect(formOf(requests[1])).toMatchObject({ ContentSid: 'HX_de' });
  });

  test.each([
    ['is not there', found(), /no content/],
    ['has other languages', found('en', 'fr'), /en, fr only/],
  ])('that %s is invalid', async (_name, answer, words) => {
    const { io } = inOrder(answer);
    const error: unknown = await twilioWhatsApp.send(message({ content }), WHATSAPP, io).catch((e: unknown) => e);
    expect(error).toMatchObject({ kind: 'invalid', message: expect.stringMatching(words) });
  });
});

describe('options', () => {
  const at = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString();
  const read = (options: unknown) => twilioSms.sendOptions?.safeParse(options).success;

  test.each([
    [{}, true],
    [{ messagingServiceSid: SERVICE_SID, sendAt: at(20), validityPeriodSeconds: 36_000 }, true],
    [{ smartEncoded: true, shortenUrls: true, sendAsMms: true, riskCheck: 'disable' }, true],
    [{ sendAt: '2026-12-24T18:00:00+01:00' }, true],
    [{ sendAt: 'soon' }, false],
    [{ sendAt: '2026-12-24T18:00:00' }, false],
    [{ sendAt: '2026-12-24' }, false],
    [{ sendAt: '1' }, false],
    [{ validityPeriodSeconds: 36_001 }, false],
    [{ messagingServiceSid: 'MG' }, false],
    [{ maxPrice: 1 }, false],
  ])('%j: %s', (options, isGood) => {
    expect(read(options)).toBe(isGood);
  });

  test('of SMS are not those of WhatsApp', () => {
    expect(twilioWhatsApp.sendOptions?.safeParse({ shortenUrls: true }).success).toBe(false);
  });

  test('become parameters', async () => {
    const { io, requests } = inOrder(created());
    const options = { sendAt: at(20), validityPeriodSeconds: 60, shortenUrls: true, smartEncoded: false };
    await twilioSms.send(message({ options }), smsWith({ messagingServiceSid: SERVICE_SID }), io);
    expect(formOf(requests[0])).toMatchObject({
      ...{ From: '+15550002222', MessagingServiceSid: SERVICE_SID, ScheduleType: 'fixed', SendAt: at(20) },
      ...{ ValidityPeriod: '60', ShortenUrls: 'true', SmartEncoded: 'false' },
    });
  });

  test("a message's own Messaging Service chooses its sender by SMS, on WhatsApp the account has one", async () => {
    const { io, requests } = inOrder(created(), created());
    const options = { messagingServiceSid: 'MG00000000000000000000000000000002' };
    await twilioSms.send(message({ options }), SMS, io);
    await twilioWhatsApp.send(message({ options }), WHATSAPP, io);
    expect(formOf(requests[0])).not.toHaveProperty('From');
    expect(formOf(requests[1])).toMatchObject({
      From: 'whatsapp:+14155238886',
      ...{ MessagingServiceSid: options.messagingServiceSid },
    });
  });

  test.each([
    ['without a Messaging Service', {}, 20],
    ['that is over', { messagingServiceSid: SERVICE_SID }, -1],
    ['too late', { messagingServiceSid: SERVICE_SID }, 35 * 24 * 60 + 16],
  ])('a time %s is invalid, and nothing is asked', async (_name, change, minutes) => {
    const { io, requests } = inOrder();
    const sending = twilioWhatsApp.send(message({ options: { sendAt: at(minutes) } }), whatsappWith(change), io);
    await expect(sending).rejects.toMatchObject({ kind: 'invalid' });
    expect(requests).toEqual([]);
  });

  test.each([
    ['soon', 5],
    ['late', 35 * 24 * 60 + 10],
  ])('a time that may be too %s only because clocks differ is left to Twilio', async (_name, minutes) => {
    const { io, requests } = inOrder(created());
    const options = { messagingServiceSid: SERVICE_SID, sendAt: at(minutes) };
    await twilioSms.send(message({ options }), SMS, io);
    expect(formOf(requests[0])).toMatchObject({ SendAt: at(minutes) });
  });
});

test('reading and typing are one call', async () => {
  const { io, requests } = inOrder(json(200, { success: true }));
  const seen = { providerMessageId: 'SM00000000000000000000000000000012' };
  await twilioWhatsApp.presence?.markRead(seen, true, WHATSAPP, io);
  expect(requests[0]).toMatchObject({
    method: 'POST',
    url: 'https://messaging.twilio.com/v2/Indicators/Typing.json',
  });
  expect(formOf(requests[0])).toEqual({ channel: 'whatsapp', messageId: seen.providerMessageId });
  expect(twilioSms.presence).toBeUndefined();
});

describe('actions', () => {
  const run = (channel: typeof twilioSms, name: string, input: object, settings = SMS, ...answers: never[]) =>
    channel.actions?.[name]?.run(input as never, settings, inOrder(...answers).io);

  test.each([
    [twilioSms, SMS, {}, 'sms:+15550002222'],
    [twilioSms, SMS, { text: 'Hi & bye' }, 'sms:+15550002222?&body=Hi%20%26%20bye'],
    [twilioWhatsApp, WHATSAPP, {}, 'https://wa.me/14155238886'],
    [twilioWhatsApp, WHATSAPP, { text: 'Hi & bye' }, 'https://wa.me/14155238886?text=Hi%20%26%20bye'],
  ])('make a link', async (channel, settings, input, url) => {
    await expect(run(channel, 'link.make', input, settings)).resolves.toEqual({ url });
  });

  test('a Messaging Service has no link', async () => {
    const settings = smsWith({ from: undefined, messagingServiceSid: SERVICE_SID });
    await expect(run(twilioSms, 'link.make', {}, settings)).rejects.toMatchObject({ kind: 'invalid' });
  });

  test('a name has no link: nobody can write to it', async () => {
    await expect(run(twilioSms, 'link.make', {}, smsWith({ from: 'MyShop' }))).rejects.toMatchObject({
      ...{ kind: 'invalid', message: expect.stringMatching(/a name/) },
    });
    await expect(run(twilioSms, 'link.make', {}, smsWith({ from: '55512' }))).resolves.toEqual({ url: 'sms:55512' });
  });

  test('cancel a scheduled message', async () => {
    const { io, requests } = inOrder(json(200, { sid: 'SM1', status: 'canceled' }));
    const messageId = 'SM00000000000000000000000000000020';
    const cancel = twilioSms.actions?.['message.cancel'];
    expect(cancel?.input.safeParse({ messageId: '../Accounts' }).success).toBe(false);
    await expect(cancel?.run({ messageId }, SMS, io)).resolves.toEqual({ status: 'canceled' });
    expect(requests[0]?.url).toBe(MESSAGES.replace('.json', `/${messageId}.json`));
    expect(formOf(requests[0])).toEqual({ Status: 'canceled' });
  });
});

describe('a refusal', () => {
  const refused = async (...answers: Parameters<typeof inOrder>) =>
    twilioSms.send(message(), SMS, inOrder(...answers).io).catch((error: unknown) => error);

  test.each([
    [twilioError(20429, 429), { kind: 'throttled', details: { retryAfterMs: 1_000, scope: 'account' } }],
    [twilioError(20429, 429, 'x', { 'retry-after': '7' }), { kind: 'throttled', details: { retryAfterMs: 7_000 } }],
    [twilioError(20500, 500), { kind: 'uncertain' }],
    [twilioError(20503, 503), { kind: 'uncertain' }],
    [json(502, '<html>'), { kind: 'uncertain' }],
    [json(503, '<html>'), { kind: 'uncertain' }],
    [json(408, undefined), { kind: 'uncertain' }],
    [json(401, undefined), { kind: 'settings' }],
    [twilioError(21610), { kind: 'opted_out', details: { providerCode: '21610' } }],
    [twilioError(21608), { kind: 'settings', details: { scope: 'message' } }],
    [twilioError(12345), { kind: 'rejected', details: { providerCode: '12345' } }],
  ])('%#', async (answer, error) => {
    expect(await refused(answer)).toMatchObject(error);
  });

  test("names Twilio's request", async () => {
    const answer = twilioError(21211, 400, 'x', { 'twilio-request-id': 'RQ1' });
    expect(await refused(answer)).toMatchObject({ details: { traceId: 'RQ1' } });
  });
});
