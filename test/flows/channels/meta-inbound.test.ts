/** What people do on Messenger and Instagram, through the whole service, to a workflow. */
import type { ParleyEvent } from '../../../contract/event.ts';
import type { Platform } from '../../sandbox/meta/customer-world.ts';
import { META_DEFAULTS } from '../../sandbox/meta/defaults.ts';
import { DAY } from '../../support/app.ts';
import { ANA, closeMetaApps, metaAccount, startMetaApp, type MetaApp } from './meta-fixture.ts';

afterEach(closeMetaApps);

const BOTH = [['messenger'], ['instagram']] as const;
const KIND: Record<Platform, string> = { messenger: 'psid', instagram: 'igsid' };
const types = (events: readonly ParleyEvent[]) => events.map(({ type }) => type);
const ofType = (events: readonly ParleyEvent[], type: string) => events.filter((event) => event.type === type);
const text = (words: string) => ({ type: 'text' as const, text: words });

/** The person writes, and the workflow has it. */
async function greeted(meta: MetaApp): Promise<void> {
  await meta.customer.sends({ from: ANA, text: 'hi' });
  await meta.app.idle();
}

test.each(BOTH)('%s: a message is delivered as exactly the event', async (platform) => {
  const meta = await startMetaApp(platform);
  const workflow = await meta.listen();
  const { id, status } = await meta.customer.sends({ from: ANA, text: 'café 👍' });
  expect(status).toBe(200);
  const [event] = await workflow.took(1);
  expect(event).toEqual({
    id: expect.stringMatching(/^evt_/),
    type: 'message.received',
    at: '2026-01-01T12:00:00.000Z',
    channel: platform,
    account: { id: meta.account.id, externalId: meta.account.externalId },
    conversationId: expect.stringMatching(/^cnv_/),
    owner: 'bot',
    session: expect.objectContaining({ open: true, expiresAt: '2026-01-02T12:00:00.000Z', openedBy: 'message' }),
    contact: { id: expect.stringMatching(/^con_/), identities: [{ kind: KIND[platform], address: ANA }] },
    message: {
      id: expect.stringMatching(/^msg_/),
      providerMessageId: id,
      content: text('café 👍'),
      sentAt: '2026-01-01T12:00:00.000Z',
    },
  });
  await meta.redeliver(1)[0]?.done;
  await meta.app.idle();
  expect(workflow.taken()).toHaveLength(1);
});

test.each(BOTH)('%s: taps come back with what the workflow gave them', async (platform) => {
  const meta = await startMetaApp(platform, { autoStatuses: [] });
  const workflow = await meta.listen({ events: ['message.received'] });
  await greeted(meta);
  const buttons = [{ id: 'yes', title: 'Yes' }];
  await meta.reaches(await meta.sent({ type: 'buttons', text: 'Tea?', buttons }), 'sent');
  await meta.reaches(await meta.sent({ type: 'quick_replies', text: 'Milk?', replies: buttons }), 'sent');
  const [asked, suggested] = meta.listReceivedMessages();
  await meta.customer.taps({ messageId: asked?.id ?? '', choice: 'Yes' });
  await meta.customer.taps({ messageId: suggested?.id ?? '', choice: 'Yes' });
  const [, ...answers] = await workflow.took(3);
  const button = { type: 'button', buttonId: 'yes', text: 'Yes', source: 'message' };
  expect(answers.map(({ message }) => message?.content)).toEqual([button, button]);
});

test.each(BOTH)("%s: a contact's file is streamed with the type that comes with it", async (platform) => {
  const meta = await startMetaApp(platform);
  const workflow = await meta.listen();
  const content = Buffer.alloc(100_000, 'parley');
  await meta.customer.sends({ from: ANA, text: 'look', image: { content }, files: [{ type: 'file' }] });
  const [event] = await workflow.took(1);
  const said = event?.message?.content as { media: { id: string }; more: { type: string; media: { id: string } }[] };
  expect(said).toMatchObject({ type: 'image', caption: 'look', more: [{ type: 'document' }] });
  const fetched = (id: string) =>
    fetch(`${meta.app.url}/v1/media/${id}`, { headers: { authorization: `Bearer ${meta.app.key}` } });
  const picture = await fetched(said.media.id);
  expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
  expect(Buffer.from(await picture.arrayBuffer()).equals(content)).toBe(true);
  expect((await fetched(said.more[0]?.media.id ?? '')).headers.get('content-type')).toBe('application/pdf');
});

describe('who answers', () => {
  test.each(BOTH)('%s: an agent in the inbox takes over, and gives back', async (platform) => {
    const meta = await startMetaApp(platform, { autoStatuses: [] });
    const workflow = await meta.listen({ includeHandedOff: true });
    await greeted(meta);
    const { id } = await meta.inbox.replies({ to: ANA, text: 'A person here' });
    const [, ...taken] = await workflow.took(3);
    expect(types(taken).sort()).toEqual(['conversation.control', 'message.echo']);
    expect(ofType(taken, 'message.echo')).toMatchObject([
      { owner: 'human', echo: { providerMessageId: id, content: text('A person here') } },
    ]);
    expect(ofType(taken, 'conversation.control')).toMatchObject([{ owner: 'human', data: { owner: 'human' } }]);
    expect(await meta.send(text('me again'))).toMatchObject({ status: 409, body: { code: 'handed_off' } });

    await meta.customer.sends({ from: ANA, text: 'thanks, person' });
    expect((await workflow.took(4))[3]).toMatchObject({ type: 'message.received', owner: 'human' });

    await meta.inbox.passes({ of: ANA, metadata: 'done' });
    expect((await workflow.took(5))[4]).toMatchObject({
      type: 'conversation.control',
      owner: 'bot',
      data: { event: 'control_passed', owner: 'bot', newOwner: META_DEFAULTS.appId, metadata: 'done' },
    });
    await meta.reaches(await meta.sent(text('me again')), 'sent');
  });

  test('what is typed in the Instagram app is said by a person', async () => {
    const meta = await startMetaApp('instagram');
    const workflow = await meta.listen({ events: ['message.echo'] });
    await greeted(meta);
    await meta.inbox.types({ to: ANA, text: 'from my phone' });
    expect(await workflow.took(1)).toMatchObject([{ owner: 'human', echo: { content: text('from my phone') } }]);
  });

  test.each(BOTH)('%s: another bot of the business is told of and takes nothing', async (platform) => {
    const meta = await startMetaApp(platform);
    const workflow = await meta.listen({ events: ['message.echo', 'conversation.control'] });
    await greeted(meta);
    await meta.inbox.automates({ to: ANA, text: 'We are closed', appId: '1517776481860111' });
    expect(await workflow.took(1)).toMatchObject([{ type: 'message.echo', owner: 'bot' }]);
    await meta.app.idle();
    expect(workflow.taken()).toHaveLength(1);
  });
});

describe('what becomes of what is sent', () => {
  test.each<[Platform, string, boolean, string[], number?]>([
    ['messenger', 'by name, read by the watermark', true, ['sent', 'delivered', 'read']],
    ['messenger', 'by watermarks only', false, ['sent', 'delivered', 'read']],
    ['messenger', 'by a clock ten minutes ahead', false, ['sent', 'delivered', 'read'], 10],
    ['messenger', 'by a clock ten minutes behind', false, ['sent', 'delivered', 'read'], -10],
    ['instagram', 'read by name', true, ['sent', 'read']],
  ])('%s: %s', async (platform, _how, namesDelivered, expected, minutesAhead = 0) => {
    const meta = await startMetaApp(platform, { namesDelivered }, minutesAhead * 60_000);
    const workflow = await meta.listen({ events: ['message.status', 'message.echo', 'conversation.control'] });
    await greeted(meta);
    const ids = [await meta.sent(text('one'))];
    await meta.reaches(ids[0] ?? '', 'read');
    // A watermark is an instant: what is sent at the same one would be covered by it.
    meta.app.advance(1_000);
    ids.push(await meta.sent(text('two')));
    await meta.reaches(ids[1] ?? '', 'read');
    await meta.app.idle();
    for (const id of ids) {
      const own = workflow.taken().filter((event) => event.status?.id === id);
      expect(own.map(({ status }) => status?.status)).toEqual(expected);
    }
    // The echoes of our own messages are no news.
    expect(types(workflow.taken()).filter((type) => type !== 'message.status')).toEqual([]);
  });

  test.each(BOTH)('%s: an answer that was lost is settled by the echo', async (platform) => {
    const meta = await startMetaApp(platform, { autoStatuses: ['sent'] });
    await greeted(meta);
    meta.sandbox.faults.next({ kind: 'answer_dropped' });
    const id = await meta.sent(text('once'));
    await meta.reaches(id, 'sent');
    expect(meta.listReceivedMessages()).toHaveLength(1);
  });
});

describe('second thoughts', () => {
  test.each(BOTH)('%s: what is unsent is forgotten here as well', async (platform) => {
    const meta = await startMetaApp(platform);
    const workflow = await meta.listen({ includeRaw: true });
    const { id } = await meta.customer.sends({ from: ANA, text: 'my secret is 4711' });
    await workflow.took(1);
    await meta.customer.unsends({ from: ANA, messageId: id });
    const [, deletion] = await workflow.took(2);
    expect(deletion).toMatchObject({ type: 'message.deleted', data: { providerMessageId: id } });
    await meta.app.idle();
    const kept = await meta.app.read('SELECT content FROM messages');
    expect(kept).toEqual([{ content: JSON.stringify({ type: 'unsupported', reason: 'deleted by the contact' }) }]);
    expect(JSON.stringify(await meta.app.read('SELECT payload FROM events'))).not.toContain('4711');
  });

  test.each(BOTH)('%s: each edit is told once', async (platform) => {
    const meta = await startMetaApp(platform);
    const workflow = await meta.listen();
    const { id } = await meta.customer.sends({ from: ANA, text: 'helo' });
    await meta.customer.edits({ from: ANA, messageId: id, text: 'hello' });
    await meta.customer.edits({ from: ANA, messageId: id, text: 'hello!', count: 2 });
    await meta.redeliver(2).at(-1)?.done;
    const events = await workflow.took(3);
    expect(events.slice(1)).toMatchObject([
      { type: 'message.edited', message: { providerMessageId: id, content: text('hello') } },
      { type: 'message.edited', message: { providerMessageId: id, content: text('hello!') } },
    ]);
    await meta.app.idle();
    expect(workflow.taken()).toHaveLength(3);
  });
});

describe('the session', () => {
  type Opening = [string, (meta: MetaApp) => Promise<unknown>, string, number];
  const DAYS = { messenger: 7, instagram: 1 };

  test.each<Opening>([
    ['a tap on the menu', ({ customer }) => customer.chooses({ from: ANA, title: 'Menu', payload: 'M' }), 'button', 1],
    ['a reaction', ({ customer }) => customer.reacts({ from: ANA, messageId: 'm', emoji: '👍' }), 'reaction', 1],
    ['a link', ({ customer }) => customer.follows({ from: ANA, ref: 'summer' }), 'link', 1],
    ['a cart', ({ customer }) => customer.does({ from: ANA, order: { products: [] } }), 'message', 1],
  ])('Messenger: is opened by %s', async (_name, act, openedBy, days) => {
    const meta = await startMetaApp('messenger');
    const workflow = await meta.listen();
    await act(meta);
    const expiresAt = new Date(meta.app.clock.now() + days * DAY).toISOString();
    expect(await workflow.took(1)).toMatchObject([{ session: { open: true, openedBy, expiresAt } }]);
  });

  test('Messenger: stays open for seven days after an ad', async () => {
    const meta = await startMetaApp('messenger');
    const workflow = await meta.listen();
    await meta.customer.sends({ from: ANA, text: 'hi', referral: { source: 'ADS', type: 'OPEN_THREAD', ad_id: '61' } });
    const expiresAt = new Date(meta.app.clock.now() + DAYS.messenger * DAY).toISOString();
    expect(await workflow.took(1)).toMatchObject([
      {
        session: { openedBy: 'ad', expiresAt },
        message: { context: { referral: { sourceType: 'ad', sourceId: '61' } } },
      },
    ]);
  });

  test.each(BOTH)('%s: is not opened by an opt-in alone', async (platform) => {
    const meta = await startMetaApp(platform);
    const workflow = await meta.listen();
    await meta.customer.optsIn({ from: ANA, topic: 'news' });
    expect(await workflow.took(1)).toMatchObject([
      { type: 'contact.preference', session: { open: false }, data: { topic: 'news', value: 'signup' } },
    ]);
    expect(await meta.send(text('news!'))).toMatchObject({ status: 409, body: { code: 'session_closed' } });
  });
});

test('one URL may get the webhooks of several Pages: each goes to its account', async () => {
  const meta = await startMetaApp('messenger');
  const { settings } = metaAccount('messenger', meta.sandbox.url);
  const other = { ...settings, pageId: '42' };
  expect((await meta.app.call('PUT', '/v1/accounts/messenger/42', { settings: other })).status).toBe(201);
  const mine = await meta.listen();
  const theirs = await meta.app.listen({ account: { channel: 'messenger', externalId: '42' } });
  const message = (page: string) => ({
    ...{ sender: { id: ANA }, recipient: { id: page }, timestamp: meta.app.clock.now() },
    message: { mid: `m_${page}`, text: page },
  });
  const entry = ['42', META_DEFAULTS.pageId].map((id) => ({ id, time: 1, messaging: [message(id)] }));
  await meta.webhooks.emitRaw({ object: 'page', entry }, meta.account.webhookUrl).done;
  expect(await theirs.took(1)).toMatchObject([{ message: { content: text('42') } }]);
  expect(await mine.took(1)).toMatchObject([{ message: { content: text(META_DEFAULTS.pageId) } }]);
});
