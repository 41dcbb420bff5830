/** What a contact takes back is gone, and what is of no use any more is not kept. */
import { ANA, closeApps, startApp, type App } from '../../support/app.ts';
import { placesOf as placesIn } from '../../support/ledger-file.ts';
import { posts, says } from '../../support/meta-messages.ts';

afterEach(closeApps);

const SECRET = 'my card is 4111 4242';

const placesOf = (app: App, text: string) => placesIn(app.dataDir, text);

test.each([false, true])(
  'a message that is taken back stands nowhere any more (raw asked for: %s)',
  async (includeRaw) => {
    const app = await startApp();
    const trigger = await app.listen({ events: ['message.received', 'message.deleted'], includeRaw });
    const id = await says(app, { from: ANA }, SECRET);
    await trigger.took(1);
    await app.idle();
    expect(placesOf(app, SECRET)).toContain('messages.content');
    await posts(app, { from: ANA }, { type: 'revoke', revoke: { original_message_id: id } });
    await trigger.took(2);
    await app.idle();
    expect(placesOf(app, SECRET)).toEqual([]);
  },
);

test('nor do the words of its edits', async () => {
  const app = await startApp();
  const trigger = await app.listen({ events: ['message.received', 'message.edited', 'message.deleted'] });
  const id = await says(app, { from: ANA }, 'hi');
  const message = { type: 'text', text: { body: SECRET } };
  await posts(app, { from: ANA }, { type: 'edit', edit: { original_message_id: id, message } });
  await trigger.took(2);
  expect(placesOf(app, SECRET)).not.toEqual([]);
  await posts(app, { from: ANA }, { type: 'revoke', revoke: { original_message_id: id } });
  await trigger.took(3);
  await app.idle();
  expect(placesOf(app, SECRET)).toEqual([]);
});

test('an older edit that comes late changes neither a newer one nor what was taken back', async () => {
  const app = await startApp();
  const id = await says(app, { from: ANA }, 'first');
  const start = app.clock.now();
  const edit = (body: string) => ({
    type: 'edit',
    edit: { original_message_id: id, message: { type: 'text', text: { body } } },
  });
  const kept = () => app.read(`SELECT content FROM messages WHERE provider_id = '${id}'`);
  app.advance(60_000);
  await posts(app, { from: ANA }, edit('third'), start + 20_000);
  await posts(app, { from: ANA }, edit('second'), start + 10_000);
  expect(await kept()).toEqual([{ content: JSON.stringify({ type: 'text', text: 'third' }) }]);
  await posts(app, { from: ANA }, { type: 'revoke', revoke: { original_message_id: id } }, start + 30_000);
  await posts(app, { from: ANA }, edit(SECRET), start + 25_000);
  expect(JSON.stringify(await kept())).not.toContain(SECRET);
});

test('a workflow that was down learns that it was taken back, and not what it said', async () => {
  const app = await startApp();
  const trigger = await app.listen({ events: ['message.received', 'message.deleted'] });
  await trigger.goDown();
  const id = await says(app, { from: ANA }, SECRET);
  await posts(app, { from: ANA }, { type: 'revoke', revoke: { original_message_id: id } });
  await trigger.comeUp();
  app.advance(60_000);
  await trigger.took(1, 'message.deleted');
  expect(trigger.deliveries.map(({ raw }) => raw).join()).not.toContain(SECRET);
});

test('nor does the name of its file', async () => {
  const app = await startApp();
  const file = { mimeType: 'application/pdf', filename: `${SECRET}.pdf` };
  const { id } = await app.sandbox.customer.sends({ from: ANA, document: file });
  await app.idle();
  expect(placesOf(app, SECRET)).toContain('media.filename');
  await posts(app, { from: ANA }, { type: 'revoke', revoke: { original_message_id: id } });
  expect(placesOf(app, SECRET)).toEqual([]);
});

test('other messages of the contact stay', async () => {
  const app = await startApp();
  const id = await says(app, { from: ANA }, 'a slip');
  await says(app, { from: ANA }, SECRET);
  await posts(app, { from: ANA }, { type: 'revoke', revoke: { original_message_id: id } });
  expect(placesOf(app, 'a slip')).toEqual([]);
  expect(placesOf(app, SECRET)).toContain('messages.content');
});

test('the body of a webhook is kept until it was read', async () => {
  const app = await startApp();
  await says(app, { from: ANA }, 'hi');
  expect(app.rows('SELECT length(body) AS bytes FROM receipts')).toEqual([{ bytes: 0 }]);
});

describe('the raw part of an event is kept', () => {
  const kept = (app: App) => app.rows('SELECT type FROM events WHERE raw IS NOT NULL').map(({ type }) => type);

  test.each<[string, boolean | undefined, string[]]>([
    ['for nobody', undefined, []],
    ['for a workflow that does not want it', false, []],
    ['for a workflow that wants it', true, ['message.received']],
  ])('%s', async (_name, includeRaw, types) => {
    const app = await startApp();
    if (includeRaw !== undefined) await app.listen({ includeRaw });
    await says(app, { from: ANA }, 'hi');
    expect(kept(app)).toEqual(types);
  });

  test('when nothing else could be made of it', async () => {
    const app = await startApp();
    await posts(app, { from: ANA }, { type: 'hologram', hologram: { shape: 'cat' } });
    expect(kept(app)).toEqual(['message.received']);
  });
});
