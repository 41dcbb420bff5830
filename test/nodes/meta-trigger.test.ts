/** The triggers of Messenger and Instagram in n8n's real engine: life cycle, and what a delivery becomes. */
import type { EventBody, ParleyEvent, ReceivedMessage } from '../../contract/event.ts';
import type { WorkflowJson } from '../support/engine/engine.ts';
import { META_CHANNELS, type MetaChannel } from './engine/meta-channels.ts';
import { type Fixture, startFixture } from './trigger-fixture.ts';

let fixture: Fixture;

beforeAll(async () => {
  const credentials = META_CHANNELS.map(({ credential, data }): [string, Record<string, string>] => [credential, data]);
  fixture = await startFixture(Object.fromEntries(credentials));
}, 60_000);
afterAll(async () => {
  await fixture.stop();
});
beforeEach(() => {
  fixture.reset();
});

function workflow({ trigger, triggerType, credential }: MetaChannel, parameters: object = {}): WorkflowJson {
  const credentials = { parleyApi: { id: '1', name: 'p' }, [credential]: { id: '2', name: 'c' } };
  return {
    nodes: [{ name: trigger, type: `n8n-nodes-parley.${triggerType}`, parameters: { ...parameters }, credentials }],
  };
}

type Told = EventBody & Pick<ParleyEvent, 'owner'>;

function event({ channel, externalId }: MetaChannel, told: Told): ParleyEvent {
  return {
    ...{ id: 'evt_1', at: '2026-11-22T10:00:00.000Z', channel },
    account: { id: 'acc_1', externalId },
    contact: { id: 'ctc_1', name: 'Ana', identities: [{ kind: 'psid', address: '5678' }] },
    ...told,
  };
}

function message(content: ReceivedMessage['content'], more: object = {}): Told {
  const sentAt = '2026-11-22T10:00:00.000Z';
  return { type: 'message.received', message: { id: 'msg_1', providerMessageId: 'm_1', content, sentAt, ...more } };
}

describe.each(META_CHANNELS)('$trigger', (meta) => {
  async function active(parameters: object = {}) {
    const { urls, deactivate } = await fixture.engine.activate(workflow(meta, parameters));
    return { subscription: fixture.service.subscriptionAt(urls[meta.trigger] ?? ''), deactivate };
  }

  test('activating registers the account and subscribes to its messages, deactivating ends that', async () => {
    const { subscription, deactivate } = await active();
    expect(fixture.service.accounts.get(`${meta.channel}/${meta.externalId}`)?.settings).toEqual(meta.settings);
    expect(subscription).toMatchObject({
      events: ['message.received'],
      account: { channel: meta.channel, externalId: meta.externalId },
    });
    await deactivate();
    expect(fixture.service.subscriptions.size).toBe(0);
  });

  test('asks for what the parameters say', async () => {
    const { subscription } = await active({
      events: ['messageReceived', 'linkClicked', 'conversationControl'],
      messageKinds: ['button', 'share'],
      options: { includeHandedOff: true },
    });
    expect([...subscription.events].sort()).toEqual(['conversation.control', 'link.clicked', 'message.received']);
    expect(subscription).toMatchObject({ messageKinds: ['button', 'share'], includeHandedOff: true });
  });

  test('what the provider lacks stops the activation, with the URL for doing it by hand', async () => {
    const detail = 'the token lacks pages_manage_metadata';
    fixture.service.provisioning = [{ step: 'Subscribe the Page', ok: false, detail, blocking: true }];
    await expect(fixture.engine.activate(workflow(meta))).rejects.toMatchObject({
      message: expect.stringContaining(detail) as string,
      description: expect.stringContaining(`/webhooks/${meta.channel}/${meta.externalId}`) as string,
    });
  });

  test.each<[string, Told, Record<string, unknown>]>([
    [
      'a tapped quick reply',
      message({ type: 'button', buttonId: 'RED', text: 'Red', source: 'message' }),
      { from: '5678', name: 'Ana', text: 'Red', kind: 'button', buttonId: 'RED' },
    ],
    [
      'an answer to a story',
      message({ type: 'text', text: 'Love it' }, { context: { story: { id: '178', url: 'https://a.example/s' } } }),
      { text: 'Love it', storyId: '178', storyUrl: 'https://a.example/s' },
    ],
    [
      'a shared post',
      message({ type: 'share', source: 'post', url: 'https://a.example/p', title: 'Boots' }),
      { kind: 'share', text: 'Boots', shareSource: 'post', shareUrl: 'https://a.example/p' },
    ],
    [
      'a clicked link',
      { type: 'link.clicked', data: { reference: 'flyer', sourceType: 'shortlink' } },
      { event: 'link.clicked', from: '5678', reference: 'flyer', sourceType: 'shortlink' },
    ],
    [
      'a conversation that a person took',
      { type: 'conversation.control', owner: 'human', data: { event: 'control_taken' } },
      { event: 'conversation.control', owner: 'human' },
    ],
    [
      'what a person wrote in the inbox',
      {
        type: 'message.echo',
        owner: 'human',
        echo: { providerMessageId: 'm_9', content: { type: 'text', text: 'Yes' } },
      },
      { event: 'message.echo', to: '5678', text: 'Yes', owner: 'human' },
    ],
  ])('%s comes as one flat item', async (_, members, fields) => {
    const { subscription } = await active();
    const answer = await fixture.service.deliver(subscription, [event(meta, members)]);
    expect(answer.status).toBe(200);
    const [item] = (await fixture.succeeded()).items(meta.trigger);
    expect(item?.json).toMatchObject({ channel: meta.channel, account: meta.externalId, ...fields });
  });

  test('a delivery that is signed by somebody else starts nothing', async () => {
    const { subscription } = await active();
    const forged = await fixture.service.deliver(subscription, [event(meta, message({ type: 'text', text: 'Hi' }))], {
      secret: 'whsec_b3RoZXI=',
    });
    expect(forged.status).toBe(401);
    expect(fixture.engine.executions).toHaveLength(0);
  });

  test('every picture of one message has a binary field', async () => {
    for (const name of ['med_1', 'med_2']) {
      fixture.service.files.set(name, { bytes: Buffer.from(name), mimeType: 'image/png', filename: `${name}.png` });
    }
    const more = [{ type: 'image' as const, media: { id: 'med_2' } }];
    const { subscription } = await active({ options: { downloadMedia: true } });
    await fixture.service.deliver(subscription, [
      event(meta, message({ type: 'image', media: { id: 'med_1' }, more })),
    ]);
    const [item] = (await fixture.succeeded()).items(meta.trigger);
    expect(item?.binary).toMatchObject({ data: { fileName: 'med_1.png' }, data_1: { fileName: 'med_2.png' } });
    expect(item?.json['files']).toEqual([
      { type: 'image', mediaId: 'med_1' },
      { type: 'image', mediaId: 'med_2' },
    ]);
  });
});
