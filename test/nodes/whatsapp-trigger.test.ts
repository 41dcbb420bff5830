/** The trigger's life in n8n's real engine, against a stand-in of the service. */
import { ACCOUNT, type Fixture, NUMBER, startFixture, TRIGGER, workflow } from './trigger-fixture.ts';

let fixture: Fixture;

beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(async () => {
  await fixture.stop();
});
beforeEach(() => {
  fixture.reset();
});

describe('activating', () => {
  test('registers the account from the credential and subscribes to messages', async () => {
    const { subscription } = await fixture.active();
    const registered = fixture.service.accounts.get(ACCOUNT);
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
      confirms: true,
    });
  });

  test('asks for what the parameters say', async () => {
    const { subscription } = await fixture.active({
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
    const { subscription } = await fixture.active({ events: ['messageStatus'] });
    expect(subscription.statuses).toEqual(['delivered', 'read', 'failed', 'unknown']);
  });

  test('after a restart of n8n the subscription goes on', async () => {
    const saved = workflow();
    await fixture.engine.activate(saved);
    const before = [...fixture.service.subscriptions.keys()];
    await fixture.engine.activate(saved);
    expect([...fixture.service.subscriptions.keys()]).toEqual(before);
  });

  test('changed parameters replace the subscription', async () => {
    const saved = workflow();
    const first = await fixture.engine.activate(saved);
    Object.assign(saved.nodes[0] ?? {}, { parameters: { events: ['call'] } });
    await fixture.engine.activate(saved);
    expect(fixture.service.subscriptionAt(first.urls[TRIGGER] ?? '').events).toEqual(['call']);
  });

  test('a subscription that the service ended is made again', async () => {
    const saved = workflow();
    await fixture.engine.activate(saved);
    fixture.service.subscriptions.clear();
    const again = await fixture.engine.activate(saved);
    expect(fixture.service.subscriptionAt(again.urls[TRIGGER] ?? '').events).toEqual(['message.received']);
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
    Object.assign(fixture.parleyApi, credential);
    const failure = await fixture.engine.activate(workflow(parameters)).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      message: expect.stringMatching(message) as string,
      description: expect.stringMatching(description) as string,
    });
    expect(fixture.service.subscriptions.size).toBe(0);
  });

  test('the provider refused the webhook: what is missing, and the URL for doing it by hand', async () => {
    fixture.service.provisioning = [
      { step: 'Callback URL', ok: true },
      { step: 'Subscribe the app', ok: false, detail: 'the token lacks whatsapp_business_management', blocking: true },
    ];
    await expect(fixture.engine.activate(workflow())).rejects.toMatchObject({
      message: 'Messages cannot arrive yet: Subscribe the app: the token lacks whatsapp_business_management',
      description: expect.stringContaining(`${fixture.service.url}/webhooks/${ACCOUNT}`) as string,
    });
    expect(fixture.service.subscriptions.size).toBe(0);
  });

  test('but saving or restarting an active workflow is not stopped by it', async () => {
    fixture.service.provisioning = [{ step: 'Callback URL', ok: false, detail: 'try later', blocking: true }];
    const { urls } = await fixture.engine.activate(workflow(), { activation: 'update' });
    expect(fixture.service.subscriptionAt(urls[TRIGGER] ?? '').events).toEqual(['message.received']);
  });

  test('but not for what only other events need', async () => {
    fixture.service.provisioning = [{ step: 'Callback URL', ok: false, detail: 'template events go elsewhere' }];
    const { subscription } = await fixture.active();
    expect(subscription.events).toEqual(['message.received']);
  });

  test('and not when the user set up the webhook by hand', async () => {
    fixture.service.provisioning = [{ step: 'Callback URL', ok: false, detail: 'App ID is missing', blocking: true }];
    const { subscription } = await fixture.active({ options: { ifSetUpFails: 'start' } });
    expect(subscription.events).toEqual(['message.received']);
  });
});

describe('deactivating', () => {
  test('ends the subscription, and only that', async () => {
    const other = await fixture.active();
    const { deactivate } = await fixture.active();
    await deactivate();
    expect([...fixture.service.subscriptions.values()]).toEqual([other.subscription]);
  });

  test('is content when the service knows nothing of it', async () => {
    const { deactivate } = await fixture.active();
    fixture.service.subscriptions.clear();
    await expect(deactivate()).resolves.toBeUndefined();
  });

  test('while the service is down leaves a subscription that the next activation ends', async () => {
    const saved = workflow();
    const { deactivate, urls } = await fixture.engine.activate(saved);
    const { id } = fixture.service.subscriptionAt(urls[TRIGGER] ?? '');
    fixture.parleyApi['url'] = 'http://127.0.0.1:1';
    await expect(deactivate()).rejects.toThrow('cannot be reached');
    fixture.parleyApi['url'] = fixture.service.url;
    Object.assign(saved, { staticData: {} });
    await fixture.engine.activate(saved);
    expect(fixture.service.subscriptionAt(urls[TRIGGER] ?? '').id).not.toBe(id);
  });
});
