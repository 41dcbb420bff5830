/** The trigger's life and what it gives: from the customer's phone to the items of an execution. */
import type { IDataObject } from 'n8n-workflow';
import type { Account, Subscription } from '../../../contract/api.ts';
import { ACCOUNT, ANA, BEN, closeApps, MINUTE, type App } from '../../support/app.ts';
import type { Execution } from '../../support/engine/engine.ts';
import {
  anaWrites,
  itemsOf,
  type NodeFixture,
  publicEnv,
  startNodes,
  TRIGGER,
  triggerWorkflow,
} from './node-fixture.ts';

let nodes: NodeFixture;
let app: App;

beforeAll(async () => {
  nodes = await startNodes();
}, 60_000);
afterAll(() => nodes.stop());
beforeEach(async () => {
  app = await nodes.fresh({ registered: false, env: await publicEnv() });
});
afterEach(closeApps);

const subscriptions = async () => ((await app.call('GET', '/v1/subscriptions')).body as { data: Subscription[] }).data;
const accounts = async () => ((await app.call('GET', '/v1/accounts')).body as { data: Account[] }).data;

const texts = (executions: Execution[]) => itemsOf(executions).map(({ json }) => json['text']);

/** An active workflow. */
async function active(parameters: IDataObject = {}) {
  const workflow = triggerWorkflow(parameters);
  const activation = await nodes.engine.activate(workflow);
  return { workflow, ...activation };
}

describe('activating', () => {
  test('registers the account, points the provider at the service and subscribes', async () => {
    const { urls } = await active();
    const [account] = await accounts();
    expect(account).toMatchObject({ ...ACCOUNT, settings: { accessToken: '********', appSecret: '********' } });
    expect(account?.webhookUrl).toMatch(new RegExp(`^${app.url}/webhooks/whatsapp/`));
    const calls = app.sandbox.requests().filter(({ method }) => method === 'POST');
    expect(calls.map(({ path, fields, status }) => [path.split('/').at(-1), fields['callback_url'], status])).toEqual([
      ['subscriptions', account?.webhookUrl, 200],
      ['subscribed_apps', undefined, 200],
    ]);
    expect(await subscriptions()).toMatchObject([
      { url: urls[TRIGGER], account: ACCOUNT, events: ['message.received'] },
    ]);
  });

  test.each<[string, () => void, RegExp, RegExp]>([
    [
      'the service is down',
      () => void (nodes.credentials.parleyApi['url'] = 'http://127.0.0.1:9'),
      /^The Parley service cannot be reached at http:\/\/127\.0\.0\.1:9$/,
      /npm start/,
    ],
    [
      'the API key is wrong',
      () => void (nodes.credentials.parleyApi['apiKey'] = 'another'),
      /did not accept the API key$/,
      /Parley API/,
    ],
    [
      'the phone number ID is none',
      () => void (nodes.credentials.whatsAppCloudApi['phoneNumberId'] = 'none'),
      /phoneNumberId/,
      /credential/,
    ],
    [
      'the app secret is missing',
      () => void (nodes.credentials.whatsAppCloudApi['appSecret'] = ''),
      /^Messages cannot arrive yet: .*appSecret is not set/,
      /activate again/,
    ],
    [
      'the token may not manage the account',
      () => void (app.sandbox.settings.scopes = ['whatsapp_business_messaging']),
      /^Messages cannot arrive yet: .*account_subscription: /,
      /activate again.*\/webhooks\/whatsapp\//,
    ],
    [
      'the token is wrong',
      () => void (nodes.credentials.whatsAppCloudApi['accessToken'] = 'EAAwrong'),
      /^Messages cannot arrive yet: /,
      /activate again/,
    ],
  ])('says what to do when %s, and leaves no subscription', async (_name, spoil, message, description) => {
    spoil();
    await expect(active()).rejects.toMatchObject({
      message: expect.stringMatching(message) as string,
      description: expect.stringMatching(description) as string,
    });
    expect(await subscriptions()).toEqual([]);
  });

  test('says so when nobody can reach the service', async () => {
    await closeApps();
    app = await nodes.fresh({ registered: false });
    await expect(active()).rejects.toThrow(/Set PARLEY_PUBLIC_URL/);
    await active({ options: { ifSetUpFails: 'start' } });
    expect(await subscriptions()).toHaveLength(1);
  });
});

describe('deactivating', () => {
  test('removes its subscription and no other', async () => {
    const [first, second] = [await active(), await active()];
    await first.deactivate();
    expect(await subscriptions()).toMatchObject([{ url: second.urls[TRIGGER] }]);
    await anaWrites(app);
    await nodes.ran(second.workflow, 1);
    expect(nodes.engine.executions.filter(({ workflowId }) => workflowId === first.workflow.id)).toEqual([]);
  });

  test('while the service is down leaves the subscription, with which the next activation goes on', async () => {
    const { workflow, deactivate } = await active();
    const [before] = await subscriptions();
    await app.stop();
    await expect(deactivate()).rejects.toThrow(/cannot be reached/);
    await app.start();
    await nodes.engine.activate(workflow);
    expect(await subscriptions()).toHaveLength(1);
    expect((await subscriptions())[0]?.id).toBe(before?.id);
    await anaWrites(app);
    expect(texts(await nodes.ran(workflow, 1))).toEqual(['hi']);
  });
});

describe('saving an active workflow', () => {
  test('loses nothing of what arrives in between, and nothing comes twice', async () => {
    const { workflow, deactivate } = await active();
    await anaWrites(app, 'before');
    await nodes.ran(workflow, 1);
    await deactivate();
    await anaWrites(app, 'in between');
    await app.sandbox.customer.sends({ from: BEN, text: 'me, too' });
    await app.idle();
    await nodes.engine.activate(workflow, { activation: 'update' });
    await anaWrites(app, 'after');
    // n8n keeps the new secret a moment after the service told it: what came too early comes again.
    app.advance(MINUTE);
    const heard = texts(await nodes.ran(workflow, 4));
    expect(heard.filter((text) => text !== 'me, too')).toEqual(['before', 'in between', 'after']);
    await app.idle();
    expect(texts(await nodes.ran(workflow, 4))).toHaveLength(4);
    expect(await subscriptions()).toHaveLength(1);
  });

  test('with other parameters hears the rest by the new ones', async () => {
    const { workflow, deactivate } = await active();
    await deactivate();
    Object.assign(workflow.nodes[0]?.parameters ?? {}, { messageKinds: ['image'] });
    await nodes.engine.activate(workflow, { activation: 'update' });
    await anaWrites(app, 'a text');
    await app.sandbox.customer.sends({ from: ANA, image: { caption: 'a picture' } });
    expect(texts(await nodes.ran(workflow, 1))).toEqual(['a picture']);
  });

  test('and starting n8n again goes on with the same subscription', async () => {
    const { workflow } = await active();
    const before = await subscriptions();
    await nodes.engine.activate(workflow, { activation: 'init' });
    expect(await subscriptions()).toEqual(before);
    await anaWrites(app);
    expect(texts(await nodes.ran(workflow, 1))).toEqual(['hi']);
  });
});

describe('listeners side by side', () => {
  test('two workflows on one number both run', async () => {
    const [first, second] = [await active(), await active()];
    await anaWrites(app);
    expect(texts(await nodes.ran(first.workflow, 1))).toEqual(['hi']);
    expect(texts(await nodes.ran(second.workflow, 1))).toEqual(['hi']);
  });

  test('the editor hears one event beside the active workflow, and then no more', async () => {
    const { workflow } = await active();
    await nodes.engine.activate(workflow, { test: true });
    expect(await subscriptions()).toHaveLength(2);
    await anaWrites(app, 'one');
    const executions = await nodes.ran(workflow, 2);
    expect(executions.map(({ mode }) => mode).sort()).toEqual(['manual', 'webhook']);
    expect(texts(executions)).toEqual(['one', 'one']);
    await app.idle();
    await anaWrites(app, 'two');
    expect(texts(await nodes.ran(workflow, 3))).toEqual(['one', 'one', 'two']);
    expect(await subscriptions()).toHaveLength(1);
  });
});

test('a call that the service did not sign starts nothing', async () => {
  const { urls, workflow } = await active();
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(urls[TRIGGER] ?? '', { method: 'POST', headers, body: '{"events":[{"type":"x"}]}' });
  expect(answer.status).toBe(401);
  expect(await answer.text()).toBe('The signature is missing, wrong or too old');
  expect(nodes.engine.executions.filter(({ workflowId }) => workflowId === workflow.id)).toEqual([]);
});

test('what is delivered while n8n starts, and answers every URL with 200, starts an execution afterwards', async () => {
  const { workflow } = await active();
  nodes.engine.setStarting(true);
  await anaWrites(app, 'early');
  nodes.engine.setStarting(false);
  expect(nodes.engine.executions.filter(({ workflowId }) => workflowId === workflow.id)).toEqual([]);
  app.advance(MINUTE);
  expect(texts(await nodes.ran(workflow, 1))).toEqual(['early']);
  await app.idle();
  expect(texts(await nodes.ran(workflow, 1))).toEqual(['early']);
  expect(await subscriptions()).toMatchObject([{ confirms: true }]);
});
