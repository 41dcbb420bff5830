/** The nodes of Messenger and Instagram in n8n's engine, over the real service and the strict stand-in of Meta. */
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { listOf, objectOf, type JsonObject } from '../../sandbox/kit/json.ts';
import { META_DEFAULTS } from '../../sandbox/meta/defaults.ts';
import { startMetaSandbox, type MetaSandbox } from '../../sandbox/meta/sandbox.ts';
import {
  INSTAGRAM,
  MESSENGER,
  META_CHANNELS,
  metaWorkflow,
  type MetaChannel,
} from '../../nodes/engine/meta-channels.ts';
import { closeApps, closing, DAY, startApp, type App } from '../../support/app.ts';
import { startEngine, type Engine, type WorkflowJson } from '../../support/engine/engine.ts';
import { PACKAGE_DIR } from '../../support/paths.ts';
import { ANA, metaAccount } from '../channels/meta-fixture.ts';
import { fileItem, publicEnv } from './node-fixture.ts';
import type { Party } from '../../sandbox/meta/control.ts';

const credentials: Record<string, IDataObject> = { parleyApi: {}, parleyMessengerApi: {}, parleyInstagramApi: {} };
let engine: Engine;
let app: App;
let sandbox: MetaSandbox;

beforeAll(async () => {
  engine = await startEngine({ packageDir: PACKAGE_DIR, credentials });
}, 60_000);
afterAll(() => engine.close());
beforeEach(async () => {
  app = await startApp({ registered: false, startAt: Date.now(), env: await publicEnv() });
  sandbox = await startMetaSandbox({ clock: app.clock });
  closing(() => sandbox.close());
  Object.assign(credentials['parleyApi'] ?? {}, { url: app.url, apiKey: app.key });
  for (const { channel, credential } of META_CHANNELS) {
    Object.assign(credentials[credential] ?? {}, metaAccount(channel, sandbox.url).settings);
  }
  engine.executions.length = 0;
});
afterEach(closeApps);

function triggerWorkflow({ trigger, triggerType, credential }: MetaChannel, parameters: object = {}): WorkflowJson {
  const chosen = { parleyApi: { id: '1', name: 'p' }, [credential]: { id: '2', name: 'c' } };
  const type = `n8n-nodes-parley.${triggerType}`;
  return { nodes: [{ name: trigger, type, parameters: { ...parameters }, credentials: chosen }] };
}

async function output(
  meta: MetaChannel,
  parameters: IDataObject,
  items?: INodeExecutionData[],
): Promise<INodeExecutionData[]> {
  const execution = await engine.run(metaWorkflow(meta)(parameters), items ? { items } : {});
  if (execution.error) throw execution.error;
  return execution.items(meta.node);
}

/** The newest message that Meta accepted, once there are so many. */
async function accepted(party: Party, count = 1): Promise<JsonObject> {
  const messages = await sandbox.waitFor(
    () => party.listReceivedMessages().length >= count && party.listReceivedMessages(),
    5_000,
    `${String(count)} accepted messages`,
  );
  return messages.at(-1)?.body ?? {};
}

/** Any call of a node registers its account, which sets up the webhook at Meta; then Ana may be written to. */
async function anaWrote(meta: MetaChannel): Promise<Party> {
  await output(meta, { resource: 'link', operation: 'create' });
  await anaWrites(sandbox[meta.channel]);
  return sandbox[meta.channel];
}

async function anaWrites({ customer }: Party): Promise<void> {
  await customer.sends({ from: ANA, text: 'Hello' });
  await app.idle();
}

const send = { resource: 'message', operation: 'send', to: ANA, kind: 'text', text: 'Hi' };
const payloadOf = (body: JsonObject) => objectOf(objectOf(objectOf(body['message'])['attachment'])['payload']);

describe.each(META_CHANNELS)('$node', (meta) => {
  const party = () => sandbox[meta.channel];
  const CARDS = { card: [{ title: 'Shoe', imageUrl: 'https://a.example/s.jpg', replies: 'more-1=More' }] };
  const TAPS = { button: [{ title: 'Yes', id: 'y' }, { title: 'No' }] };

  test('activating subscribes at Meta; a message is answered with quick replies, and the tap comes back', async () => {
    const { deactivate } = await engine.activate(triggerWorkflow(meta));
    await anaWrites(party());
    const [heard] = (await engine.waitForExecution(({ status }) => status === 'success')).items(meta.trigger);
    expect(heard?.json).toMatchObject({ event: 'message.received', from: ANA, text: 'Hello', sessionOpen: true });
    const replies = { reply: [{ title: 'Opening hours', id: 'hours' }, { title: 'A person' }] };
    await output(meta, { ...send, to: String(heard?.json['from']), kind: 'quick_replies', replies });
    await accepted(party());
    await party().customer.taps({ messageId: party().listReceivedMessages()[0]?.id ?? '', choice: 'hours' });
    const tapped = await engine.waitForExecution((each) =>
      each.items(meta.trigger).some(({ json }) => json['kind'] === 'button'),
    );
    expect(tapped.items(meta.trigger)[0]?.json).toMatchObject({ buttonId: 'hours', buttonText: 'Opening hours' });
    await deactivate();
  });

  test.each<[string, IDataObject, (body: JsonObject) => unknown, unknown]>([
    ['a text', { kind: 'text' }, ({ message }) => objectOf(message)['text'], 'Hi'],
    ['buttons', { kind: 'buttons', buttons: TAPS }, (body) => payloadOf(body)['template_type'], 'button'],
    [
      'a link',
      { kind: 'link', linkTitle: 'Open', linkUrl: 'https://a.example' },
      (body) => listOf(payloadOf(body)['buttons'])[0],
      { type: 'web_url', title: 'Open', url: 'https://a.example' },
    ],
    ['cards', { kind: 'carousel', cards: CARDS }, (body) => payloadOf(body)['template_type'], 'generic'],
    ['products', { kind: 'products', productIds: '11, 12' }, (body) => payloadOf(body)['template_type'], 'product'],
    [
      'its own JSON',
      { kind: 'native', nativeBody: '{"message":{"text":"Own"}}' },
      ({ message }) => objectOf(message)['text'],
      'Own',
    ],
  ])('Meta takes %s from the form', async (_, parameters, read, expected) => {
    await anaWrote(meta);
    await output(meta, { ...send, ...parameters });
    expect(read(await accepted(party()))).toEqual(expected);
  });

  test('a file is uploaded and sent; two days later only what a person wrote goes out', async () => {
    await anaWrote(meta);
    await output(meta, { ...send, kind: 'image' }, [fileItem('picture', 'image/jpeg', 'a.jpg')]);
    expect(payloadOf(await accepted(party()))).toMatchObject({ attachment_id: expect.any(String) as string });
    app.advance(2 * DAY);
    const refused = await engine.run(metaWorkflow(meta)(send));
    expect(refused.error?.message).toMatch(/session with this contact closed/);
    await output(meta, { ...send, options: { writtenByPerson: true } });
    expect(await accepted(party(), 2)).toMatchObject({ messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' });
  });

  test('a message is marked as read, with typing shown and hidden', async () => {
    const workflow = triggerWorkflow(meta);
    await engine.activate(workflow);
    await anaWrites(party());
    const [heard] = (await engine.waitForExecution(({ status }) => status === 'success')).items(meta.trigger);
    const mark = { resource: 'message', operation: 'markRead', messageId: String(heard?.json['messageId']) };
    await output(meta, { ...mark, typing: 'show' });
    await output(meta, { ...mark, typing: 'hide' });
    const actions = party()
      .listSenderActions()
      .map(({ action }) => action);
    expect(actions).toEqual(expect.arrayContaining(['mark_seen', 'typing_on', 'typing_off']));
  });

  test('the profile is set, read and removed, and a link made', async () => {
    const QUESTIONS = { entry: [{ question: 'When are you open?', payload: 'hours' }] };
    const ITEMS = { entry: [{ title: 'Orders' }] };
    const profile = { resource: 'profile' };
    const start = meta.channel === 'messenger' ? { getStarted: 'start' } : {};
    await output(meta, {
      ...{ ...profile, operation: 'set', iceBreakers: { entry: [{ questions: QUESTIONS }] } },
      ...{ menus: { entry: [{ items: ITEMS }] }, ...start },
    });
    const [read] = await output(meta, { ...profile, operation: 'get' });
    expect(read?.json).toMatchObject({
      ...start,
      iceBreakers: [{ locale: 'default', questions: [{ question: 'When are you open?', payload: 'hours' }] }],
      menus: [{ locale: 'default', items: [{ title: 'Orders', payload: 'Orders' }] }],
    });
    await output(meta, { ...profile, operation: 'delete', parts: ['iceBreakers', 'menus'] });
    expect((await output(meta, { ...profile, operation: 'get' }))[0]?.json).toEqual(start);
    const [link] = await output(meta, { resource: 'link', operation: 'create', reference: 'flyer' });
    expect(link?.json['url']).toMatch(/^https:\/\/(m|ig)\.me\/.+\?ref=flyer$/);
  });
});

describe('Facebook Messenger alone', () => {
  const template = (body: JsonObject) => payloadOf(body)['template_type'];

  test.each<[string, IDataObject, (body: JsonObject) => unknown, unknown]>([
    ['a coupon', { kind: 'coupon', couponTitle: '10%', couponCode: 'X', text: 'Thanks' }, template, 'coupon'],
    [
      'a receipt',
      {
        ...{ kind: 'receipt', recipientName: 'Ana', orderNumber: '77', currency: 'EUR', paymentMethod: 'Visa' },
        ...{ total: '12.5', items: { entry: [{ title: 'Shoe', price: '12.5', quantity: '1' }] } },
      },
      template,
      'receipt',
    ],
    [
      'a picture with buttons',
      { kind: 'media_card', fileKind: 'image', cardButtons: { button: [{ action: 'reply', title: 'More' }] } },
      template,
      'media',
    ],
    [
      'quick replies below a picture',
      {
        ...{ kind: 'quick_replies', repliesBelow: 'file', fileKind: 'image', asks: ['phone'] },
        replies: { reply: [{ title: 'Nice' }] },
      },
      ({ message }) => listOf(objectOf(message)['quick_replies']).map((reply) => objectOf(reply)['content_type']),
      ['text', 'user_phone_number'],
    ],
  ])('Meta takes %s from the form', async (_, parameters, read, expected) => {
    const party = await anaWrote(MESSENGER);
    await output(MESSENGER, { ...send, ...parameters }, [fileItem('picture', 'image/jpeg', 'a.jpg')]);
    expect(read(await accepted(party))).toEqual(expected);
  });

  test('a persona is made, speaks, and is removed', async () => {
    const party = await anaWrote(MESSENGER);
    const persona = { resource: 'persona' };
    const made = { personaName: 'Ana from Sales', imageUrl: 'https://a.example/ana.jpg' };
    const [created] = await output(MESSENGER, { ...persona, operation: 'create', ...made });
    const personaId = String(created?.json['personaId']);
    expect((await output(MESSENGER, { ...persona, operation: 'getAll' })).map(({ json }) => json)).toMatchObject([
      { personaId, name: 'Ana from Sales' },
    ]);
    await output(MESSENGER, { ...send, options: { personaId, notificationType: 'SILENT_PUSH' } });
    expect(await accepted(party)).toMatchObject({ persona_id: personaId, notification_type: 'SILENT_PUSH' });
    await output(MESSENGER, { ...persona, operation: 'delete', personaId });
    expect(await output(MESSENGER, { ...persona, operation: 'getAll' })).toEqual([]);
  });

  test('a utility template goes out when the session is closed', async () => {
    const party = await anaWrote(MESSENGER);
    const components = [{ type: 'BODY', text: 'Your order {{1}} has left.' }];
    const { id } = sandbox.templates.seed({ name: 'order_update', components });
    app.advance(2 * DAY);
    const template = { __rl: true, mode: 'list', value: id };
    const variables = { mappingMode: 'defineBelow', value: { 'body.1': '77' } };
    await output(MESSENGER, { resource: 'message', operation: 'sendTemplate', to: ANA, template, variables });
    expect(await accepted(party)).toMatchObject({
      messaging_type: 'UTILITY',
      message: { template: { name: 'order_update', language: { code: 'en' } } },
    });
  });
});

describe('Instagram Messaging alone', () => {
  test("writes by the account's own log-in, without a Page", async () => {
    const own = { loginType: 'instagram', pageId: '', accessToken: META_DEFAULTS.igAccessToken };
    Object.assign(credentials['parleyInstagramApi'] ?? {}, own);
    const party = await anaWrote(INSTAGRAM);
    await output(INSTAGRAM, send);
    expect(await accepted(party)).toMatchObject({ message: { text: 'Hi' } });
  });

  test('a heart is sent', async () => {
    const party = await anaWrote(INSTAGRAM);
    await output(INSTAGRAM, { ...send, kind: 'sticker', stickerName: 'like_heart' });
    expect(await accepted(party)).toMatchObject({ message: { attachment: { type: 'like_heart' } } });
  });

  test('an answer to a story is told with the story, and gets a heart', async () => {
    const { deactivate } = await engine.activate(triggerWorkflow(INSTAGRAM));
    const { customer, listSenderActions } = sandbox.instagram;
    await customer.sends({ from: ANA, text: 'Love it', story: { id: '178', url: 'https://a.example/s' } });
    const [heard] = (await engine.waitForExecution(({ status }) => status === 'success')).items(INSTAGRAM.trigger);
    expect(heard?.json).toMatchObject({ text: 'Love it', storyId: '178', storyUrl: 'https://a.example/s' });
    const messageId = String(heard?.json['messageId']);
    await output(INSTAGRAM, { ...send, kind: 'reaction', messageId, emoji: 'love' });
    await sandbox.waitFor(() => listSenderActions().some(({ action }) => action === 'react'), 5_000, 'a reaction');
    expect(listSenderActions().at(-1)).toMatchObject({ to: ANA, action: 'react', payload: { reaction: 'love' } });
    await deactivate();
  });
});
