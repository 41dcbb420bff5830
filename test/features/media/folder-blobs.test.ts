/** Files in a folder: whole or not at all, of this user only, under names of Parley's own. */
import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { FolderBlobs } from '../../../service/src/features/media/folder-blobs.ts';

let folder: string;
let blobs: FolderBlobs;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'parley-blobs-')), 'files');
  blobs = new FolderBlobs(folder);
});
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }));

const KEY = 'mdi_01kpv0000000000000000000a1';
const LIMITS = { maxBytes: 1_000 };

const everything = async () => readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
const files = async () => (await everything()).filter((one) => one.isFile()).map(({ name }) => name);
async function listed() {
  const all = [];
  for await (const one of blobs.list()) all.push(one);
  return all;
}

test('what was kept is found, replaced and removed', async () => {
  expect(await blobs.get(KEY)).toBeUndefined();
  expect(await listed()).toEqual([]);
  for (const text of ['first', 'the second']) {
    expect(await blobs.put(KEY, Readable.from([Buffer.from(text)]), LIMITS)).toBe(text.length);
    const found = await blobs.get(KEY);
    expect(found?.bytes).toBe(text.length);
    expect((await buffer(found?.stream as Readable)).toString()).toBe(text);
  }
  expect(await listed()).toEqual([{ key: KEY, bytes: 10 }]);
  await blobs.remove(KEY);
  await blobs.remove(KEY);
  expect(await blobs.get(KEY)).toBeUndefined();
  expect(await files()).toEqual([]);
});

test('others on the machine can read nothing', async () => {
  await blobs.put(KEY, Readable.from([Buffer.from('mine')]), LIMITS);
  for (const one of await everything()) {
    const { mode } = await stat(join(one.parentPath, one.name));
    expect((mode & 0o777).toString(8)).toBe(one.isFile() ? '600' : '700');
  }
});

async function* breaksOff(): AsyncGenerator<Buffer> {
  yield Buffer.from('half');
  throw new Error('broke off');
}

test.each<[string, () => Iterable<Buffer> | AsyncIterable<Buffer>, string]>([
  ['that breaks off', breaksOff, 'broke off'],
  ['that is too large', () => [Buffer.alloc(600), Buffer.alloc(600)], 'larger than 1000 bytes'],
])('of a file %s nothing is kept, and what was kept stays', async (_name, chunks, message) => {
  await blobs.put(KEY, Readable.from([Buffer.from('before')]), LIMITS);
  await expect(blobs.put(KEY, Readable.from(chunks()), LIMITS)).rejects.toThrow(message);
  expect(await listed()).toEqual([{ key: KEY, bytes: 6 }]);
  expect(await files()).toEqual([KEY]);
});

test.each(['../../etc/passwd', 'mdi_1/../2', '', 'mdi_', '.', 'mdi_A', 'mdi_1\0'])(
  'a name like %j is none of Parley',
  async (key) => {
    await expect(blobs.get(key)).rejects.toThrow('no key');
    await expect(blobs.put(key, Readable.from([]), LIMITS)).rejects.toThrow('no key');
    await expect(blobs.remove(key)).rejects.toThrow('no key');
  },
);

test('what is not Parley’s is neither listed nor touched', async () => {
  await blobs.put(KEY, Readable.from([Buffer.from('x')]), LIMITS);
  const [shard = ''] = await readdir(folder);
  await mkdir(join(folder, 'lost+found'));
  await writeFile(join(folder, 'README'), 'x');
  await writeFile(join(folder, shard, 'notes.txt'), 'x');
  expect(await listed()).toEqual([{ key: KEY, bytes: 1 }]);
  expect((await files()).sort()).toEqual(['README', KEY, 'notes.txt']);
});

test('what a killed process left is cleared away after a day, not what is still being written', async () => {
  await blobs.put(KEY, Readable.from([Buffer.from('x')]), LIMITS);
  const [shard = ''] = await readdir(folder);
  const [left, written] = ['left', 'written'].map((name) => join(folder, shard, `${name}.part`)) as [string, string];
  await writeFile(left, 'half');
  await writeFile(written, 'half');
  const longAgo = new Date(Date.now() - 25 * 3_600_000);
  await utimes(left, longAgo, longAgo);
  expect(await listed()).toEqual([{ key: KEY, bytes: 1 }]);
  expect((await files()).sort()).toEqual([KEY, 'written.part']);
});
