/** Files of contacts go with what told of them, whatever was emptied or edited before. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ACCOUNT, ANA, BEN, closeApps, DAY, HOUR, startApp, type App } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { posts, says } from '../../support/meta-messages.ts';

const USER_ID = 'US.1001';

afterEach(closeApps);

let app: App;

async function starts(env: Record<string, string> = {}): Promise<void> {
  app = await startApp({ env: { PARLEY_KEEP_FILES: '30d', ...env } });
}

const mediaIds = async () => (await app.read('SELECT id FROM media ORDER BY id')).map(({ id }) => String(id));

/** A contact's picture arrives and is kept; answers Parley's id and the provider's id of the message. */
async function picture(from = ANA) {
  const image = { content: Buffer.from('a picture'), mimeType: 'image/png' };
  const { id: providerMessageId } = await app.sandbox.customer.sends({ from, image });
  await app.idle();
  const id = (await mediaIds()).at(-1) ?? '';
  await eventually(async () => (await kept()).includes(id), 'the picture to be kept');
  return { id, providerMessageId };
}

async function kept(): Promise<string[]> {
  const all = await readdir(join(app.dataDir, 'files'), { recursive: true, withFileTypes: true });
  return all.filter((one) => one.isFile()).map(({ name }) => name);
}

/** A sweep ends after its job did. */
const keeps = (ids: readonly string[]) =>
  eventually(async () => {
    expect((await kept()).sort()).toEqual([...ids].sort());
    return true;
  }, 'the right files to be kept');

async function statusOf(id: string): Promise<number> {
  const answer = await fetch(`${app.url}/v1/media/${id}`, { headers: { authorization: `Bearer ${app.key}` } });
  await answer.arrayBuffer();
  return answer.status;
}

async function eraseAna(): Promise<void> {
  const query = `channel=whatsapp&externalId=${ACCOUNT.externalId}&address=%2B${ANA}`;
  expect((await app.call('DELETE', `/v1/contacts?${query}`)).status).toBe(202);
}

const edits = (original_message_id: string, message: object) =>
  posts(app, { from: ANA }, { type: 'edit', edit: { original_message_id, message } });

const revokes = (original_message_id: string) =>
  posts(app, { from: ANA }, { type: 'revoke', revoke: { original_message_id } });

test('a kept file goes when bodies are emptied, and its provider is asked', async () => {
  await starts({ PARLEY_KEEP_BODIES: '1d' });
  const { id } = await picture();
  app.advance(DAY - HOUR);
  const { id: young } = await picture(BEN);
  app.advance(2 * HOUR + HOUR / 2);
  await app.idle();
  await keeps([young]);
  expect(await statusOf(id)).toBe(200);
});

test('a file goes with its person when bodies were emptied before', async () => {
  await starts({ PARLEY_KEEP_BODIES: '1d' });
  const { id } = await picture();
  app.advance(DAY + 2 * HOUR);
  const emptied = "SELECT id FROM messages WHERE content LIKE '%no longer kept%'";
  await eventually(async () => (await app.read(emptied)).length === 1, 'the body to be emptied');
  const { id: other } = await picture(BEN);
  await eraseAna();
  await keeps([other]);
  expect(await mediaIds()).toEqual([other]);
  expect(await statusOf(id)).toBe(404);
});

test('files go with their person who was two contacts before', async () => {
  await starts();
  const image = (id: string) => ({ type: 'image', image: { id, mime_type: 'image/png' } });
  await posts(app, { from: ANA }, image('4711'));
  await posts(app, { from_user_id: USER_ID }, image('4712'));
  await says(app, { from: ANA, from_user_id: USER_ID }, 'both are me');
  const ids = await mediaIds();
  expect(ids).toHaveLength(2);
  expect(await app.read('SELECT id FROM conversations WHERE merged_into IS NULL')).toHaveLength(1);
  expect(await app.read('SELECT DISTINCT conversation_id FROM media')).toHaveLength(1);
  await eraseAna();
  for (const id of ids) expect(await statusOf(id)).toBe(404);
});

test.each<[string, object]>([
  ['words', { type: 'text', text: { body: 'words' } }],
  ['another picture', { type: 'image', image: { id: '4711', mime_type: 'image/png' } }],
])('a picture that an edit replaced by %s is served until the message is taken back', async (_what, message) => {
  await starts({ PARLEY_KEEP_FILES: 'forever' });
  const { id: other } = await picture(BEN);
  const { id, providerMessageId } = await picture();
  await edits(providerMessageId, message);
  expect(await statusOf(id)).toBe(200);
  await revokes(providerMessageId);
  await keeps([other]);
  expect(await statusOf(id)).toBe(404);
  expect(await mediaIds()).toEqual([other]);
});

test('a picture that an edit replaced goes with its person, when nothing tells of it any more', async () => {
  await starts({ PARLEY_KEEP_FILES: 'forever', PARLEY_KEEP_EVENTS: '8d' });
  const { id, providerMessageId } = await picture();
  await edits(providerMessageId, { type: 'text', text: { body: 'words' } });
  app.advance(9 * DAY);
  await eventually(async () => (await app.read('SELECT id FROM events')).length === 0, 'the events to go');
  expect(await statusOf(id)).toBe(200);
  await eraseAna();
  await keeps([]);
  expect(await statusOf(id)).toBe(404);
});
