import { makeLogger } from '../../service/src/platform/logger.ts';
import { parseEncryptionKeys, SecretBox } from '../../service/src/platform/secret-box.ts';
import { checkKeys, Reseal } from '../../service/src/maintenance/reseal.ts';
import type { Ledger } from '../../service/src/store/ledger.ts';
import * as media from '../../service/src/store/media.store.ts';
import * as pendingFacts from '../../service/src/store/pending-fact.store.ts';
import { LogLines } from '../platform/support-app.ts';
import { eventually } from '../support/eventually.ts';
import { tempLedgers } from '../support/temp-ledger.ts';

const open = tempLedgers();
const started: Reseal[] = [];
// Before the ledgers are closed.
const stopAll = () => Promise.all(started.splice(0).map((one) => one.stop()));

const OLD = `old:${'ab'.repeat(32)}`;
const NEW = `new:${'cd'.repeat(32)}`;
/** Its id holds a wildcard of SQL and could be taken for another's. */
const ODD = `n_w:${'12'.repeat(32)}`;
const boxOf = (...keys: string[]) => new SecretBox(parseEncryptionKeys(keys.join(',')));

function subscriptionRow(id: string, secret: string, endedAt: number | null = null) {
  return {
    id,
    accountId: null,
    conversationId: null,
    url: 'http://127.0.0.1:1/hook',
    filter: '{}',
    maxBatch: 1,
    secret,
    once: 0,
    expiresAt: null,
    createdAt: 1,
    endedAt,
    endedReason: endedAt === null ? null : 'deleted',
  };
}

async function filled(count: number, box: SecretBox): Promise<Ledger> {
  const ledger = await open();
  await checkKeys(ledger, box);
  const ids = Array.from({ length: count }, (_, i) => `sub_${String(i).padStart(3, '0')}`);
  const rows = ids.map((id) => subscriptionRow(id, box.encrypt(`secret of ${id}`, id)));
  await ledger.write(async ({ db }) => void (await db.insertInto('subscriptions').values(rows).execute()));
  return ledger;
}

const secrets = (ledger: Ledger) => ledger.reader.selectFrom('subscriptions').select(['id', 'secret']).execute();

async function start(ledger: Ledger, secretBox: SecretBox) {
  const counts: number[] = [];
  const log = new LogLines();
  const logger = makeLogger({ level: 'trace', destination: log.destination });
  const reseal = new Reseal({ ledger, secretBox, log: logger, counted: (count) => counts.push(count) });
  started.push(reseal);
  await reseal.start();
  return { counts, log, done: () => eventually(() => counts.length > 1, 'a pass over all secrets') };
}

test('everything is sealed with the newest key, and still says what it said', async () => {
  const ledger = await filled(60, boxOf(OLD));
  const { counts, done } = await start(ledger, boxOf(NEW, OLD));
  expect(counts).toEqual([61]);
  await done();
  expect(counts).toEqual([61, 0]);
  await stopAll();
  const only = boxOf(NEW);
  for (const { id, secret } of await secrets(ledger)) expect(only.decrypt(secret, id)).toBe(`secret of ${id}`);
  await checkKeys(ledger, only);
});

test('a key whose name looks like another’s is told apart', async () => {
  const ledger = await filled(1, boxOf(NEW));
  const { counts, done } = await start(ledger, boxOf(ODD, NEW));
  expect(counts).toEqual([2]);
  await done();
  await stopAll();
  await checkKeys(ledger, boxOf(ODD));
});

test('two processes that do it at once do no harm', async () => {
  const ledger = await filled(60, boxOf(OLD));
  const both = await Promise.all([start(ledger, boxOf(NEW, OLD)), start(ledger, boxOf(NEW, OLD))]);
  await Promise.all(both.map(({ done }) => done()));
  await stopAll();
  const only = boxOf(NEW);
  for (const { id, secret } of await secrets(ledger)) expect(only.decrypt(secret, id)).toBe(`secret of ${id}`);
});

test('a secret that was changed meanwhile is not put back', async () => {
  const ledger = await filled(60, boxOf(OLD));
  const anew = boxOf(NEW).encrypt('changed', 'sub_059');
  const { done } = await start(ledger, boxOf(NEW, OLD));
  await ledger.write(async ({ db }) => {
    await db.updateTable('subscriptions').set({ secret: anew }).where('id', '=', 'sub_059').execute();
  });
  await done();
  await stopAll();
  expect((await secrets(ledger)).at(-1)?.secret).toBe(anew);
});

test('one that cannot be opened stays, is counted and told of, and keeps none of the others', async () => {
  const ledger = await filled(30, boxOf(OLD));
  const broken = boxOf(OLD).encrypt('of another', 'sub_other');
  await ledger.write(async ({ db }) => {
    await db.updateTable('subscriptions').set({ secret: broken }).where('id', '=', 'sub_000').execute();
  });
  const { counts, log, done } = await start(ledger, boxOf(NEW, OLD));
  await done();
  await stopAll();
  expect(counts).toEqual([31, 1]);
  expect(log.lines).toContainEqual(
    expect.objectContaining({ id: 'sub_000', msg: expect.stringContaining('could not be opened') }),
  );
  expect(log.text).not.toContain('can be taken away');
  expect((await secrets(ledger)).filter(({ secret }) => secret.startsWith('v1.old.'))).toEqual([
    { id: 'sub_000', secret: broken },
  ]);
});

test('what files are read with is sealed anew, too; files that take nothing stay as they are', async () => {
  const ledger = await filled(1, boxOf(OLD));
  const file = { accountId: 'acc', conversationId: 'cnv', mimeType: '', filename: null };
  await ledger.write(async (tx) => {
    for (const id of ['mdi_1', 'mdi_2']) await media.insert(tx, { ...file, id, providerId: id }, 1);
    await media.setSecret(tx, 'mdi_2', boxOf(OLD).encrypt({ key: 'k' }, 'mdi_2'));
  });
  const { counts, done } = await start(ledger, boxOf(NEW, OLD));
  await done();
  await stopAll();
  expect(counts).toEqual([3, 0]);
  const sealed = (await media.find(ledger.reader, 'mdi_2'))?.secret ?? '';
  expect(boxOf(NEW).decrypt(sealed, 'mdi_2')).toEqual({ key: 'k' });
  expect((await media.find(ledger.reader, 'mdi_1'))?.secret).toBeNull();
});

test('what waits for its rest is sealed anew, too', async () => {
  const ledger = await filled(1, boxOf(OLD));
  const about = {
    accountId: 'acc',
    conversationId: 'cnv',
    dedupeKey: 'd',
    providerMessageId: null,
    at: 1,
    createdAt: 1,
  };
  const fact = boxOf(OLD).encrypt({ type: 'message.received' }, 'fct_1');
  await ledger.write((tx) => pendingFacts.insert(tx, { ...about, id: 'fct_1', partial: true, fact }));
  const { counts, done } = await start(ledger, boxOf(NEW, OLD));
  await done();
  await stopAll();
  expect(counts).toEqual([3, 0]);
  const sealed = await pendingFacts.find(ledger.reader, 'fct_1');
  expect(sealed).toMatchObject({ ...about, partial: true });
  expect(boxOf(NEW).decrypt(sealed?.fact ?? '', 'fct_1')).toEqual({ type: 'message.received' });
});

test('a subscription that ended needs no key any more', async () => {
  const ledger = await filled(1, boxOf(NEW));
  const row = subscriptionRow('sub_ended', boxOf(OLD).encrypt('over', 'sub_ended'), 5);
  await ledger.write(async ({ db }) => void (await db.insertInto('subscriptions').values(row).execute()));
  await checkKeys(ledger, boxOf(NEW));
});

test('with one key there is nothing to do', async () => {
  const ledger = await filled(1, boxOf(OLD));
  expect((await start(ledger, boxOf(OLD))).counts).toEqual([]);
});

test('stopping does not wait for the work', async () => {
  const ledger = await filled(400, boxOf(OLD));
  await start(ledger, boxOf(NEW, OLD));
  await stopAll();
  expect((await secrets(ledger)).filter(({ secret }) => secret.startsWith('v1.old.')).length).toBeGreaterThan(0);
});
