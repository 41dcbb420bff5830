import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from '../../service/src/config/folder.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'parley-folder-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

test('every folder that is missing is made for this user alone', async () => {
  await makeFolder(join(dir, 'a', 'b', 'c'));
  expect(await Promise.all(['a', 'a/b', 'a/b/c'].map((path) => modeOf(join(dir, path))))).toEqual([
    '700',
    '700',
    '700',
  ]);
});

test('one that is there stays as it is', async () => {
  await chmod(dir, 0o755);
  await makeFolder(dir);
  await makeFolder('/');
  expect(await modeOf(dir)).toBe('755');
});

test('several may make it at once', async () => {
  await Promise.all(Array.from({ length: 20 }, () => makeFolder(join(dir, 'a', 'b', 'c', 'd'))));
  expect(await modeOf(join(dir, 'a', 'b', 'c', 'd'))).toBe('700');
});

test.each<[string, string, (path: string) => Promise<unknown>]>([
  ['a file is in its place', 'EEXIST', (path) => writeFile(path, '')],
  ['a file is in the place of its parent', 'ENOTDIR', (path) => writeFile(join(path, '..'), '')],
])('when %s, the error is the system’s (%s)', async (_name, code, prepare) => {
  const path = join(dir, 'parent', 'folder');
  if (code === 'EEXIST') await makeFolder(join(dir, 'parent'));
  await prepare(path);
  await expect(makeFolder(path)).rejects.toMatchObject({ code });
});

test('a system that lets nobody make folders is asked once', async () => {
  await expect(makeFolder('/proc/parley/data')).rejects.toMatchObject({ code: 'ENOENT' });
});
