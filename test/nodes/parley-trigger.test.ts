/** The Parley Trigger in n8n's real engine, against a stand-in of the service: it hears accounts, and registers none. */
import type { INodeListSearchResult } from 'n8n-workflow';
import type { WorkflowJson } from '../support/engine/engine.ts';
import { type Fixture, startFixture, textEvent } from './trigger-fixture.ts';

const NAME = 'Parley Trigger';

let fixture: Fixture;

beforeAll(async () => {
  fixture = await startFixture();
}, 60_000);
afterAll(async () => {
  await fixture.stop();
});
beforeEach(() => {
  fixture.reset();
  fixture.service.accounts.set('whatsapp/106540352242922', { name: 'Shop', settings: { accessToken: 'at' } });
  fixture.service.accounts.set('instagram/17841400000000000', { settings: {} });
});

function workflow(parameters: object = {}): WorkflowJson {
  const credentials = { parleyApi: { id: '1', name: 'p' } };
  return {
    nodes: [{ name: NAME, type: 'n8n-nodes-parley.parleyTrigger', parameters: { ...parameters }, credentials }],
  };
}

const only = (...attribute: object[]) => ({ options: { attributes: { attribute } } });
const byId = (value: string) => ({ account: { __rl: true, mode: 'id', value } });

async function active(parameters: object = {}) {
  const { urls, deactivate } = await fixture.engine.activate(workflow(parameters));
  return { subscription: fixture.service.subscriptionAt(urls[NAME] ?? ''), deactivate };
}

describe('activating', () => {
  test('hears every account, and touches none', async () => {
    const { subscription } = await active();
    expect(subscription).toEqual({
      id: subscription.id,
      secret: subscription.secret,
      url: expect.stringMatching(/\/webhook\/[0-9a-f-]{36}\/parley$/) as string,
      events: ['message.received'],
      includeAwaited: false,
      includeHandedOff: false,
      includeRaw: false,
      maxBatch: 1,
      confirms: true,
    });
    expect(fixture.service.calls).toEqual(['GET /v1/subscriptions', 'POST /v1/subscriptions']);
  });

  test.each([
    ['from the list', { account: { __rl: true, mode: 'list', value: 'instagram/17841400000000000' } }],
    ['by channel and ID', byId(' instagram / 17841400000000000 ')],
    ["by Parley's ID", byId('acc_17841400000000000')],
  ])('hears one account that was chosen %s', async (_, parameters) => {
    const { subscription } = await active(parameters);
    expect(subscription.account).toEqual({ channel: 'instagram', externalId: '17841400000000000' });
  });

  test('offers every event, kind and status, and asks for them', async () => {
    const { subscription } = await active({
      events: ['linkClicked', 'messageReceived', 'messageStatus'],
      messageKinds: ['share', 'button'],
      statuses: ['failed'],
      options: { maxBatch: 50, includeRaw: true, includeAwaited: true, includeHandedOff: true },
    });
    expect([...subscription.events].sort()).toEqual(['link.clicked', 'message.received', 'message.status']);
    expect(subscription).toMatchObject({ messageKinds: ['share', 'button'], statuses: ['failed'], maxBatch: 50 });
    expect(subscription).toMatchObject({ includeRaw: true, includeAwaited: true, includeHandedOff: true });
  });

  test('starts by attributes of conversations, one of the values of each', async () => {
    const { subscription } = await active(
      only(
        ...[
          { name: ' intent ', values: 'billing, returns' },
          { name: 'locale', values: 'fr' },
        ],
        { name: 'intent', values: 'sales' },
      ),
    );
    expect(subscription.attributes).toEqual({ intent: ['billing', 'returns', 'sales'], locale: ['fr'] });
  });

  test('a restart of n8n keeps the subscription, another account replaces it', async () => {
    const saved = workflow();
    await fixture.engine.activate(saved);
    const before = [...fixture.service.subscriptions.keys()];
    await fixture.engine.activate(saved);
    expect([...fixture.service.subscriptions.keys()]).toEqual(before);
    Object.assign(saved.nodes[0] ?? {}, { parameters: byId('whatsapp/106540352242922') });
    await fixture.engine.activate(saved);
    expect([...fixture.service.subscriptions.values()]).toMatchObject([
      { account: { channel: 'whatsapp', externalId: '106540352242922' } },
    ]);
  });

  test('deactivating ends the subscription', async () => {
    const { deactivate } = await active();
    await deactivate();
    expect(fixture.service.subscriptions.size).toBe(0);
  });
});

describe('activating fails with an error that says what to do', () => {
  test.each([
    ['no event is chosen', { events: [] }, /^No event is chosen$/, /Events/],
    ['the account is not registered', byId('whatsapp/1'), /^The service does not have this account: /, /credential/],
    ['the ID is of no account', byId('acc_1'), /There is no account 'acc_1'/, /./],
    ['the channel is missing', byId('/1'), /^This names no account: \/1$/, /a slash/],
    ['the ID is missing', byId('whatsapp/'), /^This names no account: whatsapp\/$/, /a slash/],
    ['an attribute has no name', only({ name: '', values: 'fr' }), /^The field 'Name' is empty$/, /'Name'/],
    ['an attribute has no value', only({ name: 'locale', values: ' ' }), /^The field 'Values' is empty$/, /'Values'/],
  ])('%s', async (_, parameters, message, description) => {
    await expect(fixture.engine.activate(workflow(parameters))).rejects.toMatchObject({
      message: expect.stringMatching(message) as string,
      description: expect.stringMatching(description) as string,
    });
    expect(fixture.service.subscriptions.size).toBe(0);
  });
});

test('events become items with the same fields on every channel', async () => {
  const { subscription } = await active();
  const event = textEvent('evt_1', 'hi');
  const account = { id: 'acc_2', externalId: '17841400000000000', name: 'shop' };
  const identities = [{ kind: 'user_id', address: '998877' }];
  const contact = { id: 'con_2', username: 'ana', identities };
  const answer = await fixture.service.deliver(subscription, [
    { ...event, channel: 'instagram', account, contact, conversationId: 'cnv_2' },
  ]);
  expect(answer.status).toBe(200);
  expect((await fixture.succeeded()).items(NAME)).toMatchObject([
    {
      json: {
        ...{ event: 'message.received', from: '998877', username: 'ana', contactId: 'con_2', text: 'hi', kind: 'text' },
        ...{ channel: 'instagram', account: '17841400000000000', accountName: 'shop', conversationId: 'cnv_2' },
      },
    },
  ]);
});

test('a delivery that is not signed by the service starts nothing', async () => {
  const { subscription } = await active();
  const forged = { secret: `whsec_${Buffer.alloc(32).toString('base64')}` };
  expect((await fixture.service.deliver(subscription, [textEvent('evt_1', 'hi')], forged)).status).toBe(401);
  expect(fixture.engine.executions).toHaveLength(0);
});

describe('the list of accounts', () => {
  const search = async (filter?: string) =>
    (await fixture.engine.editor(
      ...(['listSearch', workflow(), NAME, 'searchAnyAccount', filter] as const),
    )) as INodeListSearchResult;

  test('is headed by all of them, and shows channel, name and ID', async () => {
    expect(await search()).toEqual({
      results: [
        { name: 'All Accounts', value: '' },
        { name: 'The instagram · 17841400000000000', value: 'instagram/17841400000000000' },
        { name: 'The whatsapp · Shop · 106540352242922', value: 'whatsapp/106540352242922' },
      ],
    });
  });

  test.each([
    ['shop', ['whatsapp/106540352242922']],
    [' INSTA', ['instagram/17841400000000000']],
    ['1784', ['instagram/17841400000000000']],
    ['nobody', []],
  ])('finds %j', async (filter, values) => {
    expect((await search(filter)).results.map(({ value }) => value)).toEqual(values);
  });
});
