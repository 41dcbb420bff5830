/** The present service starts on a ledger that release 0.1.0 left in the middle of its work, and goes on with it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { MessageView } from '../../../contract/api.ts';
import { verifyDelivery } from '../../../contract/signature.ts';
import { loadConfig } from '../../../service/src/config/config.ts';
import { makeLogger } from '../../../service/src/platform/logger.ts';
import { startService, type RunningService } from '../../../service/src/service.ts';
import { postgres } from '../../../service/src/store/postgres.ts';
import { sqlite } from '../../../service/src/store/sqlite.ts';
import { LogLines } from '../../platform/support-app.ts';
import { manualClock, type ManualClock } from '../../sandbox/kit/clock.ts';
import { startWhatsAppSandbox, type WhatsAppSandbox } from '../../sandbox/whatsapp/sandbox.ts';
import { apiClient } from '../../support/api-client.ts';
import { ACCOUNT, ANA, BEN, MINUTE } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { firstRelease, type Places } from '../../support/first-release.ts';
import { startReceiver, type Receiver } from '../../support/receiver.ts';

const KEY = 'an-api-key-for-the-upgrade-test';
const PEOPLE = [ANA, BEN, '15550003333', '15550004444', '15550005555'];
const { messages } = firstRelease;

/** Puts the ledger where the answered environment says. */
export type Leave = (places: Places, dataDir: string) => Promise<Record<string, string>>;

let clock: ManualClock;
let sandbox: WhatsAppSandbox;
let workflow: Receiver;
let waiter: Receiver;
let service: RunningService;
let dataDir: string;

async function start(leave: Leave): Promise<void> {
  clock = manualClock(firstRelease.now + MINUTE / 2);
  sandbox = await startWhatsAppSandbox({ clock, throughputPerSecond: null });
  // Their sessions are open, as they wrote to the service that was before.
  for (const from of PEOPLE) await sandbox.customer.sends({ from, text: 'hi' });
  workflow = await startReceiver();
  waiter = await startReceiver();
  dataDir = await mkdtemp(join(tmpdir(), 'parley-upgrade-'));
  const places: Places = { sandboxUrl: sandbox.url, workflowUrl: workflow.url, waiterUrl: waiter.url };
  const left = await leave(places, dataDir);
  await beginErasure(left, dataDir);
  const config = loadConfig({
    PARLEY_DATA_DIR: dataDir,
    PARLEY_PORT: '0',
    PARLEY_API_KEY: KEY,
    PARLEY_ENCRYPTION_KEY: firstRelease.encryptionKey,
    PARLEY_ALLOW_PRIVATE_PROVIDERS: 'loopback',
    ...left,
  });
  const logger = makeLogger({ level: 'warn', destination: new LogLines().destination });
  service = await startService(config, logger, { clock, random: () => 0.5 });
  const endpoint = firstRelease.rows['accounts']?.find((row) => row['deleted_at'] === null)?.['endpoint'];
  sandbox.subscribe(`${service.url}/webhooks/whatsapp/${String(endpoint)}`);
}

/** An erasure that a version between began and did not end: a message is left of it, and a webhook that could not be read after all. */
const ERASED = {
  contactId: 'con_erased',
  conversationIds: ['cnv_erased'],
  since: 1,
  erasedAt: firstRelease.now - 2 * MINUTE,
};
const UNREADABLE = 21;

async function beginErasure(env: Record<string, string>, dataDir: string): Promise<void> {
  const url = env['PARLEY_DATABASE_URL'];
  const { writer, reader } = (url === undefined ? sqlite(join(dataDir, 'parley.db')) : postgres(url)).open();
  const payload = JSON.stringify({ ...ERASED, unread: [UNREADABLE], marks: [], task: 'erase' });
  await sql`insert into jobs (kind, key, state, priority, due_at, attempts, created_at, payload)
    values ('care', ${`care:erase:${ERASED.contactId}`}, 'ready', 0, 1, 0, 1, ${payload})`.execute(writer);
  await sql`insert into messages (id, account_id, conversation_id, direction, kind, status, status_at, content, created_at)
    values ('msg_erased', 'acc', 'cnv_erased', 'inbound', 'text', 'received', 1, '{}', 1)`.execute(writer);
  await Promise.all([writer.destroy(), reader.destroy()]);
}

const call: ReturnType<typeof apiClient> = (...request) => apiClient(() => service.url, KEY)(...request);
const message = async (id: string) => (await call('GET', `/v1/messages/${id}`)).body as MessageView;

async function reaches(id: string, status: string): Promise<MessageView> {
  return eventually(async () => {
    const view = await message(id);
    if (view.status !== status) throw new Error(`The message is ${view.status}: ${JSON.stringify(view)}`);
    return view;
  }, `message ${id} to be ${status}`);
}

/** Every row of every table that the first release knew and that is still there. */
async function everything(): Promise<unknown[]> {
  const rows: unknown[] = [];
  const present = new Set((await service.ledger.reader.introspection.getTables()).map(({ name }) => name));
  for (const table of Object.keys(firstRelease.rows)) {
    if (table.startsWith('kysely') || !present.has(table)) continue;
    const read = service.ledger.reader.selectFrom(table as 'messages').selectAll();
    for (const row of await read.execute()) rows.push({ ...row, body: String((row as { body?: unknown }).body ?? '') });
  }
  return rows;
}

async function jobsOf(key: string): Promise<unknown[]> {
  return service.ledger.reader.selectFrom('jobs').select('seq').where('key', 'like', `${key}%`).execute();
}

function advance(byMs: number): void {
  clock.advance(byMs);
  service.pipelines.driver.wake();
}

export function describeUpgrade(name: string, leave: Leave): void {
  describe(`upgrade from 0.1.0: ${name}`, () => {
    beforeEach(() => start(leave), 60_000);
    afterEach(async () => {
      await service.stop();
      await Promise.all([sandbox.close(), workflow.close(), waiter.close()]);
      await rm(dataDir, { recursive: true, force: true });
    });

    test('sends go out once, in order; one that was under way does not go out again', async () => {
      await reaches(messages.underWay, 'uncertain');
      for (const id of [messages.waiting, messages.campaign]) await reaches(id, 'read');
      expect((await message(messages.backoff)).status).toBe('queued');
      advance(MINUTE);
      for (const id of [messages.backoff, messages.behind]) await reaches(id, 'read');
      const sent = sandbox.listReceivedMessages().map((one) => one.bizOpaqueCallbackData);
      expect([...sent].sort()).toEqual([messages.waiting, messages.campaign, messages.backoff, messages.behind].sort());
      expect(sent.indexOf(messages.backoff)).toBeLessThan(sent.indexOf(messages.behind));
      expect(sent.indexOf(messages.waiting)).toBeLessThan(sent.indexOf(messages.campaign));
      expect(await message(messages.backoff)).toMatchObject({
        attempts: [{ outcome: 'throttled' }, { outcome: 'accepted' }],
      });
    });

    test('deliveries arrive in order, signed with the secret that 0.1.0 told', async () => {
      const texts = () =>
        workflow
          .taken()
          .filter(({ type }) => type === 'message.received')
          .map((event) => (event.message?.content as { text?: string }).text);
      // Kept, but not read by 0.1.0: its own job reads it.
      await eventually(() => texts().length >= 3, 'the deliveries');
      expect(texts().slice().sort()).toEqual(['and one more', 'kept, not read yet', 'while the workflow is down']);
      expect(texts().indexOf('while the workflow is down')).toBeLessThan(texts().indexOf('and one more'));
      const isSigned = ({ headers, raw }: (typeof workflow.deliveries)[number]) =>
        verifyDelivery(firstRelease.triggerSecret, headers, raw, clock.now());
      expect(workflow.deliveries.map(isSigned)).not.toContain(false);
    });

    test('what waits ends as it would have: held, uncertain, and a workflow that waits for an answer', async () => {
      await sandbox.customer.sends({ from: '15550007777', text: 'hi' });
      await reaches(messages.held, 'read');
      await sandbox.customer.sends({ from: BEN, text: 'three' });
      const [reply] = await waiter.took(1);
      expect(reply).toMatchObject({ awaited: true, message: { content: { text: 'three' } } });
      expect((await message(messages.uncertain)).status).toBe('uncertain');
      advance(60 * MINUTE);
      await reaches(messages.uncertain, 'unknown');
    });

    test('a contact of then is erased as one of now', async () => {
      const isLeft = async () =>
        (await everything()).filter((row) => /15550005555|Eve|under way|a campaign/.test(JSON.stringify(row)));
      expect(await isLeft()).not.toEqual([]);
      await workflow.took(1);
      const answer = await call('DELETE', '/v1/contacts?channel=whatsapp&address=15550005555');
      expect(answer).toMatchObject({ status: 202, body: { erased: { conversations: 1, identities: 2, messages: 4 } } });
      // Where several processes work on the ledger, those get a minute to end what they had begun.
      advance(2 * MINUTE);
      const done = async () => (await jobsOf('maintenance:erase')).length === 0 && (await isLeft()).length === 0;
      await eventually(done, 'the rest to be erased');
      expect((await everything()).some((row) => JSON.stringify(row).includes('I am Dora'))).toBe(true);
    });

    test('an erasure that was under way comes to its end', async () => {
      await eventually(async () => (await jobsOf('maintenance:erase')).length === 0, 'the erasure to end');
      expect((await call('GET', '/v1/messages/msg_erased')).status).toBe(404);
      const receipts = service.ledger.reader.selectFrom('receipts').select(['body', 'deadAt']);
      const { body, deadAt } = await receipts.where('seq', '=', UNREADABLE).executeTakeFirstOrThrow();
      expect([body.length, deadAt]).toEqual([0, null]);
    });

    test('repeats are known for what they are', async () => {
      const body = {
        account: ACCOUNT,
        to: `+${ANA}`,
        content: { type: 'text', text: 'answered' },
        metadata: { order: 7 },
      };
      const again = await call('POST', '/v1/messages', body, { 'idempotency-key': 'done' });
      expect(again).toMatchObject({ status: 202, body: { id: messages.read, duplicate: true } });
      expect(await message(messages.read)).toMatchObject({ status: 'read', attempts: [{ number: 1 }] });
    });
  });
}
