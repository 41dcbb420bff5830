/** The named actions: their inputs, and what they ask of Meta. */
import type { Channel } from '../../../service/src/channels/channel.ts';
import type { HttpResponse } from '../../../service/src/core/http.ts';
import { instagram } from '../../../service/src/channels/instagram/index.ts';
import { messenger } from '../../../service/src/channels/messenger/index.ts';
import { alwaysAnswering, json } from '../../conformance/fake-io.ts';
import { graphError } from './answers.ts';

const PAGE = messenger.settings.parse({ pageId: '1234567890', pageAccessToken: 'EAAtoken123' });
const ACCOUNT = instagram.settings.parse({ loginType: 'instagram', igUserId: '17841', accessToken: 'IGAAtoken123' });
const CHANNELS = { messenger: messenger as Channel, instagram: instagram as Channel };
type Id = keyof typeof CHANNELS;

function actionOf(id: Id, name: string) {
  const action = CHANNELS[id].actions?.[name];
  if (action === undefined) throw new Error(`${id} has no ${name}`);
  return action;
}

async function run(id: Id, name: string, input: unknown, answer: HttpResponse = json(200, { result: 'success' })) {
  const { io, requests } = alwaysAnswering(answer);
  const action = actionOf(id, name);
  const result = await action.run(action.input.parse(input), id === 'messenger' ? PAGE : ACCOUNT, io);
  return { result, request: requests[0] };
}

test('the actions of each channel, and which of them change something', () => {
  const changing = (channel: Channel) =>
    Object.entries(channel.actions ?? {}).map(([name, { changes }]) => [name, changes]);
  expect(changing(CHANNELS.messenger)).toEqual([
    ['profile.get', false],
    ['profile.set', true],
    ['profile.remove', true],
    ['link.make', false],
    ['persona.create', true],
    ['persona.list', false],
    ['persona.remove', true],
  ]);
  expect(changing(CHANNELS.instagram).map(([name]) => name)).toEqual([
    'profile.get',
    'profile.set',
    'profile.remove',
    'link.make',
  ]);
});

const WHOLE = {
  getStarted: 'START',
  greetings: [{ locale: 'default', text: 'Hi {{user_first_name}}' }],
  iceBreakers: [{ locale: 'default', questions: [{ question: 'Hours?', payload: 'HOURS' }] }],
  menus: [
    {
      locale: 'default',
      composerDisabled: true,
      items: [
        { title: 'Help', payload: 'HELP' },
        { title: 'Shop', url: 'https://e.com' },
      ],
    },
  ],
};
const AS_META_HAS_IT = {
  get_started: { payload: 'START' },
  greeting: [{ locale: 'default', text: 'Hi {{user_first_name}}' }],
  ice_breakers: [{ call_to_actions: [{ question: 'Hours?', payload: 'HOURS' }], locale: 'default' }],
  persistent_menu: [
    {
      locale: 'default',
      composer_input_disabled: true,
      call_to_actions: [
        { type: 'postback', title: 'Help', payload: 'HELP' },
        { type: 'web_url', title: 'Shop', url: 'https://e.com' },
      ],
    },
  ],
};

describe('profile', () => {
  test('is set', async () => {
    const { result, request } = await run('messenger', 'profile.set', WHOLE);
    expect(result).toEqual({ set: ['getStarted', 'greetings', 'iceBreakers', 'menus'] });
    expect(request).toMatchObject({
      method: 'POST',
      url: 'https://graph.facebook.com/v25.0/1234567890/messenger_profile',
      json: AS_META_HAS_IT,
    });
  });

  test('is read in the words in which it is set', async () => {
    const { result, request } = await run('messenger', 'profile.get', {}, json(200, { data: [AS_META_HAS_IT] }));
    expect(result).toEqual({ profile: WHOLE });
    expect(request?.query).toMatchObject({ fields: 'get_started,greeting,ice_breakers,persistent_menu' });
  });

  test('an emoji is one character', () => {
    const input = messenger.actions?.['profile.set']?.input;
    const greeting = (text: string) => ({ greetings: [{ locale: 'default', text }] });
    expect(input?.safeParse(greeting('👋'.repeat(160))).success).toBe(true);
    expect(input?.safeParse(greeting('👋'.repeat(161))).success).toBe(false);
  });

  test.each([
    ['as Meta documents them', { call_to_actions: [{ question: 'Hours?', payload: 'HOURS' }], locale: 'default' }],
    ['as they were before locales', { ice_breakers: [{ question: 'Hours?', payload: 'HOURS' }] }],
  ])('questions of Instagram are read %s', async (_form, entry) => {
    const { result } = await run('instagram', 'profile.get', {}, json(200, { data: [entry] }));
    expect(result).toEqual({ profile: { iceBreakers: WHOLE.iceBreakers } });
  });

  test.each([[{}], [{ data: [] }], [{ data: [{ greeting: 'x', ice_breakers: [null, 5] }] }]])(
    'is read whatever Meta answers: %j',
    async (answer) => {
      const { result } = await run('messenger', 'profile.get', {}, json(200, answer));
      expect(result).toHaveProperty('profile');
    },
  );

  test('is removed by part', async () => {
    const { result, request } = await run('messenger', 'profile.remove', { parts: ['menus', 'getStarted'] });
    expect(result).toEqual({ removed: ['menus', 'getStarted'] });
    expect(request).toMatchObject({ method: 'DELETE', json: { fields: ['persistent_menu', 'get_started'] } });
  });

  test('of Instagram says so', async () => {
    const { iceBreakers } = WHOLE;
    const { request } = await run('instagram', 'profile.set', { iceBreakers });
    expect(request).toMatchObject({
      url: 'https://graph.instagram.com/v25.0/17841/messenger_profile',
      query: { platform: 'instagram' },
      json: { ice_breakers: AS_META_HAS_IT.ice_breakers },
    });
  });

  test('a refusal is a SendError', async () => {
    await expect(run('messenger', 'profile.get', {}, graphError(613, 403))).rejects.toMatchObject({
      kind: 'throttled',
    });
  });
});

const QUESTION = { question: 'Hours?', payload: 'HOURS' };
const ITEM = { title: 'Help', payload: 'HELP' };
const many = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
test.each<[Id, string, unknown]>([
  ['messenger', 'profile.set', {}],
  ['messenger', 'profile.set', { surplus: 1 }],
  ['messenger', 'profile.set', { getStarted: '' }],
  ['messenger', 'profile.set', { getStarted: 'x'.repeat(1001) }],
  ['messenger', 'profile.set', { greetings: [{ locale: 'default', text: 'x'.repeat(161) }] }],
  ['messenger', 'profile.set', { greetings: [{ locale: 'de_DE', text: 'Hallo' }] }],
  ['messenger', 'profile.set', { greetings: [{ locale: 'German', text: 'Hallo' }] }],
  ['messenger', 'profile.set', { iceBreakers: [{ locale: 'default', questions: many(5, QUESTION) }] }],
  ['messenger', 'profile.set', { iceBreakers: [{ locale: 'de_DE', questions: [QUESTION] }] }],
  ['messenger', 'profile.set', { menus: [{ locale: 'default', items: many(6, ITEM) }] }],
  ['messenger', 'profile.set', { menus: [{ locale: 'default', items: [{ title: 'x'.repeat(31), payload: 'a' }] }] }],
  ['messenger', 'profile.set', { menus: [{ locale: 'default', items: [{ title: 'x', url: 'javascript:1' }] }] }],
  ['messenger', 'profile.set', { menus: [{ locale: 'default', items: [{ title: 'x' }] }] }],
  ['messenger', 'profile.remove', { parts: [] }],
  ['messenger', 'profile.remove', { parts: ['commands'] }],
  ['messenger', 'link.make', { reference: 'a b' }],
  ['messenger', 'link.make', { reference: 'x'.repeat(2084) }],
  ['messenger', 'persona.create', { name: 'Ana' }],
  ['messenger', 'persona.create', { name: '', imageUrl: 'https://e.com/a.png' }],
  ['messenger', 'persona.create', { name: 'Ana', imageUrl: 'http://e.com/a.png' }],
  ['messenger', 'persona.remove', { id: '../1' }],
  ['instagram', 'profile.set', { getStarted: 'START' }],
  ['instagram', 'profile.set', { menus: [{ locale: 'default', composerDisabled: true, items: [ITEM] }] }],
  ['instagram', 'profile.remove', { parts: ['greetings'] }],
  ['instagram', 'link.make', { text: 'Hi' }],
])('%s %s refuses %j', (id, name, input) => {
  expect(actionOf(id, name).input.safeParse(input).success).toBe(false);
});

test.each<[Id, unknown, string]>([
  ['messenger', {}, 'https://m.me/1234567890'],
  ['messenger', { reference: 'summer-1=a' }, 'https://m.me/1234567890?ref=summer-1%3Da'],
  ['messenger', { reference: 'a', text: 'Hi & you' }, 'https://m.me/1234567890?ref=a&text=Hi%20%26%20you'],
  ['instagram', { reference: 'a' }, 'https://ig.me/m/shop.berlin?ref=a'],
])('the link of %s with %j', async (id, input, url) => {
  const { result } = await run(id, 'link.make', input, json(200, { id: '17841', username: 'shop.berlin' }));
  expect(result).toEqual({ url });
});

test('an account whose name is not told has no link', async () => {
  await expect(run('instagram', 'link.make', {}, json(200, {}))).rejects.toMatchObject({ kind: 'rejected' });
});

test('personas', async () => {
  const created = await run(
    'messenger',
    'persona.create',
    { name: 'Ana', imageUrl: 'https://e.com/a.png' },
    json(200, { id: '42' }),
  );
  expect(created.result).toEqual({ id: '42' });
  expect(created.request?.json).toEqual({ name: 'Ana', profile_picture_url: 'https://e.com/a.png' });
  const data = [{ id: '42', name: 'Ana', profile_picture_url: 'https://e.com/a.png' }];
  const listed = await run('messenger', 'persona.list', {}, json(200, { data }));
  expect(listed.result).toEqual({ personas: [{ id: '42', name: 'Ana', imageUrl: 'https://e.com/a.png' }] });
  const removed = await run('messenger', 'persona.remove', { id: '42' }, json(200, { success: true }));
  expect(removed.request).toMatchObject({ method: 'DELETE', url: 'https://graph.facebook.com/v25.0/42' });
});
