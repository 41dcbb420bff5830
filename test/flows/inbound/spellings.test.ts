/** One person under several spellings of a number: whoever writes one and is answered under another is one contact, for every question. */
import type { ConversationView, ErasedContact, Page, Permission } from '../../../contract/api.ts';
import { ACCOUNT, closeApps, startApp, type App } from '../../support/app.ts';
import { postsChange, says, written } from '../../support/meta-messages.ts';
import { closeTwilioApps, startTwilioApp } from '../channels/twilio-fixture.ts';

afterEach(closeTwilioApps);
afterEach(closeApps);

/** As WhatsApp names the person, and as somebody writes the number. */
const PEOPLE: [string, string, string][] = [
  ['Brazil', '553187654321', '5531987654321'],
  ['Brazil, the other way round', '5511987654321', '551187654321'],
  ['Mexico', '5215512345678', '525512345678'],
  ['Argentina', '5491141234567', '541141234567'],
  ['Argentina, the other way round', '541141234567', '5491141234567'],
  ['Benin', '22997123456', '2290197123456'],
  ['a trunk 0', '447911123456', '4407911123456'],
];
const [[, THEIRS, OURS]] = PEOPLE as [[string, string, string]];

const NEWS = { type: 'template' as const, name: 'news', language: 'en_US' };

async function appWithNews(): Promise<App> {
  const app = await startApp();
  app.sandbox.templates.seed({ name: 'news', category: 'MARKETING', components: [{ type: 'BODY', text: 'News' }] });
  return app;
}

const conversations = async (app: App) =>
  ((await app.call('GET', '/v1/conversations')).body as Page<ConversationView>).data;
const ask = async (app: App, to: string) => {
  const query = new URLSearchParams({ ...ACCOUNT, to: `+${to}`, kind: 'text' });
  return (await app.call('GET', `/v1/permission?${query}`)).body as Permission;
};
const addresses = ({ contact }: ConversationView) => contact.identities.map(({ address }) => address);

describe.each(PEOPLE)('%s', (_name, theirs, ours) => {
  test('is answered in the conversation in which they wrote, as the provider writes them', async () => {
    const app = await startApp();
    await says(app, { from: theirs }, 'hi');
    expect(await ask(app, ours)).toMatchObject({ allowed: true, session: { open: true } });
    await app.sent('hello', { to: `+${ours}` });
    await app.idle();
    expect(written(app)).toEqual([{ to: theirs, text: 'hello' }]);
    const [one, ...others] = await conversations(app);
    expect(others).toEqual([]);
    expect(one && addresses(one)).toEqual([theirs]);
    expect((await ask(app, theirs)).conversationId).toBe(one?.id);
  });

  test('gets what was held until they write', async () => {
    const app = await startApp();
    await app.sent('held', { to: `+${ours}`, ifSessionClosed: 'hold' });
    app.advance(1);
    await says(app, { from: theirs }, 'hi');
    expect(written(app)).toEqual([{ to: theirs, text: 'held' }]);
    expect(await conversations(app)).toHaveLength(1);
  });
});

test('a stop under one spelling holds under all', async () => {
  const app = await appWithNews();
  const wish = { wa_id: THEIRS, category: 'marketing_messages', value: 'stop', timestamp: app.clock.now() / 1000 };
  await postsChange(app, 'user_preferences', { user_preferences: [wish] });
  for (const to of [THEIRS, OURS]) {
    const answer = await app.send('', { to: `+${to}`, content: NEWS, purpose: 'campaign' });
    expect(answer).toMatchObject({ status: 409, body: { code: 'opted_out' } });
  }
});

test('what the business says from its phone is said to the same person', async () => {
  const app = await startApp();
  await app.sent('held', { to: `+${OURS}`, ifSessionClosed: 'hold' });
  const timestamp = String(app.clock.now() / 1000);
  const echo = {
    from: '15550783881',
    to: THEIRS,
    id: 'wamid.echo',
    timestamp,
    type: 'text',
    text: { body: 'from here' },
  };
  await postsChange(app, 'smb_message_echoes', { message_echoes: [echo] });
  expect(await conversations(app)).toHaveLength(1);
});

test('`contacts` beside a message tells of whom it spells otherwise', async () => {
  const app = await startApp();
  const timestamp = String(app.clock.now() / 1000);
  await postsChange(app, 'messages', {
    messaging_product: 'whatsapp',
    contacts: [
      { profile: { name: 'Ana' }, wa_id: OURS },
      { profile: { name: 'Ben' }, wa_id: '15550002222' },
    ],
    messages: [
      { from: THEIRS, id: 'wamid.1', timestamp, type: 'text', text: { body: 'hi' } },
      { from: '15550002222', id: 'wamid.2', timestamp, type: 'text', text: { body: 'hi' } },
    ],
  });
  const names = (await conversations(app)).map(({ contact }) => contact.name);
  expect(names.sort()).toEqual(['Ana', 'Ben']);
});

test('a number that somebody changed to another spelling of it is no other number', async () => {
  const app = await startApp();
  await says(app, { from: OURS }, 'hi');
  const system = { type: 'user_changed_number', body: 'changed', wa_id: THEIRS };
  const message = { from: OURS, id: 'wamid.s', timestamp: String(app.clock.now() / 1000), type: 'system', system };
  app.advance(1);
  await postsChange(app, 'messages', { messaging_product: 'whatsapp', messages: [message] });
  const [one, ...others] = await conversations(app);
  expect(others).toEqual([]);
  expect(one && addresses(one)).toEqual([OURS, THEIRS]);
});

describe('erasure', () => {
  const erase = (app: App, address: string, more = '') =>
    app.call('DELETE', `/v1/contacts?channel=whatsapp${more}&address=%2B${address}`);

  test.each([
    ['of an account', `&externalId=${ACCOUNT.externalId}`],
    ['of any account', ''],
  ])('by any spelling, %s', async (_name, more) => {
    const app = await startApp();
    await says(app, { from: THEIRS }, 'hi');
    expect(await erase(app, OURS, more)).toMatchObject({ status: 202, body: { erased: { messages: 1 } } });
    await app.idle();
    expect(await conversations(app)).toEqual([]);
  });

  test('forgets both contacts of before spellings were known', async () => {
    const app = await startApp();
    await says(app, { from: THEIRS }, 'hi');
    await app.service.ledger.write(async ({ db }) => {
      const at = app.clock.now();
      await db
        .insertInto('contacts')
        .values({ id: 'con_old', name: 'Old', username: null, marketingStoppedAt: null, createdAt: at })
        .execute();
      const identity = {
        channel: 'whatsapp',
        realm: '',
        kind: 'phone',
        address: OURS,
        contactId: 'con_old',
        createdAt: at,
      };
      await db.insertInto('identities').values(identity).execute();
    });
    const erased = (await erase(app, OURS)).body as ErasedContact;
    expect(erased.erased).toMatchObject({ identities: 2, messages: 1 });
    await app.idle();
    expect(app.rows('SELECT * FROM identities')).toEqual([]);
    expect(app.rows('SELECT * FROM contacts')).toEqual([]);
  });
});

describe('texts', () => {
  test('go to the number as Twilio names it, whoever writes it how', async () => {
    const { sandbox, app, sent, listen, reaches } = await startTwilioApp('sms');
    const trigger = await listen();
    await sandbox.customer.sends({ from: `+${THEIRS}`, text: 'hi' });
    await trigger.took(1);
    await reaches(await sent('hello', { to: `+${OURS}` }), 'sent');
    expect(sandbox.listReceivedMessages().map(({ to }) => to)).toEqual([`+${THEIRS}`]);
    expect(await conversations(app)).toHaveLength(1);
  });
});
