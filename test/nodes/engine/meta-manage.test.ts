/** Messenger and Instagram: Media, Session, Profile, Link and Persona in n8n's real engine. */
import type { IDataObject } from 'n8n-workflow';
import type { Permission } from '../../../contract/api.ts';
import { instagramProfile, messengerProfile } from '../../../service/src/channels/protocols/meta/profile.ts';
import { type ActionFixture, file, problem, startActionFixture } from './action-fixture.ts';
import { MESSENGER, META_CHANNELS, metaWorkflow, type MetaChannel } from './meta-channels.ts';

/** What the service takes. */
const PROFILES = { messenger: messengerProfile, instagram: instagramProfile };

let fixture: ActionFixture;

/** The input of the last call of an action, and where it went. */
function asked(action: string): { query: Record<string, string>; body: unknown } | undefined {
  return fixture.service.at(`POST /v1/actions/${action}`).at(-1);
}

function answer(action: string, result: unknown): void {
  fixture.service.answers.set(`POST /v1/actions/${action}`, () => ({ body: { result } }));
}

async function started(meta: MetaChannel): Promise<ActionFixture> {
  return await startActionFixture(metaWorkflow(meta), meta.node, { [meta.credential]: meta.data });
}

const profile = (operation: string, more: IDataObject = {}) => ({ resource: 'profile', operation, ...more });
const QUESTIONS = { entry: [{ question: 'When are you open?', payload: 'hours' }, { question: 'Where?' }] };
const ITEMS = { entry: [{ title: 'Orders' }, { title: 'Shop', url: 'https://a.example' }] };

describe.each(META_CHANNELS)('$node', (meta) => {
  beforeAll(async () => {
    fixture = await started(meta);
  }, 60_000);
  afterAll(async () => {
    await fixture.stop();
  });
  beforeEach(() => {
    fixture.reset();
  });

  test('a file of the item is uploaded', async () => {
    const media = { id: 'media_7', mimeType: 'image/png', sha256: 'ab', bytes: 3, reused: false };
    fixture.service.answers.set('POST /v1/media', () => ({ status: 201, body: media }));
    const items = [{ json: {}, binary: file('png', 'image/png', 'a.png') }];
    const [item] = await fixture.output({ resource: 'media', operation: 'upload' }, { items });
    const { id: mediaId, ...rest } = media;
    expect(item?.json).toEqual({ mediaId, ...rest });
  });

  test('a file of a contact is downloaded', async () => {
    const headers = { 'content-type': 'image/png', 'content-disposition': 'attachment; filename="a.png"' };
    fixture.service.answers.set('GET /v1/media/med_1', () => ({ body: Buffer.from('png'), headers }));
    const [item] = await fixture.output({ resource: 'media', operation: 'download', mediaId: 'med_1' });
    expect(item?.binary?.['data']).toMatchObject({ fileName: 'a.png', mimeType: 'image/png' });
    expect(item?.json).toMatchObject({ mediaId: 'med_1', fileName: 'a.png' });
  });

  test('a session tells until when a person may write', async () => {
    const permission: Permission = {
      allowed: false,
      reasons: [{ code: 'session_closed', detail: 'The session closed' }],
      session: { open: false, personUntil: '2026-11-29T10:00:00.000Z' },
    };
    fixture.service.answers.set('GET /v1/permission', () => ({ body: permission }));
    const [item] = await fixture.output({ resource: 'session', operation: 'get', to: '5678', kind: 'quick_replies' });
    expect(item?.json).toMatchObject({
      ...{ allowed: false, reason: 'The session closed', sessionOpen: false },
      sessionPersonUntil: '2026-11-29T10:00:00.000Z',
    });
    expect(fixture.service.at('GET /v1/permission').at(-1)?.query).toMatchObject({
      ...{ channel: meta.channel, to: '5678', kind: 'quick_replies' },
    });
    expect(fixture.service.at('GET /v1/permission').at(-1)?.query).not.toHaveProperty('author');
  });

  test('a session is asked about for what a person wrote', async () => {
    fixture.service.answers.set('GET /v1/permission', () => ({
      body: { allowed: true, reasons: [], session: { open: false } },
    }));
    const form = { resource: 'session', operation: 'get', to: '5678', kind: 'text', writtenByPerson: true };
    const [item] = await fixture.output(form);
    expect(item?.json).toMatchObject({ allowed: true, sessionOpen: false });
    expect(fixture.service.at('GET /v1/permission').at(-1)?.query).toMatchObject({ author: 'human' });
  });

  test('a link is made for the account, which is registered first', async () => {
    answer('link.make', { url: 'https://m.example/shop?ref=flyer' });
    const [item] = await fixture.output({ resource: 'link', operation: 'create', reference: ' flyer ' });
    expect(item?.json).toEqual({ url: 'https://m.example/shop?ref=flyer', reference: 'flyer' });
    expect(asked('link.make')).toMatchObject({
      query: { channel: meta.channel, externalId: meta.externalId },
      body: { reference: 'flyer' },
    });
    expect(fixture.service.accounts.get(`${meta.channel}/${meta.externalId}`)?.settings).toEqual(meta.settings);
  });

  test('the profile is read', async () => {
    answer('profile.get', { profile: { iceBreakers: [] } });
    const [item] = await fixture.output(profile('get'));
    expect(item?.json).toEqual({ iceBreakers: [] });
    expect(asked('profile.get')?.body).toEqual({});
  });

  test('ice breakers and a menu are set, and nothing that was left empty', async () => {
    answer('profile.set', { set: ['iceBreakers', 'menus'] });
    const [item] = await fixture.output(
      profile('set', {
        iceBreakers: { entry: [{ questions: QUESTIONS }] },
        menus: { entry: [{ items: ITEMS }, { locale: 'pt_PT', items: ITEMS }] },
      }),
    );
    expect(item?.json).toEqual({ set: true, parts: ['iceBreakers', 'menus'] });
    const items = [
      { title: 'Orders', payload: 'Orders' },
      { title: 'Shop', url: 'https://a.example' },
    ];
    const questions = [
      { question: 'When are you open?', payload: 'hours' },
      { question: 'Where?', payload: 'Where?' },
    ];
    const expected = {
      iceBreakers: [{ locale: 'default', questions }],
      menus: [
        { locale: 'default', items },
        { locale: 'pt_PT', items },
      ],
    };
    expect(asked('profile.set')?.body).toEqual(expected);
    expect(PROFILES[meta.channel].parse(expected)).toEqual(expected);
  });

  test.each<[string, IDataObject, RegExp]>([
    ['nothing to set', profile('set'), /nothing to set/],
    ['a language without questions', profile('set', { iceBreakers: { entry: [{}] } }), /language has no question/],
    ['a menu without items', profile('set', { menus: { entry: [{ locale: 'default' }] } }), /menu has no item/],
    ['nothing to remove', profile('delete', { parts: '={{ [] }}' }), /No part is chosen/],
  ])('%s is said before anything is asked of the provider', async (_, parameters, message) => {
    const error = await fixture.failure(parameters);
    expect(error.message).toMatch(message);
    expect(error.description).toBeTruthy();
    expect(fixture.service.calls).toEqual([]);
  });

  test('parts of the profile are removed', async () => {
    answer('profile.remove', { removed: ['menus'] });
    const [item] = await fixture.output(profile('delete', { parts: ['menus'] }));
    expect(item?.json).toEqual({ deleted: true, parts: ['menus'] });
    expect(asked('profile.remove')?.body).toEqual({ parts: ['menus'] });
  });

  test('what the provider refuses is told, and the next item goes on', async () => {
    fixture.service.answers.set('POST /v1/actions/link.make', ({ body }) => {
      const { reference } = body as { reference: string };
      if (reference === 'bad') return problem(422, 'provider_rejected', 'Not so', { providerCode: '100' });
      return { body: { result: { url: 'https://m.example' } } };
    });
    const execution = await fixture.run(
      { resource: 'link', operation: 'create', reference: '={{ $json.reference }}' },
      {
        items: [{ json: { reference: 'bad' } }, { json: { reference: 'good' } }],
        node: { onError: 'continueRegularOutput' },
      },
    );
    const [failed, good] = execution.items(meta.node);
    expect(failed?.json['error']).toMatch(/code 100.*Not so/);
    expect(good).toMatchObject({ json: { url: 'https://m.example' }, pairedItem: { item: 1 } });
  });
});

describe('Facebook Messenger alone', () => {
  beforeAll(async () => {
    fixture = await started(MESSENGER);
  }, 60_000);
  afterAll(async () => {
    await fixture.stop();
  });
  beforeEach(() => {
    fixture.reset();
  });
  const persona = (operation: string, more: IDataObject = {}) => ({ resource: 'persona', operation, ...more });

  test('a get-started button, greetings and a menu without writing are set', async () => {
    answer('profile.set', {});
    await fixture.output(
      profile('set', {
        getStarted: 'start',
        greetings: { entry: [{ text: 'Hello!' }, { locale: 'pt_PT', text: 'Oi!' }] },
        menus: { entry: [{ items: { entry: [{ title: 'Orders' }] }, composerDisabled: true }] },
      }),
    );
    expect(messengerProfile.parse(asked('profile.set')?.body)).toEqual({
      getStarted: 'start',
      greetings: [
        { locale: 'default', text: 'Hello!' },
        { locale: 'pt_PT', text: 'Oi!' },
      ],
      menus: [{ locale: 'default', composerDisabled: true, items: [{ title: 'Orders', payload: 'Orders' }] }],
    });
  });

  test.each([
    ['=Hello {user_first_name}, it is {{ 1 + 1 }}!', 'Hello {{user_first_name}}, it is 2!'],
    ['Hello {user_full_name} {user_last_name}!', 'Hello {{user_full_name}} {{user_last_name}}!'],
    ['Hello {{user_first_name}}!', 'Hello {{user_first_name}}!'],
    ['Hello {you}!', 'Hello {you}!'],
  ])("a greeting names the person in single braces, as two begin an expression: '%s'", async (text, sent) => {
    answer('profile.set', {});
    await fixture.output(profile('set', { greetings: { entry: [{ text }] } }));
    expect(asked('profile.set')?.body).toEqual({ greetings: [{ locale: 'default', text: sent }] });
  });

  test('a link can hold a text', async () => {
    answer('link.make', { url: 'https://m.example' });
    await fixture.output({ resource: 'link', operation: 'create', text: 'Hello there' });
    expect(asked('link.make')?.body).toEqual({ text: 'Hello there' });
  });

  test('a persona is created, listed and deleted', async () => {
    answer('persona.create', { id: '9' });
    const parameters = { personaName: 'Ana', imageUrl: 'https://a.example/ana.jpg' };
    const [created] = await fixture.output(persona('create', parameters));
    expect(created?.json).toEqual({ personaId: '9', name: 'Ana', imageUrl: 'https://a.example/ana.jpg' });
    expect(asked('persona.create')?.body).toEqual({ name: 'Ana', imageUrl: 'https://a.example/ana.jpg' });

    answer('persona.list', {
      personas: [
        { id: '9', name: 'Ana' },
        { id: '10', name: 'Bo' },
        { id: '11', name: 'Cy' },
      ],
    });
    const all = await fixture.output(persona('getAll', { returnAll: true }));
    expect(all.map(({ json }) => json)).toEqual([
      { personaId: '9', name: 'Ana' },
      { personaId: '10', name: 'Bo' },
      { personaId: '11', name: 'Cy' },
    ]);
    expect(await fixture.output(persona('getAll', { limit: 2 }))).toHaveLength(2);

    answer('persona.remove', {});
    const [deleted] = await fixture.output(persona('delete', { personaId: '9' }));
    expect(deleted?.json).toEqual({ deleted: true, personaId: '9' });
    expect(asked('persona.remove')?.body).toEqual({ id: '9' });
  });
});
