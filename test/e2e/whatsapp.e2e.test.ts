/**
 * A customer's message through a real n8n and back: what a user does in n8n, and what must reach WhatsApp and n8n.
 * The tests tell one story, in this order.
 */
import { createHmac } from 'node:crypto';
import { SANDBOX_DEFAULTS } from '../sandbox/whatsapp/defaults.ts';
import { exampleWorkflow } from './support/examples.ts';
import { type CredentialInput, type Execution, nodeOutput } from './support/n8n-rest.ts';
import { Scene } from './support/scene.ts';
import { parleyCredential, startStack, whatsAppCredential } from './support/stack.ts';

/** The first run installs n8n. */
const installLimitMs = 15 * 60_000;

const ana = '15550001111';
const bo = '15550002222';
const cleo = '15550003333';
const dora = '15550004444';
const eve = '15550005555';

let scene: Scene;
let greeting: string;
let ask: string;

beforeAll(async () => {
  scene = new Scene(await startStack());
  greeting = await scene.importExample('greeting-with-buttons.json');
  ask = await scene.importExample('ask-and-wait.json');
}, installLimitMs);

afterAll(async () => {
  await scene?.stack.stop();
}, 60_000);

/** n8n's own test of a credential, as it runs when a user saves it. */
async function testInN8n(input: CredentialInput, changed: Record<string, unknown> = {}) {
  const { rest } = scene.stack;
  const credential = { ...input, data: { ...input.data, ...changed } };
  const { id } = await rest.createCredential(credential);
  return await rest.testCredential({ ...credential, id }).finally(() => rest.deleteCredential(id));
}

const outputs = (executions: Execution[], node: string) =>
  executions.flatMap((execution) => nodeOutput(execution, node));

describe('credentials', () => {
  test('the right ones pass', async () => {
    expect(await testInN8n(await parleyCredential(scene.stack.service))).toMatchObject({ status: 'OK' });
    expect(await testInN8n(whatsAppCredential(scene.stack.sandbox))).toMatchObject({ status: 'OK' });
  });

  test.each([
    ['another key', () => ({ apiKey: 'not-the-key-of-this-service' }), 'does not accept this API key'],
    ['an address where nothing listens', () => ({ url: 'http://127.0.0.1:9' }), 'ECONNREFUSED'],
    ['the address of another server', () => ({ url: scene.stack.n8n.url }), 'not the Parley service'],
  ])('Parley API: %s fails', async (_what, changed, said) => {
    const result = await testInN8n(await parleyCredential(scene.stack.service), changed());
    expect(result).toMatchObject({ status: 'Error', message: expect.stringContaining(said) });
  });

  test.each([
    ['another token', { accessToken: 'EAAsomebodyelse' }, 'does not accept the access token'],
    ['a number that is not ours', { phoneNumberId: '1' }, 'does not find this phone number'],
  ])('WhatsApp Cloud API: %s fails', async (_what, changed, said) => {
    const result = await testInN8n(whatsAppCredential(scene.stack.sandbox), changed);
    expect(result).toMatchObject({ status: 'Error', message: expect.stringContaining(said) });
  });
});

describe('the service is down when a workflow is activated', () => {
  test('n8n says so, with the address', async () => {
    const { rest, service } = scene.stack;
    await service.halt();
    const activation = rest.activateWorkflow(greeting);
    await expect(activation).rejects.toThrow(`The Parley service cannot be reached at ${service.url}`);
    await rest.deactivateWorkflow(greeting);
    await service.start();
    expect(await scene.subscriptions()).toEqual([]);
  });
});

describe('greeting with buttons', () => {
  test('activation registers the number, sets up the webhook at the provider and subscribes', async () => {
    const { rest, sandbox, n8n } = scene.stack;
    await rest.activateWorkflow(greeting);
    const account = await scene.account();
    expect(account).toMatchObject({ channel: 'whatsapp', externalId: SANDBOX_DEFAULTS.phoneNumberId });
    expect(JSON.stringify(account)).not.toContain(SANDBOX_DEFAULTS.appSecret);
    const posted = sandbox.requests().filter(({ method, status }) => method === 'POST' && status === 200);
    const { appId, wabaId } = SANDBOX_DEFAULTS;
    expect(posted.map(({ path }) => path.replace(/^\/v[\d.]+/, ''))).toEqual(
      expect.arrayContaining([`/${appId}/subscriptions`, `/${wabaId}/subscribed_apps`]),
    );
    const production = expect.stringContaining(`${n8n.url}/webhook/`);
    expect(await scene.subscriptions()).toMatchObject([{ url: production }, { url: production }]);
  });

  test('a message starts the workflow, and its answer reaches the customer', async () => {
    const { rest, sandbox } = scene.stack;
    const { status } = await sandbox.customer.sends({ from: ana, name: 'Ana', text: 'Hello' });
    expect(status).toBe(200);
    const { body } = await scene.message(ana, 1);
    expect(body).toMatchObject({ interactive: { body: { text: 'Hello Ana! What can we do for you?' } } });
    const executions = await rest.waitForExecutions(greeting, 1);
    expect(executions).toMatchObject([{ mode: 'webhook', status: 'success' }]);
    expect(outputs(executions, 'Customer Writes')).toMatchObject([
      { from: ana, name: 'Ana', text: 'Hello', kind: 'text', sessionOpen: true },
    ]);
  });

  test('the same webhooks again start nothing, a tapped button is answered, each answer arrives once', async () => {
    const { rest, sandbox } = scene.stack;
    const again = sandbox.redeliver(sandbox.webhooks.deliveries.length).map(({ done }) => done);
    for (const { outcome } of await Promise.all(again)) expect(outcome).toBe('delivered');
    await sandbox.customer.taps({ messageId: (await scene.message(ana, 1)).id, choice: 'hours' });
    const { body } = await scene.message(ana, 2);
    expect(body).toMatchObject({ text: { body: expect.stringContaining('Monday to Friday') } });
    const executions = await rest.waitForExecutions(greeting, 2);
    expect(executions).toMatchObject([{ status: 'success' }, { status: 'success' }]);
    expect(outputs(executions, 'Customer Taps')).toMatchObject([{ buttonId: 'hours', buttonText: 'Opening hours' }]);
    expect(scene.messagesOf(ana)).toHaveLength(2);
    const keys = scene.messagesOf(ana).map(({ bizOpaqueCallbackData }) => bizOpaqueCallbackData);
    expect(new Set(keys).size).toBe(2);
  });
});

describe('forgeries', () => {
  const webhook = JSON.stringify({ object: 'whatsapp_business_account', entry: [] });
  const guessed = createHmac('sha256', 'a guessed secret').update(webhook).digest('hex');

  test.each([
    ['without a signature', {}],
    ['with a signature of another secret', { 'x-hub-signature-256': `sha256=${guessed}` }],
  ])('a webhook %s is refused by the service', async (_what, signature) => {
    const headers = { 'content-type': 'application/json', ...signature };
    const url = (await scene.account())?.webhookUrl ?? '';
    expect(await fetch(url, { method: 'POST', headers, body: webhook })).toMatchObject({ status: 401 });
  });

  test('a delivery is refused by n8n', async () => {
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = { 'webhook-id': 'msg_1', 'webhook-timestamp': timestamp, 'webhook-signature': 'v1,AAAA' };
    const headers = { 'content-type': 'application/json', ...signature };
    const body = JSON.stringify({ events: [{ id: 'evt_1', type: 'message.received' }] });
    for (const { url } of await scene.subscriptions()) {
      expect(await fetch(url, { method: 'POST', headers, body })).toMatchObject({ status: 401 });
    }
  });

  test('nothing was started: the next execution is that of the next message', async () => {
    await scene.stack.sandbox.customer.sends({ from: bo, name: 'Bo', text: 'Anybody there?' });
    await scene.message(bo, 1);
    const executions = await scene.stack.rest.waitForExecutions(greeting, 3);
    expect(executions).toHaveLength(3);
    expect(outputs(executions.slice(2), 'Customer Writes')).toMatchObject([{ from: bo }]);
  });
});

describe('listening in the editor', () => {
  test('the test listener and the active workflow get the same message, then only the active one is left', async () => {
    const { rest, sandbox, n8n } = scene.stack;
    expect(await rest.runFrom(greeting, 'Customer Writes')).toMatchObject({ waitingForWebhook: true });
    const urls = (await scene.waitForSubscriptions(3)).map(({ url }) => url);
    expect(urls.filter((url) => url.startsWith(`${n8n.url}/webhook-test/`))).toHaveLength(1);
    await sandbox.customer.sends({ from: bo, text: 'Hello again' });
    await scene.message(bo, 3);
    const executions = await rest.waitForExecutions(greeting, 5);
    expect(executions.map(({ mode }) => mode).slice(3)).toEqual(expect.arrayContaining(['webhook', 'manual']));
    const left = (await scene.waitForSubscriptions(2)).map(({ url }) => url);
    expect(left).toEqual(urls.filter((url) => url.startsWith(`${n8n.url}/webhook/`)));
  });

  test('a listener that is stopped leaves nothing behind', async () => {
    const { rest } = scene.stack;
    await rest.runFrom(greeting, 'Customer Taps');
    await scene.waitForSubscriptions(3);
    await rest.stopTestListener(greeting);
    await scene.waitForSubscriptions(2);
  });
});

describe('deactivated', () => {
  test('the subscriptions end, and later messages start nothing', async () => {
    const { rest, sandbox } = scene.stack;
    await rest.deactivateWorkflow(greeting);
    expect(await scene.waitForSubscriptions(0)).toEqual([]);
    // The other workflow shows that the message was handed over to whoever is still subscribed.
    await rest.activateWorkflow(ask);
    await sandbox.customer.sends({ from: cleo, name: 'Cleo', text: 'Please call me' });
    const { body } = await scene.message(cleo, 1);
    expect(body).toMatchObject({ interactive: { body: { text: 'Shall we call you back today?' } } });
    expect(await rest.executions(greeting)).toHaveLength(5);
    expect(scene.messagesOf(cleo)).toHaveLength(1);
  });
});

describe('ask and wait', () => {
  test('each parked execution goes on with its own contact’s reply, which starts no workflow', async () => {
    const { rest, sandbox } = scene.stack;
    expect(await rest.waitForExecutions(ask, 1)).toMatchObject([{ status: 'waiting' }]);
    await sandbox.customer.sends({ from: dora, name: 'Dora', text: 'I have a question' });
    const question = await scene.message(dora, 1);
    expect(await rest.waitForExecutions(ask, 2)).toMatchObject([{ status: 'waiting' }, { status: 'waiting' }]);

    await sandbox.customer.replies({ messageId: question.id, text: 'Rather tomorrow' });
    expect((await scene.message(dora, 2)).body).toMatchObject({ text: { body: expect.stringContaining('All right') } });
    expect(scene.messagesOf(cleo)).toHaveLength(1);

    await sandbox.customer.taps({ messageId: (await scene.message(cleo, 1)).id, choice: 'yes' });
    expect((await scene.message(cleo, 2)).body).toMatchObject({ text: { body: 'Good, we call you today.' } });

    const executions = await rest.waitForExecutions(ask, 2);
    expect(executions).toMatchObject([{ status: 'success' }, { status: 'success' }]);
    expect(outputs(executions, 'Ask and Wait')).toMatchObject([
      { replied: true, from: cleo, buttonId: 'yes' },
      { replied: true, from: dora, text: 'Rather tomorrow' },
    ]);
    expect([...scene.messagesOf(cleo), ...scene.messagesOf(dora)]).toHaveLength(4);
  });
});

describe('template when the session is closed', () => {
  test('a customer who never wrote gets the template with its variables, once per order', async () => {
    const { rest, credentials } = scene.stack;
    const example = await exampleWorkflow('template-when-closed.json', credentials);
    const text = JSON.stringify(example).replace(ana, eve);
    const { id } = await rest.createWorkflow(JSON.parse(text) as typeof example);
    await rest.runFrom(id, 'Start');
    await rest.waitForExecutions(id, 1);
    await rest.runFrom(id, 'Start');
    const executions = await rest.waitForExecutions(id, 2);
    expect(executions).toMatchObject([{ status: 'success' }, { status: 'success' }]);
    const [first, second] = outputs(executions, 'Tell the Customer');
    expect(second).toMatchObject({ messageId: first?.['messageId'] });
    expect((await scene.message(eve, 1)).body).toMatchObject({
      template: {
        name: 'order_shipped',
        language: { code: 'en_US' },
        components: [{ type: 'body', parameters: [{ text: 'Ana' }, { text: '1234' }] }],
      },
    });
    expect(scene.messagesOf(eve)).toHaveLength(1);
  });
});
