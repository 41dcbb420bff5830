/** The trigger in n8n's real engine, against a stand-in of the service. */
import type { ParleyEvent } from '../../contract/event.ts';
import { type Engine, startEngine, type WorkflowJson } from '../support/engine/engine.ts';
import { PACKAGE_DIR } from '../support/paths.ts';
import { type Forgery, StubService, type StubSubscription } from '../support/stub-service.ts';

const NAME = 'WhatsApp Business Trigger';
const NUMBER = '106540352242922';
const ACCOUNT = `whatsapp/${NUMBER}`;

let service: StubService;
let engine: Engine;
const parleyApi: Record<string, string> = {};

beforeAll(async () => {
  service = await new StubService().start();
  const whatsAppCloudApi = {
    accessToken: 'at',
    phoneNumberId: NUMBER,
    wabaId: '1',
    appSecret: 's1, s2',
    verifyToken: '',
  };
  engine = await startEngine({ packageDir: PACKAGE_DIR, credentials: { parleyApi, whatsAppCloudApi } });
});

afterAll(async () => {
  await engine.close();
  await service.stop();
});

beforeEach(() => {
  Object.assign(parleyApi, { url: service.url, apiKey: service.key });
  service.calls.length = 0;
  service.accounts.clear();
  service.subscriptions.clear();
  service.provisioning = [];
  engine.executions.length = 0;
});

function workflow(parameters: object = {}): WorkflowJson {
  const credentials = { parleyApi: { id: '1', name: 'p' }, whatsAppCloudApi: { id: '2', name: 'w' } };
  return {
    nodes: [{ name: NAME, type: 'n8n-nodes-parley.whatsAppTrigger', parameters: { ...parameters }, credentials }],
  };
}

function textEvent(id: string, text: string): ParleyEvent {
  return {
    id,
    type: 'message.received',
    at: '2026-11-22T10:00:00.000Z',
    channel: 'whatsapp',
    account: { id: 'acc_1', externalId: NUMBER },
    contact: { id: 'con_1', identities: [{ kind: 'phone', address: '15550001111' }] },
    message: {
      id: `msg_${id}`,
      providerMessageId: id,
      content: { type: 'text', text },
      sentAt: '2026-11-22T10:00:00.000Z',
    },
  };
}

function imageEvent(mediaId: string): ParleyEvent {
  const content = { type: 'image' as const, media: { id: mediaId, mimeType: 'image/png', filename: 'cat.png' } };
  const event = textEvent('evt_image', '');
  return { ...event, message: { ...event.message, content } as ParleyEvent['message'] };
}

async function active(
  parameters: object = {},
): Promise<{ subscription: StubSubscription; deactivate(): Promise<void> }> {
  const activation = await engine.activate(workflow(parameters));
  return { subscription: service.subscriptionAt(activation.urls[NAME] ?? ''), deactivate: activation.deactivate };
}

async function items(count = 1) {
  const done = await engine.waitForExecution((each) => each.status !== 'running');
  expect(done).toMatchObject({ status: 'success' });
  expect(engine.executions).toHaveLength(count);
  return done.items(NAME);
}

describe('activating', () => {
  test('registers the account from the credential and subscribes to messages', async () => {
    const { subscription } = await active();
    const registered = service.accounts.get(ACCOUNT);
    expect(registered?.settings).toMatchObject({ accessToken: 'at', phoneNumberId: NUMBER, appSecret: ['s1', 's2'] });
    expect(registered?.settings).not.toHaveProperty('verifyToken');
    expect(subscription).toEqual({
      id: subscription.id,
      secret: subscription.secret,
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/webhook\/[0-9a-f-]{36}\/parley$/) as string,
      events: ['message.received'],
      account: { channel: 'whatsapp', externalId: NUMBER, settingsDigest: expect.any(String) as string },
      includeAwaited: false,
      includeHandedOff: false,
      includeRaw: false,
      maxBatch: 1,
    });
  });

  test('asks for what the parameters say', async () => {
    const { subscription } = await active({
      events: ['messageReceived', 'messageChanged', 'messageStatus', 'template', 'account'],
      messageKinds: ['button', 'list'],
      statuses: ['failed'],
      options: { maxBatch: 20, includeRaw: true, includeAwaited: true, includeHandedOff: true },
    });
    expect([...subscription.events].sort()).toEqual([
      ...['account.alert', 'account.changed', 'message.deleted', 'message.edited', 'message.received'],
      ...['message.status', 'template.changed', 'template.quality', 'template.status'],
    ]);
    expect(subscription).toMatchObject({ messageKinds: ['button', 'list'], statuses: ['failed'], maxBatch: 20 });
    expect(subscription).toMatchObject({ includeRaw: true, includeAwaited: true, includeHandedOff: true });
  });

  test('statuses leave out the steps on the way unless chosen', async () => {
    const { subscription } = await active({ events: ['messageStatus'] });
    expect(subscription.statuses).toEqual(['delivered', 'read', 'failed', 'unknown']);
  });

  test('after a restart of n8n the subscription goes on', async () => {
    const saved = workflow();
    await engine.activate(saved);
    const before = [...service.subscriptions.keys()];
    await engine.activate(saved);
    expect([...service.subscriptions.keys()]).toEqual(before);
  });

  test('changed parameters replace the subscription', async () => {
    const saved = workflow();
    const first = await engine.activate(saved);
    Object.assign(saved.nodes[0] ?? {}, { parameters: { events: ['call'] } });
    await engine.activate(saved);
    expect(service.subscriptionAt(first.urls[NAME] ?? '').events).toEqual(['call']);
  });

  test('a subscription that the service ended is made again', async () => {
    const saved = workflow();
    await engine.activate(saved);
    service.subscriptions.clear();
    const again = await engine.activate(saved);
    expect(service.subscriptionAt(again.urls[NAME] ?? '').events).toEqual(['message.received']);
  });
});

describe('activating fails with an error that says what to do', () => {
  test.each([
    [
      'the service is down',
      { url: 'http://127.0.0.1:1' },
      {},
      /cannot be reached at http:\/\/127\.0\.0\.1:1/,
      /npm start/,
    ],
    ['the key is wrong', { apiKey: 'other' }, {}, /did not accept the API key/, /Parley API/],
    ['no event is chosen', {}, { events: [] }, /No event is chosen/, /Events/],
  ])('%s', async (_, credential, parameters, message, description) => {
    Object.assign(parleyApi, credential);
    const failure = await engine.activate(workflow(parameters)).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      message: expect.stringMatching(message) as string,
      description: expect.stringMatching(description) as string,
    });
    expect(service.subscriptions.size).toBe(0);
  });

  test('the provider refused the webhook: what is missing, and the URL for doing it by hand', async () => {
    service.provisioning = [
      { step: 'Callback URL', ok: true },
      { step: 'Subscribe the app', ok: false, detail: 'the token lacks whatsapp_business_management' },
    ];
    await expect(engine.activate(workflow())).rejects.toMatchObject({
      message: 'Messages cannot arrive yet: Subscribe the app: the token lacks whatsapp_business_management',
      description: expect.stringContaining(`${service.url}/webhooks/${ACCOUNT}`) as string,
    });
    expect(service.subscriptions.size).toBe(0);
  });

  test('unless the user set up the webhook by hand', async () => {
    service.provisioning = [{ step: 'Callback URL', ok: false, detail: 'App ID is missing' }];
    const { subscription } = await active({ options: { ifSetUpFails: 'start' } });
    expect(subscription.events).toEqual(['message.received']);
  });
});

describe('deactivating', () => {
  test('ends the subscription, and only that', async () => {
    const other = await active();
    const { deactivate } = await active();
    await deactivate();
    expect([...service.subscriptions.values()]).toEqual([other.subscription]);
  });

  test('is content when the service knows nothing of it', async () => {
    const { deactivate } = await active();
    service.subscriptions.clear();
    await expect(deactivate()).resolves.toBeUndefined();
  });

  test('while the service is down leaves a subscription that the next activation ends', async () => {
    const saved = workflow();
    const { deactivate, urls } = await engine.activate(saved);
    const { id } = service.subscriptionAt(urls[NAME] ?? '');
    parleyApi['url'] = 'http://127.0.0.1:1';
    await expect(deactivate()).rejects.toThrow('cannot be reached');
    parleyApi['url'] = service.url;
    Object.assign(saved, { staticData: {} });
    await engine.activate(saved);
    expect(service.subscriptionAt(urls[NAME] ?? '').id).not.toBe(id);
  });
});

describe('listening', () => {
  test('a test listener and the active workflow do not touch each other', async () => {
    const saved = workflow();
    const production = service.subscriptionAt((await engine.activate(saved)).urls[NAME] ?? '');
    const listener = service.subscriptionAt((await engine.activate(saved, { test: true })).urls[NAME] ?? '');
    expect(listener.url).toContain('/webhook-test/');
    expect(listener.secret).not.toBe(production.secret);

    expect((await service.deliver(listener, [textEvent('e1', 'to the test')])).status).toBe(200);
    await engine.waitForExecution((each) => each.mode === 'manual' && each.status === 'success');
    await service.until(() => !service.subscriptions.has(listener.id));
    expect([...service.subscriptions.keys()]).toEqual([production.id]);

    expect((await service.deliver(production, [textEvent('e2', 'to production')])).status).toBe(200);
    const live = await engine.waitForExecution((each) => each.mode === 'webhook' && each.status === 'success');
    expect(live.items(NAME)).toMatchObject([{ json: { text: 'to production' } }]);
    expect((await service.deliver(production, [textEvent('e3', 'x')], { secret: listener.secret })).status).toBe(401);
  });

  test('several workflows listen to one number, each with its own secret', async () => {
    const [first, second] = [await active(), await active()];
    expect((await service.deliver(first.subscription, [textEvent('e1', 'one')])).status).toBe(200);
    expect((await service.deliver(second.subscription, [textEvent('e1', 'one')])).status).toBe(200);
    const crossed = await service.deliver(first.subscription, [textEvent('e2', 'x')], {
      secret: second.subscription.secret,
    });
    expect(crossed.status).toBe(401);
    await items(2);
  });

  test('a batch is one execution with one item per event, in order', async () => {
    const { subscription } = await active({ options: { maxBatch: 50 } });
    const events = Array.from({ length: 12 }, (_, index) => textEvent(`e${String(index)}`, `text ${String(index)}`));
    await service.deliver(subscription, events);
    const json = (await items()).map((item) => item.json);
    expect(json.map((each) => each['eventId'])).toEqual(events.map((event) => event.id));
    expect(json[0]).toMatchObject({ event: 'message.received', from: '15550001111', text: 'text 0', kind: 'text' });
  });

  test('a repeated event is passed on, with the same id', async () => {
    const { subscription } = await active();
    await service.deliver(subscription, [textEvent('e1', 'again')]);
    await service.deliver(subscription, [textEvent('e1', 'again')]);
    await engine.waitForExecution((each) => each === engine.executions[1] && each.status === 'success');
    expect(engine.executions.map((each) => each.items(NAME)[0]?.json['eventId'])).toEqual(['e1', 'e1']);
  });
});

const MINUTE_MS = 60_000;
const FORGERIES: [string, Forgery | (() => Forgery)][] = [
  ['signed with another secret', { secret: 'whsec_b3RoZXI=' }],
  ['not signed', { headers: () => ({ 'content-type': 'application/json' }) }],
  ['without an id', { headers: ({ 'webhook-id': _, ...others }) => others }],
  ['without a timestamp', { headers: ({ 'webhook-timestamp': _, ...others }) => others }],
  ['signed too long ago', () => ({ at: Date.now() - 6 * MINUTE_MS })],
  ['signed in the future', () => ({ at: Date.now() + 6 * MINUTE_MS })],
  ['changed on the way', { body: (body) => body.replace('hello', 'hullo') }],
  ['cut off', { body: (body) => `${body} ` }],
  ['with a truncated signature', { headers: (all) => ({ ...all, 'webhook-signature': 'v1,AAAA' }) }],
  [
    'of another scheme',
    { headers: (all) => ({ ...all, 'webhook-signature': `v2${String(all['webhook-signature']).slice(2)}` }) },
  ],
];

test.each(FORGERIES)('a delivery %s gets 401 and starts nothing', async (_, forgery) => {
  const { subscription } = await active();
  const answer = await service.deliver(
    subscription,
    [textEvent('e1', 'hello')],
    typeof forgery === 'function' ? forgery() : forgery,
  );
  expect(answer.status).toBe(401);
  expect(await answer.text()).not.toContain(subscription.secret);
  expect(engine.executions).toHaveLength(0);
});

describe('files', () => {
  test('become binary data when asked for', async () => {
    const bytes = Buffer.from('not really a cat');
    service.files.set('med_1', { bytes, mimeType: 'image/png', filename: 'other.png' });
    const { subscription } = await active({ options: { downloadMedia: true } });
    await service.deliver(subscription, [imageEvent('med_1')]);
    const [item] = await items();
    const data = item?.binary?.['data'];
    expect(data).toMatchObject({ fileName: 'cat.png', mimeType: 'image/png' });
    expect(data && (await engine.readBinary(data))).toEqual(bytes);
    expect(item?.json).toMatchObject({ mediaId: 'med_1', kind: 'image' });
  });

  test('that are gone do not take the message with them', async () => {
    const { subscription } = await active({ options: { downloadMedia: true, maxBatch: 2 } });
    await service.deliver(subscription, [imageEvent('med_gone'), textEvent('e2', 'still here')]);
    const [image, text] = await items();
    expect(image?.json).toMatchObject({
      mediaId: 'med_gone',
      mediaError: expect.stringContaining('Not found') as string,
    });
    expect(image?.binary).toBeUndefined();
    expect(text?.json).toMatchObject({ text: 'still here' });
  });

  test('are left where they are otherwise', async () => {
    const { subscription } = await active();
    await service.deliver(subscription, [imageEvent('med_1')]);
    expect((await items())[0]?.binary).toBeUndefined();
    expect(service.calls.filter((call) => call.includes('/v1/media/'))).toEqual([]);
  });
});
