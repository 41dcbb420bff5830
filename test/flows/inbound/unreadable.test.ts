/** A webhook of one account that cannot be read must not silence the others of its application. */
import { sql } from 'kysely';
import type { Account, Page } from '../../../contract/api.ts';
import type { DeadLetter } from '../../../contract/dead-letter.ts';
import { encodeAsMeta, signatureOf } from '../../sandbox/kit/meta/hub-webhooks.ts';
import { closeApps, MINUTE, startApp, type App } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import type { Receiver } from '../../support/receiver.ts';

const [PAGE, OTHER] = ['1001', '1002'] as const;
const SECRET = 'the-secret-of-the-application';
const SECOND = 1_000;

let app: App;
let account: Account;
let workflow: Receiver;
let count = 0;

beforeEach(async () => {
  app = await startApp({ registered: false });
  for (const pageId of [PAGE, OTHER]) {
    const settings = { pageId, pageAccessToken: 'token', appSecret: SECRET, baseUrl: app.sandbox.url };
    account = (await app.call('PUT', `/v1/accounts/messenger/${pageId}`, { settings })).body as Account;
  }
  workflow = await app.listen({ account: undefined, events: ['message.received'] });
  await app.service.ledger.write(({ db }) =>
    sql`create trigger refuse before insert on messages when new.content like '%unreadable%'
      begin select raise(abort, 'Nobody can read this'); end`.execute(db),
  );
});
afterEach(closeApps);

async function says(pageId: string, text: string): Promise<void> {
  const at = app.clock.now();
  const said = { sender: { id: '24681012141618' }, recipient: { id: pageId }, timestamp: at };
  const messaging = [{ ...said, message: { mid: `m_${++count}`, text } }];
  const body = encodeAsMeta({ object: 'page', entry: [{ id: pageId, time: at, messaging }] });
  const headers = { 'x-hub-signature-256': signatureOf(SECRET, body) };
  const answer = await fetch(account.webhookUrl, { method: 'POST', headers, body: new Uint8Array(body) });
  expect(answer.status).toBe(200);
}

const texts = () => workflow.taken().map(({ message }) => (message?.content as { text?: string }).text);
const deadLetters = async () => ((await app.call('GET', '/v1/dead-letters')).body as Page<DeadLetter>).data;

/** Lets time pass until it is so; answers how long that took, in milliseconds. */
async function after(isSo: () => boolean | Promise<boolean>): Promise<number> {
  const from = app.clock.now();
  await eventually(async () => {
    if (await isSo()) return true;
    await app.idle();
    app.advance(SECOND);
    return false;
  }, 'it to be so');
  return app.clock.now() - from;
}

test('it is put aside within seconds, whatever came with it, and the others are read', async () => {
  await app.service.pipelines.driver.stop();
  const before = Array.from({ length: 20 }, (_, i) => `before ${i}`);
  for (const text of before) await says(OTHER, text);
  await says(PAGE, 'unreadable');
  await says(OTHER, 'after');
  await app.stop();
  await app.start();
  expect(await after(() => texts().includes('after'))).toBeLessThan(MINUTE / 2);
  expect(texts()).toEqual([...before, 'after']);
  expect(await deadLetters()).toMatchObject([
    { type: 'webhook', code: 'unreadable', detail: expect.stringContaining('Nobody') },
  ]);
});

test('it is read by itself when that is possible a little later', async () => {
  await says(PAGE, 'unreadable');
  await after(async () => (await deadLetters()).length === 1);
  await app.service.ledger.write(({ db }) => sql`drop trigger refuse`.execute(db));
  expect(await after(() => texts().includes('unreadable'))).toBeLessThan(5 * MINUTE);
  expect(await deadLetters()).toEqual([]);
});

test('it stays for a person when that goes on', async () => {
  await says(PAGE, 'unreadable');
  await after(async () => (await deadLetters()).length === 1);
  await after(async () => (await app.read("SELECT * FROM jobs WHERE kind IN ('normalize', 'reread')")).length === 0);
  expect(await deadLetters()).toMatchObject([{ type: 'webhook', code: 'unreadable' }]);
});
