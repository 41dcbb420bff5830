/** Files of contacts that are kept: there when the provider has none any more, and gone with everything else. */
import { jest } from '@jest/globals';
import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { whatsapp } from '../../../service/src/channels/whatsapp/index.ts';
import { SendError } from '../../../service/src/core/errors.ts';
import { ACCOUNT, ANA, BEN, closeApps, DAY, HOUR, MINUTE, startApp, type App } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { posts } from '../../support/meta-messages.ts';

afterEach(async () => {
  jest.restoreAllMocks();
  await closeApps();
});

const PICTURE = Buffer.from('a picture');

/** A contact's picture arrives; answers Parley's id and the provider's id of the message. */
async function picture(app: App, content = PICTURE, from = ANA) {
  const { id } = await app.sandbox.customer.sends({ from, image: { content, mimeType: 'image/png' } });
  await app.idle();
  const rows = await app.read('SELECT id FROM media ORDER BY id DESC');
  return { mediaId: String(rows[0]?.['id']), providerMessageId: id };
}

async function get(app: App, id: string) {
  const answer = await fetch(`${app.url}/v1/media/${id}`, { headers: { authorization: `Bearer ${app.key}` } });
  const bytes = Buffer.from(await answer.arrayBuffer());
  return { status: answer.status, type: answer.headers.get('content-type'), bytes };
}

async function kept(app: App): Promise<string[]> {
  const all = await readdir(join(app.dataDir, 'files'), { recursive: true, withFileTypes: true }).catch(() => []);
  return all
    .filter((one) => one.isFile())
    .map(({ name }) => name)
    .sort();
}

/** A sweep ends after its job did. */
const keeps = (app: App, ids: readonly unknown[]) =>
  eventually(async () => {
    expect(await kept(app)).toEqual(ids);
    return true;
  }, 'the right files to be kept');

/** Lets the hourly sweep run. */
async function later(app: App, byMs: number): Promise<void> {
  app.advance(byMs);
  await app.idle();
}

/** The folder is none any more; answers how to make it one again. */
async function breaksFolder(app: App): Promise<() => Promise<void>> {
  const folder = join(app.dataDir, 'files');
  await rename(folder, `${folder}-away`);
  await writeFile(folder, 'no folder');
  return async () => {
    await rm(folder);
    await rename(`${folder}-away`, folder);
  };
}

const downloads = () => {
  if (whatsapp.media === undefined) throw new Error('WhatsApp has files');
  return jest.spyOn(whatsapp.media, 'download');
};

const KEEP = { PARLEY_KEEP_FILES: '30d' };

test('a kept file is served with its type when the provider dropped it, also after a restart', async () => {
  const app = await startApp({ env: KEEP });
  const { mediaId } = await picture(app);
  expect(await kept(app)).toEqual([mediaId]);
  await app.stop();
  await app.start();
  await later(app, 8 * DAY);
  expect(await get(app, mediaId)).toEqual({ status: 200, type: 'image/png', bytes: PICTURE });
});

test('unless asked for, nothing is kept; what was kept before goes', async () => {
  const env: Record<string, string> = { ...KEEP };
  const app = await startApp({ env });
  const { mediaId } = await picture(app);
  delete env['PARLEY_KEEP_FILES'];
  await app.stop();
  await app.start();
  await picture(app, PICTURE, BEN);
  expect(await get(app, mediaId)).toMatchObject({ status: 200, bytes: PICTURE });
  await later(app, HOUR + MINUTE);
  await keeps(app, []);
});

test('it is fetched once, and then served without the provider; where the copy is not, the provider is asked', async () => {
  const download = downloads();
  const app = await startApp({ env: KEEP });
  const { mediaId } = await picture(app);
  expect((await get(app, mediaId)).bytes).toEqual(PICTURE);
  expect(download).toHaveBeenCalledTimes(1);
  await rm(join(app.dataDir, 'files'), { recursive: true });
  expect((await get(app, mediaId)).bytes).toEqual(PICTURE);
  expect(download).toHaveBeenCalledTimes(2);
});

test('it goes when its time is over', async () => {
  const app = await startApp({ env: { PARLEY_KEEP_FILES: '2h' } });
  const { mediaId } = await picture(app);
  await later(app, HOUR + 2 * MINUTE);
  expect(await kept(app)).toEqual([mediaId]);
  await later(app, HOUR);
  await keeps(app, []);
  expect((await get(app, mediaId)).status).toBe(200);
});

test('it goes when the contact takes the message back', async () => {
  const app = await startApp({ env: KEEP });
  const { mediaId: other } = await picture(app, PICTURE, BEN);
  const { providerMessageId } = await picture(app);
  expect(await kept(app)).toHaveLength(2);
  await posts(app, { from: ANA }, { type: 'revoke', revoke: { original_message_id: providerMessageId } });
  await app.idle();
  await keeps(app, [other]);
});

test('it goes when the person is erased', async () => {
  const app = await startApp({ env: KEEP });
  const { mediaId: other } = await picture(app, PICTURE, BEN);
  await picture(app);
  const query = `channel=whatsapp&externalId=${ACCOUNT.externalId}&address=%2B${ANA}`;
  expect((await app.call('DELETE', `/v1/contacts?${query}`)).status).toBe(202);
  await app.idle();
  await keeps(app, [other]);
});

test('of more than may be kept, the oldest go first, and the figures are told', async () => {
  const app = await startApp({ env: { ...KEEP, PARLEY_FILES_MAX_BYTES: String(1024 * 1024) } });
  const ids = [];
  for (let n = 0; n < 4; n++) {
    ids.push((await picture(app, Buffer.alloc(300_000, String(n)))).mediaId);
    app.advance(1_000);
  }
  await app.idle();
  await keeps(app, ids.slice(1));
  const { text } = await app.call('GET', '/metrics');
  expect(text).toContain('parley_kept_files_bytes{of="used"} 900000');
  expect(text).toContain('parley_kept_files_bytes{of="limit"} 1048576');
  expect((await get(app, String(ids[0]))).status).toBe(200);
});

test('a folder that cannot be looked through is told of, and looked through again', async () => {
  const app = await startApp({ env: KEEP });
  const { mediaId } = await picture(app);
  const repair = await breaksFolder(app);
  await later(app, HOUR + MINUTE);
  await eventually(() => app.log.text.includes('Kept files could not be looked through'), 'a line in the log');
  await repair();
  await later(app, 30 * DAY);
  await keeps(app, []);
  expect((await get(app, mediaId)).status).toBe(410);
});

test('when the folder is out of order the provider is asked, and the log says so once for each outage', async () => {
  const app = await startApp({ env: KEEP });
  const { mediaId } = await picture(app);
  for (let outages = 1; outages <= 2; outages++) {
    const repair = await breaksFolder(app);
    for (let n = 0; n < 2; n++) expect(await get(app, mediaId)).toMatchObject({ status: 200, bytes: PICTURE });
    const told = app.log.lines.filter(({ msg }) => msg === 'Kept files cannot be read; providers are asked');
    expect(told).toHaveLength(outages);
    expect(told[0]).toMatchObject({ level: 'warn', error: 'ENOTDIR' });
    expect(JSON.stringify(told)).not.toContain(app.dataDir);
    await repair();
    expect((await get(app, mediaId)).bytes).toEqual(PICTURE);
  }
});

test('a file that no folder takes is given up after hours', async () => {
  const app = await startApp({ env: KEEP });
  await picture(app);
  await breaksFolder(app);
  const { mediaId } = await picture(app, PICTURE, BEN);
  for (let hours = 0; hours < 14; hours++) await later(app, HOUR);
  const line = { level: 'warn', media: mediaId, attempt: 12, msg: 'A file is not kept' };
  expect(app.log.lines).toContainEqual(expect.objectContaining(line));
  expect(app.rows("SELECT * FROM jobs WHERE kind = 'media'")).toEqual([]);
});

test('a provider that cannot be reached is asked again later', async () => {
  const download = downloads().mockRejectedValueOnce(new SendError('unreachable', 'refused'));
  const app = await startApp({ env: KEEP });
  const { mediaId } = await picture(app);
  expect(await kept(app)).toEqual([]);
  await later(app, 30_000);
  expect(await kept(app)).toEqual([mediaId]);
  expect(download).toHaveBeenCalledTimes(2);
});

test('one that is never reached is given up after hours, with a line in the log', async () => {
  const download = downloads().mockRejectedValue(new SendError('unreachable', 'refused'));
  const app = await startApp({ env: KEEP });
  const { mediaId } = await picture(app);
  for (let hours = 0; hours < 14; hours++) await later(app, HOUR);
  expect(download).toHaveBeenCalledTimes(12);
  const line = { level: 'warn', media: mediaId, reason: 'refused', attempt: 12, msg: 'A file is not kept' };
  expect(app.log.lines).toContainEqual(expect.objectContaining(line));
  download.mockRestore();
  app.advance(8 * DAY);
  expect((await get(app, mediaId)).status).toBe(410);
});

test('a file over the limit is not kept and not asked for again', async () => {
  const download = downloads();
  const app = await startApp({ env: { ...KEEP, PARLEY_MAX_MEDIA_BYTES: '2000' } });
  await picture(app, Buffer.alloc(2_001));
  await later(app, HOUR);
  expect(await kept(app)).toEqual([]);
  expect(download).toHaveBeenCalledTimes(1);
});
