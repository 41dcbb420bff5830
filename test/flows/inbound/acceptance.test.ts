/** Acceptance when the disk is full or slow: the provider is told to come back, and is served again when it is over. */
import { sql } from 'kysely';
import { SANDBOX_DEFAULTS } from '../../sandbox/whatsapp/defaults.ts';
import { encodeAsMeta, signatureOf } from '../../sandbox/kit/meta/hub-webhooks.ts';
import type { Answer } from '../../support/api-client.ts';
import { ACCOUNT, ANA, closeApps, startApp, type App } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import type { Db } from '../../../service/src/store/unit-of-work.ts';

afterEach(closeApps);

const MIB = 1024 * 1024;
let made = 0;

/** A signed webhook with one text; `padding` bytes longer than it has to be. */
function webhook(padding = 0): { body: Buffer; headers: Record<string, string> } {
  const text = { body: 'x'.repeat(padding) || 'hi' };
  const message = { from: ANA, id: `wamid.${++made}`, timestamp: '1767268800', type: 'text', text };
  const metadata = { display_phone_number: '15550783881', phone_number_id: ACCOUNT.externalId };
  const value = { messaging_product: 'whatsapp', metadata, messages: [message] };
  const entry = [{ id: SANDBOX_DEFAULTS.wabaId, changes: [{ field: 'messages', value }] }];
  const body = encodeAsMeta({ object: 'whatsapp_business_account', entry });
  const signature = signatureOf(SANDBOX_DEFAULTS.appSecret, body);
  return { body, headers: { 'content-type': 'application/json', 'x-hub-signature-256': signature } };
}

function post(app: App, padding?: number): Promise<Answer> {
  const { body, headers } = webhook(padding);
  return app.call('POST', new URL(app.account.webhookUrl).pathname, body, headers);
}

/** Changes how many pages the database may have. */
async function limitPages(app: App, pages: number): Promise<void> {
  await app.service.ledger.write(async ({ db }) => {
    await sql.raw(`PRAGMA max_page_count = ${pages}`).execute(db);
  });
}

async function fillDisk(app: App): Promise<void> {
  const [row] = app.rows('PRAGMA page_count');
  await limitPages(app, Number(row?.['page_count']) + 1);
}

const empty = (app: App) => limitPages(app, 1_000_000);

/** Writes more than fits: the database gives up the whole commit. */
const tooMuch = ({ db }: { db: Db }) =>
  db
    .insertInto('apiKeys')
    .values({ id: 'big', hash: 'x'.repeat(MIB), createdAt: 1, revokedAt: null })
    .execute();

test('a full disk: 503 with the time to come back, and 200 when there is room again', async () => {
  const app = await startApp();
  const workflow = await app.listen();
  await fillDisk(app);
  const refused = await post(app, 500_000);
  expect(refused).toMatchObject({ status: 503, body: { status: 503 } });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  await empty(app);
  expect((await post(app)).status).toBe(200);
  await workflow.took(1);
  expect(workflow.taken()).toHaveLength(1);
});

test('a commit that the database gave up before it came to the webhooks does not end acceptance', async () => {
  const app = await startApp();
  const { acceptor, accounts } = app.service.pipelines;
  const account = accounts.find(app.account.id);
  const connection = account && accounts.connections.find(account.connectionId);
  if (connection === undefined) throw new Error('The connection is not there');
  const accept = () => {
    const { body, headers } = webhook();
    return acceptor.accept(connection, { method: 'POST', url: app.account.webhookUrl, headers, query: {}, body });
  };
  await fillDisk(app);
  const results = await Promise.allSettled([app.service.ledger.write(tooMuch), accept(), accept()]);
  expect(results[0]?.status).toBe('rejected');
  await empty(app);
  await accept();
  expect((await post(app)).status).toBe(200);
  await app.idle();
  // Whatever was told to be stored is.
  const told = results.slice(1).filter(({ status }) => status === 'fulfilled').length + 2;
  expect(app.rows("SELECT count(*) AS stored FROM messages WHERE direction = 'inbound'")).toEqual([{ stored: told }]);
});

describe('a disk that does not keep up', () => {
  /** Runs with the ledger held up; what waits is written afterwards. */
  async function heldUp(app: App, run: () => Promise<void>): Promise<void> {
    let release: (() => void) | undefined;
    const slow = app.service.ledger.write(() => new Promise<void>((resolve) => (release = resolve)));
    try {
      await eventually(() => release !== undefined, 'the ledger to be held up');
      await run();
    } finally {
      release?.();
      await slow;
    }
  }

  test('what waits is bounded in bytes; beyond, it is 503 with the time to come back', async () => {
    const app = await startApp();
    const taken: Promise<Answer>[] = [];
    let refused: Answer | undefined;
    await heldUp(app, async () => {
      while (refused === undefined && taken.length < 40) {
        const answer = post(app, 3 * MIB);
        const accepted = app.service.pipelines.acceptor.accepted;
        const first = await eventually(
          () => Promise.race([answer, app.service.pipelines.acceptor.accepted > accepted && ('taken' as const)]),
          'the webhook to be taken in or refused',
        );
        if (first === 'taken') taken.push(answer);
        else refused = first;
      }
    });
    expect(taken.length).toBeGreaterThan(2);
    expect(refused).toMatchObject({ status: 503, body: { code: 'overloaded' } });
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(new Set((await Promise.all(taken)).map(({ status }) => status))).toEqual(new Set([200]));
    expect((await post(app, 3 * MIB)).status).toBe(200);
  });
});
