/** A disk without room: webhooks are refused, never half taken; the service heals by itself, and not even a kill meanwhile harms the ledger. */
import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';
import type { Account } from '../../../contract/api.ts';
import type { ParleyEvent } from '../../../contract/event.ts';
import { startWhatsAppSandbox, type WhatsAppSandbox } from '../../sandbox/whatsapp/sandbox.ts';
import { ACCOUNT, ANA, closeApps, MINUTE, sandboxSettings, startApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { query, startPostgres } from '../../support/postgres.ts';
import { startReceiver, type Receiver } from '../../support/receiver.ts';
import { closeProcesses, makeServiceProcess, type ServiceProcess } from '../../support/service-process.ts';
import { postWebhook, webhookOf } from '../../support/webhook.ts';

jest.setTimeout(90_000);

const run = promisify(execFile);
const KIB = 1024;
const providerIds = (events: readonly ParleyEvent[]) =>
  new Set(events.filter(({ type }) => type === 'message.received').map(({ message }) => message?.providerMessageId));

describe('SQLite in a process that may write no further', () => {
  let sandbox: WhatsAppSandbox;
  let workflow: Receiver;
  let service: ServiceProcess;
  let hook: string;
  /** Ids of messages whose webhooks were answered 200. */
  let acknowledged: Set<string>;

  beforeEach(async () => {
    acknowledged = new Set();
    sandbox = await startWhatsAppSandbox({ throughputPerSecond: null });
    workflow = await startReceiver();
    service = await makeServiceProcess();
    await service.start();
    const path = `/v1/accounts/whatsapp/${ACCOUNT.externalId}`;
    const { body } = await service.call('PUT', path, { settings: sandboxSettings(sandbox) });
    hook = new URL((body as Account).webhookUrl).pathname;
    const wish = { url: workflow.url, events: ['message.received'], account: ACCOUNT, maxBatch: 50 };
    expect((await service.call('POST', '/v1/subscriptions', wish)).status).toBe(201);
  });
  afterEach(async () => {
    await closeProcesses();
    await workflow.close();
    await sandbox.close();
  });

  /** No file of the process may grow beyond so many bytes: its writes fail as on a full disk. */
  const limitFiles = (bytes: number | 'unlimited') =>
    run('prlimit', ['--pid', String(service.pid), `--fsize=${bytes}:`]);

  const walBytes = () => statSync(join(service.dataDir, 'parley.db-wal')).size;

  async function post(): Promise<Response | undefined> {
    const webhook = webhookOf({ text: 'x'.repeat(20 * KIB), timestamp: String(Math.floor(Date.now() / 1_000)) });
    const answer = await postWebhook(service.url + hook, webhook);
    if (answer?.status === 200) acknowledged.add(webhook.id);
    return answer;
  }

  /** Posts until the disk is full and goes on a little; what is refused says so and when to come back. */
  async function fill(): Promise<void> {
    await limitFiles(walBytes() + 300 * KIB);
    for (let refusals = 0, posts = 0; refusals < 10; posts++) {
      const answer = await post();
      if (posts > 200) throw new Error('The disk did not become full');
      if (answer?.status === 200) continue;
      refusals += 1;
      expect([answer?.status, Number(answer?.headers.get('retry-after'))]).toEqual([503, 5]);
    }
  }

  const allArrive = () =>
    eventually(
      () => [...acknowledged].every((id) => providerIds(workflow.taken()).has(id)),
      'every acknowledged message to arrive',
    );

  function integrity(): unknown {
    const db = new DatabaseSync(join(service.dataDir, 'parley.db'), { readOnly: true });
    try {
      return db.prepare('PRAGMA integrity_check').get()?.['integrity_check'];
    } finally {
      db.close();
    }
  }

  test('refuses what it cannot keep, says so once, goes on by itself when there is room; nothing is lost or half there', async () => {
    for (let i = 0; i < 5; i++) expect((await post())?.status).toBe(200);
    await allArrive();
    await fill();
    expect((await service.call('GET', '/readyz')).body).toMatchObject({ failing: ['store'] });
    const body = { account: ACCOUNT, to: `+${ANA}`, content: { type: 'text', text: 'x'.repeat(4_000) } };
    const send = () => service.call('POST', '/v1/messages', body, { 'idempotency-key': 'during' });
    expect(await send()).toMatchObject({ status: 503, body: { code: 'storage_unavailable' } });
    expect(service.output.match(/The database cannot be used/g)).toHaveLength(1);
    await limitFiles('unlimited');
    await eventually(async () => (await service.call('GET', '/readyz')).status === 200, 'readiness');
    expect(service.output.match(/The database can be used again/g)).toHaveLength(1);
    expect((await post())?.status).toBe(200);
    expect((await send()).status).toBe(202);
    await allArrive();
    // What was refused was not kept: nobody hears of it before the provider posts it again.
    expect(providerIds(workflow.taken())).toEqual(acknowledged);
    expect(await service.end('SIGTERM')).toBe(0);
    expect(integrity()).toBe('ok');
  });

  test('killed while it was full: after the start everything that was acknowledged arrives', async () => {
    await workflow.goDown();
    for (let i = 0; i < 5; i++) expect((await post())?.status).toBe(200);
    await fill();
    await service.end('SIGKILL');
    await workflow.comeUp();
    await service.start();
    expect((await post())?.status).toBe(200);
    await allArrive();
    await service.end('SIGTERM');
    expect(integrity()).toBe('ok');
  });
});

describe('PostgreSQL that has no room', () => {
  afterEach(closeApps);

  test('refuses webhooks and sends meanwhile and goes on by itself', async () => {
    const server = await startPostgres();
    try {
      const url = await server.fresh();
      const app = await startApp({ env: { PARLEY_DATABASE_URL: url } });
      const workflow = await app.listen();
      // As the server says it when it cannot extend a table.
      await query(
        url,
        `create function no_room() returns trigger language plpgsql as
         $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$`,
      );
      for (const table of ['receipts', 'messages'])
        await query(url, `create trigger no_room before insert on ${table} for each row execute function no_room()`);
      const refused = webhookOf();
      for (let i = 0; i < 5; i++) expect((await postWebhook(app.account.webhookUrl, refused))?.status).toBe(503);
      expect((await app.call('GET', '/readyz')).status).toBe(503);
      expect(app.log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
      for (const table of ['receipts', 'messages']) await query(url, `drop trigger no_room on ${table}`);
      await eventually(async () => (await app.call('GET', '/readyz')).status === 200, 'readiness');
      expect((await postWebhook(app.account.webhookUrl, refused))?.status).toBe(200);
      app.advance(MINUTE);
      await workflow.took(1);
      expect([...providerIds(workflow.taken())]).toEqual([refused.id]);
      await closeApps();
    } finally {
      await server.close();
    }
  });
});
