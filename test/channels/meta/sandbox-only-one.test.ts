/** What only one of both channels does, against the strict stand-in for the Graph API. */
import { instagram } from '../../../service/src/channels/instagram/index.ts';
import { messenger } from '../../../service/src/channels/messenger/index.ts';
import { META_DEFAULTS } from '../../sandbox/meta/defaults.ts';
import { startMetaSandbox, type MetaSandbox } from '../../sandbox/meta/sandbox.ts';
import { outgoing } from '../../support/outgoing.ts';
import { APP, clock, DAY_MS, io } from './sandbox-support.ts';

const { pageId, pageAccessToken, igUserId, igAccessToken } = META_DEFAULTS;

let sandbox: MetaSandbox;

test('a text on Instagram whose answer was lost is found in the conversation', async () => {
  sandbox = await startMetaSandbox({ clock });
  const { lookup } = instagram;
  const settings = instagram.settings.parse({
    ...{ loginType: 'facebook', igUserId, pageId, accessToken: pageAccessToken },
    baseUrl: sandbox.url,
  });
  await sandbox.instagram.customer.sends({ from: '7002', text: 'Hi' });
  const known: string[] = [];
  const message = outgoing({
    id: 'msg_l',
    to: { kind: 'igsid', address: '7002' },
    content: { type: 'text', text: 'Lost?' },
  });
  const isAnother = (id: string) => Promise.resolve(known.includes(id));
  const find = () => lookup?.find({ ...message, attemptedAt: io.clock.now(), isAnother }, settings, io);
  sandbox.faults.next({ kind: 'connection_dropped' });
  await expect(instagram.send(message, settings, io)).rejects.toMatchObject({ kind: 'uncertain' });
  await expect(find()).resolves.toBeUndefined();
  sandbox.faults.next({ kind: 'answer_dropped' });
  await expect(instagram.send(message, settings, io)).rejects.toMatchObject({ kind: 'uncertain' });
  const id = sandbox.instagram.listReceivedMessages()[0]?.id ?? '';
  await expect(find()).resolves.toMatchObject({ receipt: { providerMessageId: id }, status: 'sent' });
  known.push(id);
  await expect(find()).resolves.toBeUndefined();
  known.pop();
  clock.advance(10 * 60_000);
  await expect(find()).resolves.toBeUndefined();
  await sandbox.close();
});

describe('only messenger', () => {
  const settings = () => messenger.settings.parse({ ...APP, pageId, pageAccessToken, baseUrl: sandbox.url });

  beforeAll(async () => {
    sandbox = await startMetaSandbox({ clock });
  });
  afterAll(() => sandbox.close());

  test('a template is made, sent outside the window with its values, and removed', async () => {
    const { templates } = messenger;
    if (!templates) throw new Error('Messenger has templates');
    const components = [{ type: 'BODY', text: 'Your order is {{1}}.', example: { body_text: [['packed']] } }];
    const draft = { name: 'order_update', language: 'en', category: 'UTILITY', components };
    const { id, status } = await templates.create(draft, settings(), io);
    expect(status).toBe('APPROVED');
    const page = await templates.list({ name: 'order_update' }, settings(), io);
    expect(page.data).toMatchObject([{ id, variables: [{ key: 'body.1' }] }]);
    await expect(templates.get(id, settings(), io)).resolves.toMatchObject({ name: 'order_update' });
    await sandbox.messenger.customer.sends({ from: '6001', text: 'Hi' });
    clock.advance(2 * DAY_MS);
    const content = { type: 'template' as const, name: 'order_update', language: 'en' };
    const to = { kind: 'psid', address: '6001' };
    const body = [{ type: 'text' as const, text: 'packed' }];
    const outside = outgoing({ id: 'msg_t', to, content: { ...content, body }, session: 'closed' });
    await messenger.send(outside, settings(), io);
    expect(sandbox.acceptedCountFor('msg_t')).toBe(1);
    await expect(messenger.send({ ...outside, content }, settings(), io)).rejects.toMatchObject({ kind: 'invalid' });
    await expect(templates.edit(id, {}, settings(), io)).rejects.toMatchObject({ kind: 'rejected' });
    await templates.remove({ name: 'order_update' }, settings(), io);
    expect((await templates.list({}, settings(), io)).data).toEqual([]);
  });

  test('a persona is made, speaks, is listed and removed', async () => {
    const run = (name: string, input: Record<string, unknown>) => {
      const action = messenger.actions?.[name];
      if (action === undefined) throw new Error(name);
      return action.run(action.input.parse(input), settings(), io);
    };
    const { id } = await run('persona.create', { name: 'Ana', imageUrl: 'https://example.com/ana.png' });
    const personas = [{ id, name: 'Ana', imageUrl: 'https://example.com/ana.png' }];
    await expect(run('persona.list', {})).resolves.toEqual({ personas });
    await sandbox.messenger.customer.sends({ from: '6002', text: 'Hi' });
    const to = { kind: 'psid', address: '6002' };
    const said = { id: 'msg_p', to, content: { type: 'text' as const, text: 'I am Ana' } };
    await messenger.send(outgoing({ ...said, options: { personaId: id } }), settings(), io);
    await expect(
      messenger.send(outgoing({ ...said, options: { personaId: '1' } }), settings(), io),
    ).rejects.toMatchObject({ kind: 'invalid' });
    await expect(run('persona.remove', { id })).resolves.toEqual({ removed: true });
    await expect(run('persona.list', {})).resolves.toEqual({ personas: [] });
  });

  test('after an ad a program may write for seven days', async () => {
    const referral = { source: 'ADS', type: 'OPEN_THREAD', ad_id: '61' };
    await sandbox.messenger.customer.sends({ from: '6003', text: 'Hi', referral });
    await sandbox.messenger.customer.follows({ from: '6004', adId: '61' });
    clock.advance(6 * DAY_MS);
    const to = { kind: 'psid', address: '6003' };
    const content = { type: 'text' as const, text: 'Still here' };
    const onlyTapped = outgoing({ id: 'msg_tap', to: { kind: 'psid', address: '6004' }, content });
    await expect(messenger.send(onlyTapped, settings(), io)).rejects.toMatchObject({ kind: 'session_closed' });
    await messenger.send(outgoing({ id: 'msg_ad', to, content }), settings(), io);
    expect(sandbox.acceptedCountFor('msg_ad')).toBe(1);
  });
});

test('a reaction on Instagram is an action', async () => {
  sandbox = await startMetaSandbox({ clock });
  const settings = instagram.settings.parse({
    ...{ loginType: 'instagram', igUserId, accessToken: igAccessToken },
    baseUrl: sandbox.url,
  });
  const { id } = await sandbox.instagram.customer.sends({ from: '7001', text: 'Hi' });
  const content = { type: 'reaction' as const, messageId: id, emoji: '❤️' };
  const to = { kind: 'igsid', address: '7001' };
  await expect(instagram.send(outgoing({ id: 'msg_r', to, content }), settings, io)).resolves.toEqual({
    providerMessageId: 'reaction:msg_r',
    identities: [to],
    sentAt: expect.any(Number),
  });
  expect(sandbox.instagram.listSenderActions()).toMatchObject([
    { to: '7001', action: 'react', payload: { message_id: id, reaction: 'love' } },
  ]);
  await sandbox.close();
});
