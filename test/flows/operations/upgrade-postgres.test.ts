import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { postgres } from '../../../service/src/store/postgres.ts';
import { firstRelease, load } from '../../support/first-release.ts';
import { PACKAGE_DIR } from '../../support/paths.ts';
import { databases } from '../../support/databases.ts';
import { query } from '../../support/postgres.ts';
import { describeUpgrade } from './upgrade.suite.ts';

const { empty } = databases();

describeUpgrade('postgres', async (places) => {
  const url = await empty();
  await load(postgres(url), places);
  return { PARLEY_DATABASE_URL: url };
});

test('restored from a dump, it sends nothing that may have been sent since', async () => {
  const url = await empty();
  await load(postgres(url));
  const script = join(PACKAGE_DIR, 'service/dist/service/src/restore.js');
  const env = { PATH: process.env['PATH'], PARLEY_DATABASE_URL: url, PARLEY_API_KEY: 'an-api-key-for-the-restore' };
  const more = { PARLEY_ENCRYPTION_KEY: firstRelease.encryptionKey };
  const { stdout } = await promisify(execFile)(process.execPath, [script], { env: { ...env, ...more } });
  expect(stdout).toContain('6 sends waited');
  const waiting = `select m.id from messages m where status in ('queued', 'held')
    and not exists (select 1 from attempts a where a.message_id = m.id and a.closed_at is null)`;
  expect(await query(url, waiting)).toEqual([]);
  const failed = promisify(execFile)(process.execPath, [script, 'a-file'], { env: { ...env, ...more } });
  await expect(failed).rejects.toThrow(/with its own tools/);
});
