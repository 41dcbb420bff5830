/** What people do at Messenger and Instagram, as the stand-in tells it: against a bare receiver, without the Graph API. */
import { manualClock } from '../kit/clock.ts';
import type { HttpRequest } from '../kit/http-server.ts';
import { objectOf, type JsonObject } from '../kit/json.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../kit/webhook-receiver.ts';
import { encodeAsMeta, signatureOf } from '../kit/meta/hub-webhooks.ts';
import { sendFile } from './cdn.ts';
import { createCustomer, type Customer } from './customer.ts';
import type { AcceptedMessage, Platform } from './customer-world.ts';
import { META_DEFAULTS } from './defaults.ts';
import { createInbox, type Inbox } from './inbox.ts';
import { postAutoStatuses } from './statuses.ts';
import { createWorld, type Side, type World } from './world.ts';

const ANA = '5678';
const START = Date.UTC(2026, 10, 22, 12);
const FIELDS = [
  ...['messages', 'message_echoes', 'message_deliveries', 'message_reads', 'message_reactions', 'message_edits'],
  ...['messaging_postbacks', 'messaging_optins', 'messaging_referrals', 'messaging_handovers', 'standby', 'send_cart'],
  ...['messaging_seen', 'messaging_referral', 'messaging_handover', 'message_edit'],
];

let receiver: WebhookReceiver;
let world: World;
const clock = manualClock(START);
let made = 0;
beforeEach(async () => {
  clock.set(START);
  receiver = await startWebhookReceiver(() => ({ status: 404 }));
  const newId = () => `id-${++made}`;
  world = createWorld({ clock, newId, webhookRetryDelaysMs: [1], webhookTimeoutMs: 2_000 });
  const subscription = { callbackUrl: receiver.url, verifyToken: '', fields: FIELDS };
  world.appSubscriptions = { page: subscription, instagram: subscription };
  world.pageFields = FIELDS;
});
afterEach(async () => {
  for (const { webhooks } of Object.values(world.sides)) await webhooks.close();
  await receiver.close();
});

interface Stage {
  side: Side;
  customer: Customer;
  inbox: Inbox;
}

function stage(platform: Platform): Stage {
  const side = world.sides[platform];
  return { side, customer: createCustomer(side), inbox: createInbox(side) };
}

function entryOf(request: HttpRequest | undefined): JsonObject {
  const { entry } = request?.body.fields as { entry: JsonObject[] };
  return objectOf(entry[0]);
}

/** Elements that came, of both lists. */
const elements = () =>
  receiver.received.flatMap((request) => {
    const { messaging, standby } = entryOf(request);
    return [...((messaging ?? []) as JsonObject[]), ...((standby ?? []) as JsonObject[])];
  });
const last = () => objectOf(elements().at(-1));

/** A message of the business, as if the Graph API had taken it. */
function accepted(side: Side, message: JsonObject): AcceptedMessage {
  const id = `out-${++made}`;
  const one = { id, acceptedAt: clock.now(), to: ANA, body: { recipient: { id: ANA }, message }, statuses: [] };
  side.accepted.set(id, one);
  return one;
}

const BOTH = [['messenger'], ['instagram']] as const;

test.each(BOTH)('%s: signed bytes as Meta writes them, of the right topic', async (platform) => {
  const { customer, side } = stage(platform);
  const { status } = await customer.sends({ from: ANA, text: 'café 👍 a/b' });
  expect(status).toBe(200);
  const [request] = receiver.received;
  const body = request?.rawBody ?? Buffer.alloc(0);
  expect(request?.headers['x-hub-signature-256']).toBe(signatureOf(META_DEFAULTS.appSecret, body));
  expect(body.toString()).toContain('caf\\u00e9 \\ud83d\\udc4d a\\/b');
  expect(encodeAsMeta(request?.body.fields)).toEqual(body);
  expect(request?.body.fields).toMatchObject({
    object: platform === 'messenger' ? 'page' : 'instagram',
    entry: [{ id: side.settings.accountId, time: START }],
  });
  expect(last()).toMatchObject({ sender: { id: ANA }, recipient: { id: side.settings.accountId }, timestamp: START });
});

test.each(BOTH)('%s: files are fetched from their URL, without a token', async (platform) => {
  const { customer, side } = stage(platform);
  await customer.sends({ from: ANA, text: 'both', image: { content: 'a picture' }, files: [{ type: 'file' }] });
  const { attachments } = objectOf(last()['message']) as { attachments: { type: string; payload: { url: string } }[] };
  expect(attachments.map(({ type }) => type)).toEqual(['image', 'file']);
  const file = /[^/]+(?=\?)/.exec(attachments[0]?.payload.url ?? '')?.[0] ?? '';
  expect(sendFile({ world, params: { file } })).toMatchObject({
    status: 200,
    headers: { 'content-type': 'image/jpeg' },
    body: Buffer.from('a picture'),
  });
  side.files.clear();
  expect(sendFile({ world, params: { file } })).toMatchObject({ status: 403 });
});

describe.each(BOTH)('%s: taps', (platform) => {
  test('a quick reply is a message, a button a postback', async () => {
    const { customer, side } = stage(platform);
    const quick = accepted(side, { text: 'Colour?', quick_replies: [{ title: 'Red', payload: 'RED' }] });
    await customer.taps({ messageId: quick.id, choice: 'Red' });
    expect(last()['message']).toMatchObject({ text: 'Red', quick_reply: { payload: 'RED' } });
    const card = { title: 'Mug', buttons: [{ type: 'postback', title: 'Buy', payload: 'BUY' }] };
    const payload = { template_type: 'generic', elements: [card] };
    const cards = accepted(side, { attachment: { type: 'template', payload } });
    await customer.taps({ messageId: cards.id, choice: 'BUY' });
    expect(last()['postback']).toMatchObject({ mid: expect.any(String), title: 'Buy', payload: 'BUY' });
    await expect(customer.taps({ messageId: cards.id, choice: 'x' })).rejects.toThrow('offers no choice');
    await expect(customer.taps({ messageId: 'none', choice: 'x' })).rejects.toThrow('No message none');
  });
});

type Doing = [string, (customer: Customer) => Promise<unknown>, JsonObject, boolean];

test.each<Doing>([
  [
    'a story answer',
    (c) => c.sends({ from: ANA, text: 'x', story: { id: '1', url: 'u' } }),
    { message: { reply_to: { story: { id: '1', url: 'u' } } } },
    true,
  ],
  ['a menu', (c) => c.chooses({ from: ANA, title: 'Menu', payload: 'MENU' }), { postback: { payload: 'MENU' } }, true],
  [
    'a reaction',
    (c) => c.reacts({ from: ANA, messageId: 'm', emoji: '❤️' }),
    { reaction: { mid: 'm', action: 'react', reaction: 'love', emoji: '❤️' } },
    true,
  ],
  [
    'a reaction taken back',
    (c) => c.reacts({ from: ANA, messageId: 'm' }),
    { reaction: { mid: 'm', action: 'unreact' } },
    false,
  ],
  [
    'an edit',
    (c) => c.edits({ from: ANA, messageId: 'm', text: 'y' }),
    { message_edit: { mid: 'm', text: 'y', num_edit: 1 } },
    false,
  ],
  [
    'an unsent message',
    (c) => c.unsends({ from: ANA, messageId: 'm' }),
    { message: { mid: 'm', is_deleted: true } },
    false,
  ],
  ['a link', (c) => c.follows({ from: ANA, ref: 'x' }), { referral: { ref: 'x', type: 'OPEN_THREAD' } }, true],
  ['an ad', (c) => c.follows({ from: ANA, adId: '61' }), { referral: { ad_id: '61', source: 'ADS' } }, true],
  ['an opt-in', (c) => c.optsIn({ from: ANA, topic: 'T' }), { optin: { payload: 'T' } }, false],
  [
    'an opt-out',
    (c) => c.optsIn({ from: ANA, topic: 'T', value: 'stop' }),
    { optin: { notification_messages_status: 'STOP NOTIFICATIONS' } },
    false,
  ],
])('%s is told, and opens the window or not', async (_name, act, expected, opens) => {
  for (const platform of ['messenger', 'instagram'] as const) {
    const { customer, side } = stage(platform);
    await act(customer);
    expect(last()).toMatchObject(expected);
    expect(side.people.get(ANA)?.actedAt).toBe(opens ? START : undefined);
  }
});

describe('what becomes of a message of ours', () => {
  const steps = () =>
    elements().map(({ message, delivery, read }) => (message ? 'echo' : delivery ? 'delivery' : read ? 'read' : '?'));

  test.each<[Platform, 'in_order' | 'reversed', string[]]>([
    ['messenger', 'in_order', ['echo', 'delivery', 'read']],
    ['messenger', 'reversed', ['read', 'delivery', 'echo']],
    ['instagram', 'in_order', ['echo', 'read']],
  ])('%s, %s', async (platform, statusOrder, expected) => {
    world.settings.statusOrder = statusOrder;
    const { side } = stage(platform);
    await postAutoStatuses(side, accepted(side, { text: 'hello', metadata: 'msg_1' }));
    expect(steps()).toEqual(expected);
  });

  test('Messenger names it by app, metadata, id and watermark; Instagram by app and id', async () => {
    const messenger = stage('messenger').side;
    const one = accepted(messenger, { text: 'hello', metadata: 'msg_1' });
    await postAutoStatuses(messenger, one);
    expect(elements()).toMatchObject([
      {
        recipient: { id: ANA },
        message: { is_echo: true, app_id: Number(META_DEFAULTS.appId), metadata: 'msg_1', mid: one.id },
      },
      { delivery: { mids: [one.id], watermark: START } },
      { read: { watermark: START } },
    ]);
    const instagram = stage('instagram').side;
    const other = accepted(instagram, { text: 'hello', metadata: 'msg_1' });
    await postAutoStatuses(instagram, other);
    const [echo, read] = elements().slice(3);
    expect(echo).toMatchObject({ message: { app_id: Number(META_DEFAULTS.appId), mid: other.id } });
    expect(objectOf(echo)['message']).not.toHaveProperty('metadata');
    expect(read).toMatchObject({ read: { mid: other.id } });
  });

  test('deliveries may name nothing', async () => {
    world.settings.namesDelivered = false;
    const { side } = stage('messenger');
    await postAutoStatuses(side, accepted(side, { text: 'hello' }));
    expect(elements()[1]?.['delivery']).toEqual({ watermark: START });
  });
});

test.each(BOTH)(
  '%s: an agent who answers takes the thread: what follows is for onlookers, until it is passed',
  async (platform) => {
    const { customer, inbox, side } = stage(platform);
    await inbox.replies({ to: ANA, text: 'I take over' });
    expect(last()).toMatchObject({ message: { is_echo: true, app_id: Number(side.settings.inboxAppId) } });
    await customer.chooses({ from: ANA, title: 'Menu', payload: 'MENU' });
    expect(entryOf(receiver.received.at(-1))).toMatchObject({ standby: [{ postback: { title: 'Menu' } }] });
    expect(last()['postback']).not.toHaveProperty('payload');
    await inbox.passes({ of: ANA, metadata: 'yours' });
    expect(last()['pass_thread_control']).toEqual({
      previous_owner_app_id: side.settings.inboxAppId,
      new_owner_app_id: META_DEFAULTS.appId,
      metadata: 'yours',
    });
    await customer.sends({ from: ANA, text: 'hi' });
    expect(entryOf(receiver.received.at(-1))).toHaveProperty('messaging');
    await inbox.takes({ of: ANA });
    expect(last()['take_thread_control']).toMatchObject({ new_owner_app_id: side.settings.inboxAppId });
  },
);

test.each(BOTH)('%s: nobody is told what nobody subscribed to', async (platform) => {
  const { customer } = stage(platform);
  const { page, instagram } = world.appSubscriptions;
  if (page && instagram) page.fields = instagram.fields = ['messages'];
  expect(await customer.reacts({ from: ANA, messageId: 'm', emoji: '👍' })).toBeUndefined();
  expect((await customer.sends({ from: ANA, text: 'hi' })).status).toBe(200);
  delete world.pageFields;
  expect((await customer.sends({ from: ANA, text: 'hi' })).status).toBeUndefined();
  expect(receiver.received).toHaveLength(1);
});

test('webhooks are repeated until 2xx, and again byte for byte on request', async () => {
  const { customer, side } = stage('messenger');
  receiver.answers.push({ status: 500 });
  const { delivery, status } = await customer.sends({ from: ANA, text: 'hi' });
  expect(status).toBe(500);
  await delivery?.done;
  await side.webhooks.redeliver(1)[0]?.done;
  expect(receiver.received).toHaveLength(3);
  expect(new Set(receiver.received.map(({ rawBody }) => rawBody.toString())).size).toBe(1);
});
