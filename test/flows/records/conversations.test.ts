/** Conversations over the API: found, listed, handed to people and back. */
import type { ConversationView, Page as ApiPage, Permission } from '../../../contract/api.ts';
import { ACCOUNT, ANA, BEN, closeApps, DAY, HOUR, MINUTE, startApp, type App } from '../../support/app.ts';
import { says } from '../../support/meta-messages.ts';
import { PAGE, PSID, startPage, type Page } from '../../support/page.ts';

const USER_ID = 'US.1001';

interface Scene {
  app: App;
  page: Page;
  /** By whom it is with. */
  ids: Record<'ana' | 'ben' | 'pia' | 'silent', string>;
}

type Listed = ApiPage<ConversationView>;

const list = async (app: App, query: Record<string, string> = {}) =>
  app.call('GET', `/v1/conversations?${new URLSearchParams(query)}`);
const listed = async (app: App, query?: Record<string, string>) => (await list(app, query)).body as Listed;
const get = async (app: App, id: string) => (await app.call('GET', `/v1/conversations/${id}`)).body as ConversationView;

/** Ana wrote two days ago, Pia an hour ago on Messenger, Ben just now; to one more person the business wrote first. */
async function scene(): Promise<Scene> {
  const app = await startApp();
  const page = await startPage(app);
  app.sandbox.templates.seed({ name: 'news', category: 'UTILITY', components: [{ type: 'BODY', text: 'News' }] });
  await says(app, { from: ANA, from_user_id: USER_ID }, 'hi');
  app.advance(2 * DAY);
  await page.says('hi');
  app.advance(HOUR);
  await app.sandbox.customer.sends({ from: BEN, text: 'hi' });
  await app.idle();
  const template = { type: 'template' as const, name: 'news', language: 'en_US' };
  const silent = await app.send('', { to: '+15550009999', content: template });
  await app.idle();
  const { data } = await listed(app);
  const [ben = '', pia = '', ana = ''] = data.map(({ id }) => id);
  return { app, page, ids: { ana, ben, pia, silent: (silent.body as { conversationId: string }).conversationId } };
}

let shared: Scene;
beforeAll(async () => {
  shared = await scene();
}, 60_000);
afterAll(async () => {
  await shared.page.close();
  await closeApps();
});

describe('a conversation', () => {
  test('tells with whom it is, on which account, who answers, and of its session', async () => {
    const { app, page, ids } = shared;
    const contact = { id: expect.stringMatching(/^con_/) as string, identities: [{ kind: 'psid', address: PSID }] };
    const heardAt = new Date(app.clock.now() - HOUR).toISOString();
    expect(await get(app, ids.pia)).toEqual({
      id: ids.pia,
      channel: 'messenger',
      account: { id: page.account.id, externalId: PAGE.externalId },
      owner: 'bot',
      version: 1,
      contact,
      session: expect.objectContaining({ open: true, openedBy: 'message' }) as object,
      heardAt,
      createdAt: heardAt,
    });
    expect(await get(app, ids.silent)).toMatchObject({ session: { open: false }, owner: 'bot' });
    expect(await get(app, ids.silent)).not.toHaveProperty('heardAt');
  });

  test.each<[string, Record<string, string>, (keyof Scene['ids'])[]]>([
    ['all', {}, ['ben', 'pia', 'ana', 'silent']],
    ['of a channel', { channel: 'whatsapp' }, ['ben', 'ana', 'silent']],
    ['of an account', { ...PAGE }, ['pia']],
    ['with an open session', { open: 'true' }, ['ben', 'pia']],
    ['with a closed session', { open: 'false' }, ['ana', 'silent']],
    ['that programs answer', { owner: 'bot', channel: 'messenger' }, ['pia']],
    ['that people answer', { owner: 'human' }, []],
    ['of nobody', { contactId: 'con_1' }, []],
  ])('is listed by when the contact was heard: %s', async (_name, query, expected) => {
    const { app, ids } = shared;
    const { data, next } = await listed(app, query);
    expect(data.map(({ id }) => id)).toEqual(expected.map((who) => ids[who]));
    expect(next).toBeUndefined();
  });

  test('is listed by its contact, and by when that was heard', async () => {
    const { app, ids } = shared;
    const { contact } = await get(app, ids.ana);
    const of = async (query: Record<string, string>) => (await listed(app, query)).data.map(({ id }) => id);
    expect(await of({ contactId: contact.id })).toEqual([ids.ana]);
    const since = new Date(app.clock.now() - HOUR).toISOString();
    expect(await of({ heardSince: since })).toEqual([ids.ben, ids.pia]);
    expect(await of({ heardSince: since, contactId: contact.id })).toEqual([]);
  });

  test.each([1, 2, 3])('is listed in pages of %d, each once', async (limit) => {
    const { app, ids } = shared;
    const seen: string[] = [];
    for (let after: string | undefined = ''; after !== undefined;) {
      const page: Listed = await listed(app, { limit: String(limit), ...(after && { after }) });
      seen.push(...page.data.map(({ id }) => id));
      after = page.next;
    }
    expect(seen).toEqual([ids.ben, ids.pia, ids.ana, ids.silent]);
  });

  test.each<[string, Record<string, string>, number, string, string?]>([
    ['a cursor that is none', { after: 'x' }, 400, 'invalid_request', 'after'],
    ["another list's cursor", { after: `1.msg_1` }, 400, 'invalid_request', 'after'],
    ['an owner that there is not', { owner: 'me' }, 400, 'invalid_request', 'owner'],
    ['a session that is neither', { open: 'maybe' }, 400, 'invalid_request', 'open'],
    ['a time that is none', { heardSince: 'yesterday' }, 400, 'invalid_request', 'heardSince'],
    ['too many at once', { limit: '501' }, 400, 'invalid_request', 'limit'],
    ['an account without its channel', { externalId: '1' }, 400, 'invalid_request', 'channel'],
    ['something unknown', { colour: 'red' }, 400, 'invalid_request', 'colour'],
    ['an unknown channel', { channel: 'pigeon' }, 404, 'unknown_channel'],
    ['an unknown account', { channel: 'messenger', externalId: '1' }, 409, 'account_required'],
    ['other settings', { ...PAGE, settingsDigest: '0'.repeat(64) }, 409, 'account_required'],
  ])('is not listed by %s', async (_name, query, status, code, field = '') => {
    const answer = await list(shared.app, query);
    expect(answer).toMatchObject({ status, body: { code } });
    if (field) expect(answer.body).toMatchObject({ errors: [{ field }] });
  });
});

describe('handing over', () => {
  test.each<[string, string, unknown, number, string]>([
    ['an unknown conversation', 'cnv_1', { owner: 'human' }, 404, 'not_found'],
    ['to nobody', '', {}, 400, 'invalid_request'],
    ['to somebody unknown', '', { owner: 'me' }, 400, 'invalid_request'],
    ['with more than that', '', { owner: 'bot', reason: 'why' }, 400, 'invalid_request'],
  ])('%s is refused', async (_name, id, body, status, code) => {
    const { app, ids } = shared;
    const answer = await app.call('PATCH', `/v1/conversations/${id || ids.ana}`, body);
    expect(answer).toMatchObject({ status, body: { code } });
  });

  test('is told once, silences programs and not people, and can be taken back', async () => {
    const { app, ids } = shared;
    const trigger = await app.listen({ events: ['conversation.control'], account: undefined as never });
    const set = (owner: string) => app.call('PATCH', `/v1/conversations/${ids.ben}`, { owner });
    for (let time = 0; time < 2; time++) {
      expect(await set('human')).toMatchObject({ status: 200, body: { id: ids.ben, owner: 'human' } });
    }
    expect((await listed(app, { owner: 'human' })).data.map(({ id }) => id)).toEqual([ids.ben]);
    const to = { conversationId: ids.ben };
    expect(await app.send('a program', { to })).toMatchObject({ status: 409, body: { code: 'handed_off' } });
    expect(await app.send('a person', { to, author: 'human' })).toMatchObject({ status: 202 });
    expect(await set('bot')).toMatchObject({ status: 200, body: { owner: 'bot' } });
    expect(await app.send('a program again', { to })).toMatchObject({ status: 202 });
    const events = await trigger.took(2);
    const facts = events.map(({ conversationId, owner, data }) => ({ conversationId, owner, data }));
    expect(facts).toEqual(
      ['human', 'bot'].map((owner) => ({ conversationId: ids.ben, owner, data: { owner, reason: 'api' } })),
    );
  });

  test('is done by the one who says it last, whatever the clocks', async () => {
    const { app, ids } = shared;
    const set = (owner: string) => app.call('PATCH', `/v1/conversations/${ids.ben}`, { owner });
    await set('human');
    app.jumps(-1_000);
    expect(await set('bot')).toMatchObject({ body: { owner: 'bot' } });
    app.jumps(1_000);
    expect(await get(app, ids.ben)).toMatchObject({ owner: 'bot' });
  });
});

describe('permission', () => {
  const ask = async (query: Record<string, string>) =>
    shared.app.call('GET', `/v1/permission?${new URLSearchParams(query)}`);

  test('is asked by the conversation, without an account', async () => {
    const { ids } = shared;
    const open = (await ask({ conversationId: ids.pia, kind: 'quick_replies' })).body as Permission;
    expect(open).toMatchObject({
      allowed: true,
      conversationId: ids.pia,
      contact: { identities: [{ address: PSID }] },
    });
    const closed = (await ask({ conversationId: ids.ana, kind: 'text' })).body as Permission;
    expect(closed).toMatchObject({ allowed: false, reasons: [{ code: 'session_closed' }] });
    const lacked = (await ask({ conversationId: ids.ben, kind: 'coupon' })).body as Permission;
    expect(lacked.reasons.map(({ code }) => code)).toEqual(['unsupported_by_channel']);
  });

  test('people have more time than programs', async () => {
    const { app, page } = await scene();
    app.advance(2 * DAY);
    await app.idle();
    const [pia] = (await listed(app, { channel: 'messenger' })).data;
    const of = async (author: string) => {
      const query = new URLSearchParams({ conversationId: pia?.id ?? '', kind: 'text', author });
      return ((await app.call('GET', `/v1/permission?${query}`)).body as Permission).allowed;
    };
    expect([await of('bot'), await of('human')]).toEqual([false, true]);
    await page.close();
  });

  test.each<[string, Record<string, string>, number, string, string?]>([
    ['whom', { kind: 'text' }, 400, 'invalid_request', 'to'],
    [
      'one of the two',
      { ...ACCOUNT, to: `+${ANA}`, conversationId: 'cnv_1', kind: 'text' },
      400,
      'invalid_request',
      'to',
    ],
    ['from where', { to: `+${ANA}`, kind: 'text' }, 400, 'invalid_request', 'externalId'],
    ['what', { conversationId: 'cnv_1' }, 400, 'invalid_request', 'kind'],
    ['by whom', { conversationId: 'cnv_1', kind: 'text', author: 'cat' }, 400, 'invalid_request', 'author'],
    ['a conversation that there is', { conversationId: 'cnv_1', kind: 'text' }, 404, 'not_found'],
  ])('must say %s', async (_name, query, status, code, field = '') => {
    const answer = await ask(query);
    expect(answer).toMatchObject({ status, body: { code } });
    if (field) expect(answer.body).toMatchObject({ errors: [{ field }] });
  });

  test("not of another account's conversation", async () => {
    const { ids } = shared;
    const answer = await ask({ ...PAGE, conversationId: ids.ana, kind: 'text' });
    expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });
});

test('the id of a conversation that went into another is good for ever', async () => {
  const app = await startApp();
  await says(app, { from: ANA }, 'by number');
  app.advance(MINUTE);
  await says(app, { from_user_id: USER_ID }, 'by user id');
  const [byUserId, byNumber] = (await listed(app)).data;
  await says(app, { from: ANA, from_user_id: USER_ID }, 'both are me');
  const left = (await listed(app)).data;
  expect(left).toHaveLength(1);
  for (const one of [byUserId, byNumber]) {
    const id = one?.id ?? '';
    expect(await get(app, id)).toEqual(left[0]);
    const changed = await app.call('PATCH', `/v1/conversations/${id}`, { owner: id === left[0]?.id ? 'bot' : 'human' });
    expect(changed).toMatchObject({ status: 200, body: { id: left[0]?.id } });
    const sent = await app.send('hello', { account: undefined as never, to: { contactId: one?.contact.id ?? '' } });
    const ends = changed.body as ConversationView;
    expect(sent.status).toBe(ends.owner === 'human' ? 409 : 202);
  }
});
