/** Credential tests, and what a node says when something is wrong that has nothing to do with the message. */
import type { IDataObject } from 'n8n-workflow';
import { SANDBOX_DEFAULTS } from '../../sandbox/whatsapp/defaults.ts';
import { ANA, closeApps, type App } from '../../support/app.ts';
import { accepted, anaWrites, NODE, type NodeFixture, startNodes } from './node-fixture.ts';

let nodes: NodeFixture;
let app: App;

beforeAll(async () => {
  nodes = await startNodes();
}, 60_000);
afterAll(() => nodes.stop());
beforeEach(async () => {
  app = await nodes.fresh();
});
afterEach(closeApps);

const text = { resource: 'message', operation: 'send', to: `+${ANA}`, kind: 'text', text: 'Hello' };
const NOWHERE = 'http://127.0.0.1:9';

describe('the test of the Parley credential', () => {
  test.each<[string, () => IDataObject, string]>([
    ['good', () => ({}), 'OK'],
    ['good, with a slash at the end', () => ({ url: `${app.url}/` }), 'OK'],
    ['bad: another key', () => ({ apiKey: 'another' }), 'Error'],
    ['bad: no key', () => ({ apiKey: '' }), 'Error'],
    ['bad: nobody there', () => ({ url: NOWHERE }), 'Error'],
  ])('%s', async (_name, change, status) => {
    const data = { ...nodes.credentials.parleyApi, ...change() } as Record<string, string>;
    expect(await nodes.engine.testCredential('parleyApi', data)).toMatchObject({ status });
  });
});

describe('the test of the WhatsApp credential', () => {
  test.each<[string, () => IDataObject, string]>([
    ['good', () => ({}), 'OK'],
    ['bad: another token', () => ({ accessToken: 'EAAanother' }), 'Error'],
    ['bad: another number', () => ({ phoneNumberId: '999999999999999' }), 'Error'],
    ['bad: nobody there', () => ({ baseUrl: NOWHERE }), 'Error'],
  ])('%s', async (_name, change, status) => {
    const data = { apiVersion: 'v23.0', ...nodes.credentials.whatsAppCloudApi, ...change() } as Record<string, string>;
    expect(await nodes.engine.testCredential('whatsAppCloudApi', data)).toMatchObject({ status });
  });
});

describe('the node says what happened and how to mend it when', () => {
  test.each<[string, () => unknown, IDataObject, RegExp, RegExp]>([
    [
      'the service is down',
      () => app.stop(),
      text,
      /^The Parley service cannot be reached at http:\/\/127\.0\.0\.1:\d+$/,
      /npm start.*ECONNREFUSED/,
    ],
    [
      'something else listens there',
      () => (nodes.credentials.parleyApi['url'] = app.sandbox.url),
      text,
      /HTTP 400, and the answer is not one of the Parley service/,
      /./,
    ],
    [
      'the API key is wrong',
      () => (nodes.credentials.parleyApi['apiKey'] = 'another'),
      text,
      /did not accept the API key$/,
      /'Parley API' credential/,
    ],
    [
      'the phone number ID is none',
      () => (nodes.credentials.whatsAppCloudApi['phoneNumberId'] = 'none'),
      text,
      /^The channel credential is not complete: .*phoneNumberId/,
      /correct the named setting/,
    ],
    [
      'the access token is wrong',
      () => (nodes.credentials.whatsAppCloudApi['accessToken'] = 'EAAanother'),
      { resource: 'template', operation: 'getAll' },
      /^The provider refused the credential \(code 190\): /,
      /access token/,
    ],
    [
      'the provider cannot be reached',
      () => (nodes.credentials.whatsAppCloudApi['baseUrl'] = NOWHERE),
      { resource: 'template', operation: 'getAll' },
      /^The provider cannot be reached: /,
      /Retry On Fail/,
    ],
    [
      'the recipient is not a number',
      () => undefined,
      { ...text, to: 'Ana' },
      /^The field 'To' cannot be used: /,
      /country code/,
    ],
    [
      'the recipient is empty',
      () => undefined,
      { ...text, to: '={{ $json.phone }}' },
      /^The field 'To' is empty$/,
      /Fill in 'To'/,
    ],
    [
      'the conversation is unknown',
      () => undefined,
      { ...text, sendTo: 'conversation', conversationId: 'cnv_nothing' },
      /^Not found: .*cnv_nothing/,
      /Check the ID/,
    ],
    ['the text is missing', () => undefined, { ...text, text: ' ' }, /^The field 'Text' is empty$/, /Fill in 'Text'/],
    [
      'the text is too long',
      () => undefined,
      { ...text, text: 'a'.repeat(4097) },
      /^The content cannot be taken as it is: .*4096/,
      /Nothing was sent/,
    ],
    [
      'there are too many buttons',
      () => undefined,
      { ...text, kind: 'buttons', buttons: { button: ['a', 'b', 'c', 'd'].map((title) => ({ title })) } },
      /^The content cannot be taken as it is: buttons/,
      /Correct what is named/,
    ],
    [
      'the JSON is none',
      () => undefined,
      { ...text, kind: 'native', nativeBody: '{"type":' },
      /^The field 'Body' is not valid JSON$/,
      /quotes and commas/,
    ],
  ])('%s', async (_name, spoil, parameters, message, description) => {
    await anaWrites(app);
    await spoil();
    const error = await nodes.failure(parameters);
    expect(error.message).toMatch(message);
    expect(error.description).toMatch(description);
    expect(error.context?.['itemIndex']).toBe(0);
    expect(`${error.message} ${String(error.description)} ${error.stack ?? ''}`).not.toContain('EAA');
    expect(app.sandbox.listReceivedMessages()).toEqual([]);
  });
});

test("'Retry On Fail' sends the message once the service is back", async () => {
  await anaWrites(app);
  await app.stop();
  const running = nodes.run(text, { node: { retryOnFail: true, maxTries: 5, waitBetweenTries: 200 } });
  await app.start();
  const execution = await running;
  expect(execution.items(NODE)).toMatchObject([{ json: { status: 'queued' } }]);
  expect(await accepted(app)).toEqual([{ type: 'text', text: { body: 'Hello' } }]);
});

test('the error names the item, and the messages before it are sent once', async () => {
  await anaWrites(app);
  const items = ['one', ''].map((words) => ({ json: { words } }));
  const error = await nodes.failure({ ...text, text: '={{ $json.words }}' }, { items });
  expect(error.message).toBe("The field 'Text' is empty");
  expect(error.context?.['itemIndex']).toBe(1);
  expect(await accepted(app)).toEqual([{ type: 'text', text: { body: 'one' } }]);
});

test('a token that was renewed in the credential is used from the next message on', async () => {
  await anaWrites(app);
  await nodes.output(text);
  await accepted(app);
  app.sandbox.settings.accessToken = 'EAArenewed';
  nodes.credentials.whatsAppCloudApi['accessToken'] = 'EAArenewed';
  await nodes.output(text);
  const sends = () => app.sandbox.requests().filter(({ path, method }) => method === 'POST' && /messages$/.test(path));
  await app.sandbox.waitFor(() => sends().length === 2);
  expect(sends().map(({ headers, status }) => [headers.authorization, status])).toEqual([
    [`Bearer ${SANDBOX_DEFAULTS.accessToken}`, 200],
    ['Bearer EAArenewed', 200],
  ]);
});
