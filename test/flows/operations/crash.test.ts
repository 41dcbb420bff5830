/** The service as a process: it is killed or stopped at the worst moment, and nothing is lost or sent twice. */
import { DatabaseSync } from 'node:sqlite';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Account, MessageView } from '../../../contract/api.ts';
import { startWhatsAppSandbox, type WhatsAppSandbox } from '../../sandbox/whatsapp/sandbox.ts';
import { ACCOUNT, ANA, sandboxSettings } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { query } from '../../support/ledger-file.ts';
import { startReceiver, type Receiver } from '../../support/receiver.ts';
import { closeProcesses, makeServiceProcess, type ServiceProcess } from '../../support/service-process.ts';

let sandbox: WhatsAppSandbox;
let workflow: Receiver;
let service: ServiceProcess;

beforeEach(async () => {
  sandbox = await startWhatsAppSandbox({ throughputPerSecond: null, webhookRetryDelaysMs: Array(2_000).fill(50) });
  workflow = await startReceiver();
  service = await makeServiceProcess();
});
afterEach(async () => {
  await closeProcesses();
  await workflow.close();
  await sandbox.close();
});

/** Starts the service with the account, and a workflow that listens to everything. */
async function startAll(): Promise<void> {
  await service.start();
  const path = `/v1/accounts/whatsapp/${ACCOUNT.externalId}`;
  const { body } = await service.call('PUT', path, { settings: sandboxSettings(sandbox) });
  sandbox.subscribe((body as Account).webhookUrl);
  const events = ['message.received', 'message.status'];
  await service.call('POST', '/v1/subscriptions', { url: workflow.url, events, account: ACCOUNT, maxBatch: 10 });
}

async function send(text: string, key = text): Promise<string> {
  const body = { account: ACCOUNT, to: `+${ANA}`, content: { type: 'text', text } };
  const answer = await service.call('POST', '/v1/messages', body, { 'idempotency-key': key });
  expect(answer.status).toBe(202);
  return (answer.body as { id: string }).id;
}

async function message(id: string): Promise<MessageView> {
  return (await service.call('GET', `/v1/messages/${id}`)).body as MessageView;
}

const reaches = (id: string, status: string) =>
  eventually(async () => (await message(id)).status === status, `message ${id} to be ${status}`);
const sendsSeen = () => sandbox.faults.pending() === 0;

test('killed during the call to the provider: the message is uncertain and never sent twice', async () => {
  sandbox.settings.autoStatuses = [];
  await startAll();
  await sandbox.customer.sends({ from: ANA, text: 'hi' });
  await workflow.took(1);
  sandbox.faults.next({ kind: 'slow', delayMs: 400 });
  const id = await send('hello');
  await eventually(sendsSeen, 'the call to the provider');
  await service.end('SIGKILL');
  await service.start();
  await reaches(id, 'uncertain');
  expect((await message(id)).attempts).toMatchObject([{ number: 1, outcome: 'uncertain' }]);
  const taken = await sandbox.waitFor(() => sandbox.listReceivedMessages()[0]);
  sandbox.postStatus(taken.id, 'delivered');
  await reaches(id, 'delivered');
  expect(await send('hello')).toBe(id);
  await reaches(await send('next'), 'sent');
  expect(sandbox.acceptedCountFor(id)).toBe(1);
  expect(sandbox.listReceivedMessages()).toHaveLength(2);
});

test('killed during the call, after its status webhook was read: no attempt stays open', async () => {
  sandbox.settings.autoStatuses = [];
  await startAll();
  await sandbox.customer.sends({ from: ANA, text: 'hi' });
  await workflow.took(1);
  sandbox.faults.next({ kind: 'slow', delayMs: 400 });
  const id = await send('hello');
  await eventually(sendsSeen, 'the call to the provider');
  await service.end('SIGKILL');
  const ledger = new DatabaseSync(join(service.dataDir, 'parley.db'));
  ledger.prepare(`UPDATE messages SET status = 'sent' WHERE id = ?`).run(id);
  ledger.close();
  await service.start();
  await eventually(async () => (await message(id)).attempts?.[0]?.closedAt !== undefined, 'the attempt to be closed');
  expect(await message(id)).toMatchObject({ status: 'sent', attempts: [{ number: 1, outcome: 'sent' }] });
});

test('killed again and again under load: every acknowledged message arrives, once and in order, every send once', async () => {
  await startAll();
  const people = Array.from({ length: 5 }, (_, index) => `1555000300${index}`);
  const acknowledged: string[] = [];
  const talk = people.map(async (from) => {
    for (let n = 0; n < 12; n++) {
      const { id, delivery } = await sandbox.customer.sends({ from, text: `${from} ${n}` });
      if ((await delivery?.done)?.outcome === 'delivered') acknowledged.push(id);
    }
  });
  for (let round = 0; round < 3; round++) {
    await eventually(() => workflow.taken().length >= (round + 1) * 8, 'some deliveries');
    await service.end('SIGKILL');
    await service.start();
  }
  await Promise.all(talk);
  expect(acknowledged).toHaveLength(60);
  const received = () => {
    const seen = new Map(workflow.taken().map((event) => [event.id, event]));
    return [...seen.values()].filter(({ type }) => type === 'message.received');
  };
  await eventually(() => received().length === 60, 'all messages');
  expect(new Set(received().map(({ message: one }) => one?.providerMessageId))).toEqual(new Set(acknowledged));
  for (const person of people) {
    const texts = received().map(({ message: one }) => (one?.content as { text: string }).text);
    const own = texts.filter((text) => text.startsWith(person));
    expect(own).toEqual(Array.from({ length: 12 }, (_, n) => `${person} ${n}`));
  }
});

test('SIGTERM: what is under way ends, nothing new is taken, the exit code is 0, the rest follows after the start', async () => {
  await startAll();
  await sandbox.customer.sends({ from: ANA, text: 'hi' });
  await workflow.took(1);
  sandbox.faults.next({ kind: 'slow', delayMs: 500 });
  const first = await send('first');
  const second = await send('second');
  await eventually(sendsSeen, 'the call to the provider');
  const ended = service.end('SIGTERM');
  const ready = await eventually(
    () =>
      service.call('GET', '/readyz').then(
        ({ status }) => status !== 200 && status,
        () => 'refused',
      ),
    'readiness to end',
  );
  expect([503, 'refused']).toContain(ready);
  expect(await ended).toBe(0);
  expect(sandbox.acceptedCountFor(first)).toBe(1);
  const rows = query(service.dataDir, `SELECT outcome FROM attempts WHERE message_id = '${first}'`);
  expect(rows).toEqual([{ outcome: 'accepted' }]);
  await service.start();
  await reaches(first, 'read');
  await reaches(second, 'read');
  expect([first, second].map((id) => sandbox.acceptedCountFor(id))).toEqual([1, 1]);
});

test('a restart goes on with everything that was queued', async () => {
  await startAll();
  await sandbox.customer.sends({ from: ANA, text: 'hi' });
  await workflow.took(1);
  await workflow.goDown();
  sandbox.faults.next({ kind: 'throttled', retryAfterSeconds: 1 });
  const ids = [await send('1'), await send('2'), await send('3')];
  await sandbox.customer.sends({ from: ANA, text: 'while it was down' });
  expect(await service.end('SIGTERM')).toBe(0);
  await workflow.comeUp();
  await service.start();
  for (const id of ids) await reaches(id, 'read');
  expect(sandbox.listReceivedMessages().map(({ bizOpaqueCallbackData }) => bizOpaqueCallbackData)).toEqual(ids);
  expect((await workflow.took(2, 'message.received')).at(-1)?.message?.content).toMatchObject({
    text: 'while it was down',
  });
});

describe('refuses to start', () => {
  test.each<[string, Record<string, string>, string[]]>([
    [
      'on bad values, naming each key and no value',
      { PARLEY_HOST: 'bad host!', PARLEY_LOG_LEVEL: 'secretlevel', PARLEY_API_KEY: 'tooshort' },
      ['PARLEY_HOST', 'PARLEY_LOG_LEVEL', 'PARLEY_API_KEY'],
    ],
    [
      'on a key that it does not know, with what was meant',
      { PARLEY_PUBLIC_URI: 'https://x.example' },
      ['PARLEY_PUBLIC_URI', 'PARLEY_PUBLIC_URL'],
    ],
  ])('%s', async (_name, env, told) => {
    const bad = await makeServiceProcess(env);
    await expect(bad.start()).rejects.toThrow(/^exit 1/);
    for (const word of told) expect(bad.output).toContain(word);
    for (const value of Object.values(env)) expect(bad.output).not.toContain(value);
    expect(bad.output).not.toMatch(/\n\s+at /);
  });

  test('on a ledger of a newer version, and leaves it as it is', async () => {
    await service.start();
    await service.end('SIGTERM');
    const ran = () => query(service.dataDir, 'SELECT name FROM kysely_migration ORDER BY name').map(({ name }) => name);
    const known = ran();
    const db = new DatabaseSync(join(service.dataDir, 'parley.db'));
    db.exec("INSERT INTO kysely_migration (name, timestamp) VALUES ('9999-from-the-future', '2099')");
    db.close();
    await expect(service.start()).rejects.toThrow(/exit 1: .*newer version of Parley/);
    expect(ran()).toEqual([...known, '9999-from-the-future']);
  });

  test('with another encryption key than its accounts were stored with', async () => {
    await startAll();
    await service.end('SIGTERM');
    await writeFile(join(service.dataDir, 'encryption-key'), Buffer.alloc(32, 7).toString('base64'));
    await expect(service.start()).rejects.toThrow(/^exit 1/);
    expect(service.output).not.toMatch(/\n\s+at /);
  });
});
