/** A copy of the ledger, made while the service works: what was acknowledged is in it, and a service that starts on it sends nothing twice. */
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Account, MessageView } from '../../../contract/api.ts';
import { startWhatsAppSandbox, type WhatsAppSandbox } from '../../sandbox/whatsapp/sandbox.ts';
import { ACCOUNT, ANA, BEN, sandboxSettings } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { query } from '../../support/ledger-file.ts';
import { PACKAGE_DIR } from '../../support/paths.ts';
import { startReceiver, type Receiver } from '../../support/receiver.ts';
import { closeProcesses, makeServiceProcess, type ServiceProcess } from '../../support/service-process.ts';

let sandbox: WhatsAppSandbox;
let workflow: Receiver;
let service: ServiceProcess;
let folder: string;

beforeEach(async () => {
  sandbox = await startWhatsAppSandbox({ throughputPerSecond: null, webhookRetryDelaysMs: Array(2_000).fill(50) });
  workflow = await startReceiver();
  service = await makeServiceProcess();
  folder = await mkdtemp(join(tmpdir(), 'parley-backup-'));
});
afterEach(async () => {
  await closeProcesses();
  await workflow.close();
  await sandbox.close();
  await rm(folder, { recursive: true, force: true });
});

interface Ended {
  code: number;
  said: string;
}

/** Runs an operator's command as `npm run` does. */
function run(tool: 'backup' | 'restore', args: string[], env: Record<string, string>): Promise<Ended> {
  const script = join(PACKAGE_DIR, `service/dist/service/src/${tool}.js`);
  return new Promise((resolve) => {
    const options = { env: { PATH: process.env['PATH'] ?? '', ...env } };
    execFile(process.execPath, [script, ...args], options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : 1, said: stdout + stderr.replace(/.*Warning.*\n?/g, '') }),
    );
  });
}

const backup = (file: string, ...more: string[]) =>
  run('backup', [file, ...more], { PARLEY_DATA_DIR: service.dataDir });

async function startAll(): Promise<void> {
  await service.start();
  const path = `/v1/accounts/whatsapp/${ACCOUNT.externalId}`;
  const { body } = await service.call('PUT', path, { settings: sandboxSettings(sandbox) });
  sandbox.subscribe((body as Account).webhookUrl);
  const events = ['message.received', 'message.status'];
  await service.call('POST', '/v1/subscriptions', { url: workflow.url, events, account: ACCOUNT, maxBatch: 10 });
}

async function send(on: ServiceProcess, to: string, text: string, more: object = {}): Promise<string> {
  const body = { account: ACCOUNT, to: `+${to}`, content: { type: 'text', text }, ...more };
  const answer = await on.call('POST', '/v1/messages', body, { 'idempotency-key': text });
  expect(answer.status).toBe(202);
  return (answer.body as { id: string }).id;
}

const reaches = (on: ServiceProcess, id: string, status: string) =>
  eventually(
    async () => ((await on.call('GET', `/v1/messages/${id}`)).body as MessageView).status === status,
    `message ${id} to be ${status}`,
  );

/** The copy in a data folder of its own, with the keys, at the place of the service that is gone. */
async function restored(file: string, ...options: string[]): Promise<ServiceProcess> {
  const port = new URL(service.url).port;
  await service.end('SIGKILL');
  const heir = await makeServiceProcess({ PARLEY_PORT: port });
  for (const key of ['api-key', 'encryption-key']) await copyFile(join(service.dataDir, key), join(heir.dataDir, key));
  const ended = await run('restore', [file, ...options], { PARLEY_DATA_DIR: heir.dataDir });
  expect(ended).toMatchObject({ code: 0, said: expect.stringContaining('was restored to') });
  await heir.start();
  return heir;
}

test('under traffic: all that was acknowledged before is in the copy; what may have been sent since is not sent again', async () => {
  await startAll();
  const people = Array.from({ length: 4 }, (_, index) => `1555000400${index}`);
  for (const from of people) await sandbox.customer.sends({ from, text: 'hi' });
  await workflow.took(people.length);
  const acknowledged: string[] = [];
  const sent: string[] = [];
  let going = true;
  const talk = people.map(async (from) => {
    for (let n = 0; going; n++) {
      const { id, delivery } = await sandbox.customer.sends({ from, text: `${from} ${n}` });
      if ((await delivery?.done)?.outcome === 'delivered') acknowledged.push(id);
      sent.push(await send(service, from, `answer ${from} ${n}`));
    }
  });
  await eventually(() => sent.length > 40, 'some traffic');
  const before = { acknowledged: [...acknowledged], sent: [...sent] };
  const file = join(folder, 'copy.db');
  const ended = await backup(file);
  await eventually(() => sent.length > before.sent.length + 40, 'more traffic');
  going = false;
  await Promise.all(talk);
  expect(ended).toMatchObject({ code: 0, said: expect.stringContaining('the copy was checked') });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['copy.db']);

  const heir = await restored(file);
  const known = () =>
    new Set(
      query(heir.dataDir, 'SELECT id, provider_id FROM messages').flatMap((row) => [row['id'], row['provider_id']]),
    );
  await eventually(() => before.acknowledged.every((id) => known().has(id)), 'all messages to be read');
  expect(before.sent.filter((id) => !known().has(id))).toEqual([]);
  await eventually(
    () => query(heir.dataDir, "SELECT seq FROM jobs WHERE kind IN ('send', 'normalize', 'deliver')").length === 0,
    'the work to be done',
  );
  // The provider goes on telling what became of the messages: what the copy does not know settles by itself.
  const twice = sent.filter((id) => sandbox.acceptedCountFor(id) > 1);
  expect(twice).toEqual([]);
  const lost = query(
    heir.dataDir,
    "SELECT id FROM messages WHERE direction = 'outbound' AND status IN ('queued', 'failed')",
  );
  expect(lost).toEqual([]);
  await reaches(heir, await send(heir, people[0] ?? '', 'after the restore'), 'read');
}, 60_000);

/** Ana has a send under way and one behind it, Ben one that is held, when the copy is made; all go out afterwards. */
async function sendsThatWait(): Promise<{ file: string; ids: string[] }> {
  sandbox.settings.autoStatuses = [];
  await startAll();
  await sandbox.customer.sends({ from: ANA, text: 'hi' });
  await workflow.took(1);
  sandbox.faults.next({ kind: 'slow', delayMs: 2_500 });
  const ids = [await send(service, ANA, 'first'), await send(service, ANA, 'second')];
  ids.push(await send(service, BEN, 'held', { ifSessionClosed: 'hold' }));
  await eventually(() => sandbox.faults.pending() === 0, 'the call to the provider');
  const file = join(folder, 'copy.db');
  expect(await backup(file)).toMatchObject({ code: 0 });
  return { file, ids };
}

test('sends that were under way, waited or were held become uncertain', async () => {
  const { file, ids } = await sendsThatWait();
  await sandbox.customer.sends({ from: BEN, text: 'hi' });
  for (const id of ids) await reaches(service, id, 'sent');
  const heir = await restored(file);
  for (const id of ids.slice(0, 2)) await reaches(heir, id, 'uncertain');
  // What was held is let go by a message, and then known to be in doubt.
  await reaches(heir, ids[2] ?? '', 'held');
  await sandbox.customer.sends({ from: BEN, text: 'hi again' });
  await reaches(heir, ids[2] ?? '', 'uncertain');
  expect(ids.map((id) => sandbox.acceptedCountFor(id))).toEqual([1, 1, 1]);
  for (const { id } of sandbox.listReceivedMessages()) sandbox.postStatus(id, 'delivered');
  for (const id of ids) await reaches(heir, id, 'delivered');
});

test('--resend: what waited is sent, for a service that stopped before the copy was made', async () => {
  sandbox.settings.autoStatuses = [];
  await startAll();
  await sandbox.customer.sends({ from: ANA, text: 'hi' });
  await workflow.took(1);
  sandbox.faults.next({ kind: 'throttled', retryAfterSeconds: 1 });
  const ids = [await send(service, ANA, 'first'), await send(service, ANA, 'second')];
  await service.end('SIGTERM');
  const file = join(folder, 'copy.db');
  expect(await backup(file)).toMatchObject({ code: 0 });
  const heir = await restored(file, '--resend');
  for (const id of ids) await reaches(heir, id, 'sent');
  expect(ids.map((id) => sandbox.acceptedCountFor(id))).toEqual([1, 1]);
});

describe('a backup is refused', () => {
  test('over a file that exists, which stays as it is', async () => {
    await service.start();
    const file = join(folder, 'copy.db');
    await writeFile(file, 'precious');
    expect(await backup(file)).toEqual({ code: 1, said: expect.stringMatching(/exists. Nothing is overwritten/) });
    expect(await readFile(file, 'utf8')).toBe('precious');
    expect(await readdir(folder)).toEqual(['copy.db']);
  });

  test.each<[string, (file: string) => string[], RegExp]>([
    ['without a file', () => [], /^Usage: npm run backup -- <file>\n$/],
    ['with two files', (file) => [file, `${file}2`], /^Usage/],
    ['with an option', (file) => [file, '--force'], /^Usage/],
    ['without a database', (file) => [file], /There is no database at/],
  ])('%s', async (_name, args, said) => {
    const file = join(folder, 'copy.db');
    const ended = await run('backup', args(file), { PARLEY_DATA_DIR: join(folder, 'nowhere') });
    expect(ended).toEqual({ code: 1, said: expect.stringMatching(said) });
    expect(await readdir(folder)).toEqual([]);
  });

  test('of a ledger in PostgreSQL', async () => {
    const env = { PARLEY_DATABASE_URL: 'postgres://parley:topsecret@127.0.0.1:1/parley' };
    const ended = await run('backup', [join(folder, 'copy.db')], env);
    expect(ended).toEqual({ code: 1, said: expect.stringMatching(/pg_dump/) });
    expect(ended.said).not.toContain('topsecret');
  });

  test('of a damaged file', async () => {
    await service.start();
    await service.end('SIGTERM');
    const path = join(service.dataDir, 'parley.db');
    const bytes = await readFile(path);
    bytes.fill(0xab, 8_192, bytes.length - 4_096);
    await writeFile(path, bytes);
    expect(await backup(join(folder, 'copy.db'))).toEqual({ code: 1, said: expect.stringMatching(/damaged|copied/) });
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('a restore is refused', () => {
  const restore = (file: string, dataDir: string) => run('restore', [file], { PARLEY_DATA_DIR: dataDir });

  test('over a database that exists, or beside the log of one', async () => {
    await service.start();
    const file = join(folder, 'copy.db');
    await backup(file);
    expect(await restore(file, service.dataDir)).toEqual({
      code: 1,
      said: expect.stringContaining('parley.db exists'),
    });
    const other = join(folder, 'other');
    expect(await restore(file, other)).toMatchObject({ code: 0 });
    await rm(join(other, 'parley.db'));
    await writeFile(join(other, 'parley.db-wal'), 'old');
    expect(await restore(file, other)).toEqual({ code: 1, said: expect.stringContaining('parley.db-wal exists') });
  });

  test('of another database, and leaves nothing', async () => {
    const file = join(folder, 'other.db');
    const db = new DatabaseSync(file);
    db.exec('CREATE TABLE t (a)');
    db.close();
    expect(await restore(file, join(folder, 'data'))).toEqual({
      code: 1,
      said: expect.stringContaining('not a database of Parley'),
    });
    expect(await readdir(join(folder, 'data'))).toEqual(['parley.db.lock']);
  });
});
