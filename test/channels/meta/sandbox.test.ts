/** Both channels against the strict stand-in for the Graph API, over real loopback HTTP and the service's own HTTP client. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { OutboundContent } from '../../../contract/message.ts';
import type { Channel, ChannelEvent, OutgoingMessage } from '../../../service/src/channels/channel.ts';
import type { RawRequest } from '../../../service/src/connectors/connector.ts';
import { instagram } from '../../../service/src/channels/instagram/index.ts';
import { messenger } from '../../../service/src/channels/messenger/index.ts';
import { META_DEFAULTS } from '../../sandbox/meta/defaults.ts';
import { startMetaSandbox, type MetaSandbox } from '../../sandbox/meta/sandbox.ts';
import { outgoing } from '../../support/outgoing.ts';
import { OUTBOUND_CASES as INSTAGRAM_CASES } from '../instagram/fixtures/outbound.ts';
import { OUTBOUND_CASES as MESSENGER_CASES } from '../messenger/fixtures/outbound.ts';
import { APP, clock, DAY_MS, io } from './sandbox-support.ts';
import type { Party } from '../../sandbox/meta/control.ts';
import { recipientOf } from '../../support/recipient.ts';

const PERSON = { type: 'agent' as const, id: 'ana' };

const { pageId, pageAccessToken, igUserId, igAccessToken } = META_DEFAULTS;

let sandbox: MetaSandbox;

interface Subject {
  name: string;
  channel: Channel;
  settings(): unknown;
  party(): Party;
  cases: readonly { name: string; content: OutboundContent }[];
}

const read = (channel: Channel, given: object) => channel.settings.parse({ ...APP, ...given, baseUrl: sandbox.url });
const SUBJECTS: readonly Subject[] = [
  {
    name: 'messenger',
    channel: messenger as Channel,
    settings: () => read(messenger as Channel, { pageId, pageAccessToken }),
    party: () => sandbox.messenger,
    cases: MESSENGER_CASES,
  },
  {
    name: 'instagram through its Page',
    channel: instagram as Channel,
    settings: () =>
      read(instagram as Channel, { loginType: 'facebook', igUserId, pageId, accessToken: pageAccessToken }),
    party: () => sandbox.instagram,
    cases: INSTAGRAM_CASES,
  },
  {
    name: 'instagram by its own log-in',
    channel: instagram as Channel,
    settings: () => read(instagram as Channel, { loginType: 'instagram', igUserId, accessToken: igAccessToken }),
    party: () => sandbox.instagram,
    cases: INSTAGRAM_CASES,
  },
];

const file = (mimeType: string) => ({
  stream: () => Readable.from([Buffer.alloc(64, 1)]),
  filename: 'Übersicht.bin',
  mimeType,
  bytes: 64,
});

describe.each(SUBJECTS.map((subject) => [subject.name, subject] as const))('%s', (_name, subject) => {
  const { channel } = subject;
  const events: ChannelEvent[] = [];
  let receiver: Server;
  let webhookUrl: string;
  let people = 5000;
  let person = '';
  const settings = () => subject.settings();
  const send = (content: OutboundContent, change: Partial<OutgoingMessage> = {}) => {
    const to = recipientOf(channel, person, settings());
    return channel.send(outgoing({ id: `msg_${people}`, to, content, ...change }), settings(), io);
  };
  const refusal = (content: OutboundContent, change: Partial<OutgoingMessage> = {}) =>
    send(content, change).then(
      () => undefined,
      (error: unknown) => error,
    );
  const TEXT: OutboundContent = { type: 'text', text: 'Hi' };

  /** What the service does with a webhook, without the ledger. */
  function receive(request: RawRequest): string {
    if (request.method === 'GET') return channel.handshake?.answer(request, settings()).body ?? '';
    channel.verify(request, 0, settings());
    events.push(...channel.parse(request, settings()));
    return 'ok';
  }

  beforeAll(async () => {
    receiver = createServer((incoming, answer) => {
      void buffer(incoming).then((body) => {
        const { searchParams } = new URL(incoming.url ?? '', 'http://127.0.0.1');
        const headers = incoming.headers as Record<string, string>;
        const query = Object.fromEntries(searchParams);
        answer.end(receive({ method: incoming.method ?? '', url: webhookUrl, headers, query, body }));
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    webhookUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/webhooks/${channel.id}/e1`;
    sandbox = await startMetaSandbox({ clock, requireAppSecretProof: true });
  });

  afterAll(async () => {
    await sandbox.close();
    receiver.closeAllConnections();
    await new Promise((resolve) => receiver.close(resolve));
  });

  /** Somebody new, whose window is open. */
  beforeEach(async () => {
    events.length = 0;
    people += 1;
    person = String(people);
    if (!subject.party().webhooks.deliveries.length) {
      const steps = await channel.provisioning?.provision(webhookUrl, settings(), io, async (learned) => learned);
      expect(steps?.filter(({ ok }) => !ok)).toEqual([]);
    }
    await subject.party().customer.sends({ from: person, text: 'Olá 👋' });
  });

  test('provisioning proves the URL, and what people say comes through it', () => {
    expect(events.at(-1)).toMatchObject({
      type: 'message.received',
      content: { type: 'text', text: 'Olá 👋' },
      contact: { identities: [{ address: person }] },
      opensWindow: 'message',
    });
  });

  const sendable = subject.cases.filter(
    ({ content }) => content.type !== 'template' && !JSON.stringify(content).includes('"mediaId"'),
  );
  test.each(sendable.map(({ name, content }) => [name, content] as const))('%s is accepted', async (_kind, content) => {
    const receipt = await send(content);
    expect(receipt.identities).toEqual([{ kind: channel.sendTo[0], address: person }]);
    const known = subject.party().listReceivedMessages().at(-1);
    expect(known).toMatchObject({ id: receipt.providerMessageId, to: person });
    await sandbox.waitFor(() => known?.statuses.includes('read') && events.some(isRead));
    if (channel.id === 'messenger') expect(sandbox.acceptedCountFor(`msg_${people}`)).toBe(1);
    else expect(events).toContainEqual(expect.objectContaining({ providerMessageId: receipt.providerMessageId }));
  });
  const isRead = (event: ChannelEvent) => 'status' in event && event.status === 'read';

  test.each([
    ['image', 'image/png'],
    ['video', 'video/mp4'],
    ['audio', 'audio/wav'],
    ['document', 'application/pdf'],
  ] as const)('an uploaded %s of type %s is accepted', async (type, mimeType) => {
    const uploaded = await channel.media?.upload?.(file(mimeType), settings(), io);
    await send({ type, mediaId: uploaded?.providerId ?? '' });
    await expect(refusal({ type, mediaId: '999' })).resolves.toMatchObject({
      details: { providerCode: '100/2018074' },
    });
  });

  test('a file of a contact is downloaded without the token; the conversation is marked as read', async () => {
    const { id } = await subject.party().customer.sends({ from: person, image: { content: 'photo' } });
    const event = events.at(-1);
    if (event?.type !== 'message.received' || event.content.type !== 'image') throw new Error('no image came');
    const { media } = event.content;
    const got = await channel.media?.download({ providerId: media.providerId }, settings(), io);
    expect(got?.mimeType).toBe('image/jpeg');
    expect((await buffer(got?.stream ?? Readable.from([]))).toString()).toBe('photo');
    expect(sandbox.requests().at(-1)?.headers.authorization).toBeUndefined();
    await expect(
      channel.media?.download({ providerId: `${sandbox.url}/cdn/none` }, settings(), io),
    ).rejects.toMatchObject({
      code: 'media_gone',
    });
    const from = recipientOf(channel, person, settings());
    await channel.presence?.markRead({ providerMessageId: id, from }, true, settings(), io);
    const actions = subject.party().listSenderActions();
    expect(actions.slice(-2).map(({ to, action }) => ({ to, action }))).toEqual([
      { to: person, action: 'mark_seen' },
      { to: person, action: 'typing_on' },
    ]);
  });

  test('after a day only a person may write, after seven nobody', async () => {
    clock.advance(DAY_MS);
    await expect(refusal(TEXT)).resolves.toMatchObject({ kind: 'session_closed' });
    await send(TEXT, { author: PERSON, session: 'closed' });
    clock.advance(6 * DAY_MS);
    const late = await refusal(TEXT, { author: PERSON, session: 'closed' });
    expect(late).toMatchObject({ kind: 'session_closed' });
  });

  test('a conversation that the inbox took is not ours', async () => {
    await subject.party().inbox.replies({ to: person, text: 'An agent here' });
    expect(events.at(-1)).toMatchObject({ type: 'message.echo', owner: 'human' });
    await expect(refusal(TEXT)).resolves.toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining('Another app'),
    });
    await subject.party().inbox.passes({ of: person });
    await send(TEXT);
  });

  test.each([
    ['throttled', 'throttled'],
    ['server_error', 'uncertain'],
    ['unavailable', 'uncertain'],
    ['token_expired', 'settings'],
    ['answer_dropped', 'uncertain'],
    ['connection_dropped', 'uncertain'],
  ] as const)('the fault %s is %s', async (fault, kind) => {
    sandbox.faults.next({ kind: fault });
    await expect(refusal(TEXT)).resolves.toMatchObject({ name: 'SendError', kind });
  });

  test('who never wrote is nobody, and who blocked the account cannot be reached', async () => {
    const stranger = { to: recipientOf(channel, '999999', settings()) };
    await expect(refusal(TEXT, stranger)).resolves.toMatchObject({ kind: 'rejected' });
    sandbox.settings.unreachable.push(person);
    await expect(refusal(TEXT)).resolves.toMatchObject({ kind: 'rejected', details: { providerCode: '551/1545041' } });
  });

  test('a choice that is tapped comes back', async () => {
    const buttons = [{ id: 'yes', title: 'Yes' }];
    const { providerMessageId: messageId } = await send({ type: 'buttons', text: 'Coming?', buttons });
    await subject.party().customer.taps({ messageId, choice: 'Yes' });
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'message.received',
        content: expect.objectContaining({ type: 'button', buttonId: 'yes', text: 'Yes' }),
        opensWindow: 'button',
      }),
    );
  });

  test('the greeting is set, read and removed', async () => {
    const run = (name: string, input: Record<string, unknown>) => {
      const action = channel.actions?.[name];
      return action?.run(action.input.parse(input), settings(), io);
    };
    const iceBreakers = [{ locale: 'default', questions: [{ question: 'Hours?', payload: 'HOURS' }] }];
    await expect(run('profile.set', { iceBreakers })).resolves.toEqual({ set: ['iceBreakers'] });
    await expect(run('profile.get', {})).resolves.toEqual({ profile: { iceBreakers } });
    await run('profile.remove', { parts: ['iceBreakers'] });
    await expect(run('profile.get', {})).resolves.toEqual({ profile: {} });
    const link = await run('link.make', { reference: 'summer' });
    const base = channel.id === 'messenger' ? `https://m.me/${pageId}` : 'https://ig.me/m/parley.test.shop';
    expect(link).toEqual({ url: `${base}?ref=summer` });
  });

  test('what was set up is taken back, and nobody is called any more', async () => {
    const steps = ['account_subscription', 'app_callback'].map((step) => ({ step, ok: true }));
    const removal = { webhookUrls: [webhookUrl], others: [] };
    expect(await channel.provisioning?.remove?.(removal, settings(), io)).toEqual(steps);
    expect((await subject.party().customer.sends({ from: person, text: 'Anybody?' })).status).toBeUndefined();
    const written = () => sandbox.requests().filter(({ method }) => method !== 'GET').length;
    const before = written();
    expect(await channel.provisioning?.remove?.(removal, settings(), io)).toEqual(steps);
    expect(written()).toBe(before);
  });
});
