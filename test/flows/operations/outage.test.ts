/** The database goes away under a running service: clear refusals meanwhile, one line in the log, and all goes on by itself. */
import { ACCOUNT, ANA, closeApps, MINUTE, startApp, type App } from '../../support/app.ts';
import type { Answer } from '../../support/api-client.ts';
import { eventually } from '../../support/eventually.ts';
import { query, startPostgres, type PostgresServer } from '../../support/postgres.ts';
import { webhookOf } from '../../support/webhook.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
}, 60_000);
afterEach(closeApps);
afterAll(() => server.close());

const startOnPostgres = async () => startApp({ env: { PARLEY_DATABASE_URL: await server.fresh() } });

function post(app: App): Promise<Answer> {
  const { body, headers } = webhookOf();
  return app.call('POST', new URL(app.account.webhookUrl).pathname, body, headers);
}

const send = (app: App, key: string) =>
  app.call(
    'POST',
    '/v1/messages',
    { account: ACCOUNT, to: `+${ANA}`, content: { type: 'text', text: key } },
    { 'idempotency-key': key },
  );

const isOut = async (app: App) =>
  /^parley_dependency_up\{name="database"\} 0$/m.test((await app.call('GET', '/metrics')).text) ? 'out' : 'in';
const complaints = (app: App) =>
  app.log.lines.filter(({ level, msg }) => (level === 'error' || level === 'warn') && !String(msg).includes('fsync'));

const admin = (statement: string) => query(`postgres://parley@127.0.0.1:${server.port}/postgres`, statement);

test.each<[string, string, string]>([
  ['is read-only, as a stand-by is', 'set default_transaction_read_only = on', 'reset default_transaction_read_only'],
  ['lets nobody in', 'allow_connections false', 'allow_connections true'],
])(
  'PostgreSQL %s for a while: that is an outage, and what the provider answered meanwhile is kept',
  async (_name, on, off) => {
    const url = await server.fresh();
    const database = new URL(url).pathname.slice(1);
    const app = await startApp({ env: { PARLEY_DATABASE_URL: url }, sandbox: { autoStatuses: [] } });
    const change = async (how: string) => {
      await admin(`alter database ${database} ${how}`);
      await admin(`select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '${database}'`);
    };
    const workflow = await app.listen();
    await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
    await workflow.took(1);
    app.sandbox.faults.next({ kind: 'answer_late', delayMs: 1_500 });
    const { id } = (await send(app, 'under way')).body as { id: string };
    await eventually(() => app.sandbox.faults.pending() === 0, 'the call of the provider');
    await change(on);
    try {
      const refused = { status: 503, body: { code: 'storage_unavailable' } };
      expect(await post(app)).toMatchObject(refused);
      expect(await send(app, 'while it is so')).toMatchObject(refused);
      expect(app.sandbox.listReceivedMessages()).toHaveLength(1);
      expect(complaints(app)).toMatchObject([{ level: 'error', msg: expect.stringContaining('cannot be used') }]);
    } finally {
      await change(off);
    }
    await eventually(async () => (await app.call('GET', '/readyz')).status === 200, 'readiness');
    expect(await app.reaches(id, 'sent')).toMatchObject({ attempts: [{ outcome: 'accepted' }] });
    expect((await post(app)).status).toBe(200);
    await workflow.took(2);
  },
);

test.each<['SIGINT' | 'SIGKILL', string]>([
  ['SIGINT', 'is shut down'],
  ['SIGKILL', 'crashes'],
])('PostgreSQL is gone (%s: it %s) and comes back', async (signal) => {
  const app = await startOnPostgres();
  const workflow = await app.listen({ events: ['message.received', 'message.status'] });
  expect((await post(app)).status).toBe(200);
  await workflow.took(1);
  await server.end(signal);
  try {
    const refused = {
      status: 503,
      body: { code: 'storage_unavailable', type: 'urn:parley:problem:storage_unavailable' },
    };
    const answers = [
      await post(app),
      await send(app, 'while it is away'),
      await app.call('GET', '/v1/messages/msg_1'),
      await app.call('GET', '/v1/subscriptions'),
    ];
    for (const answer of answers) {
      expect(answer).toMatchObject(refused);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect(await app.call('GET', '/readyz')).toMatchObject({ status: 503, body: { failing: ['store'] } });
    expect((await app.call('GET', '/healthz')).status).toBe(200);
    expect(await isOut(app)).toBe('out');
    // What looks for work and for changed accounts has failed several times by now.
    for (let i = 0; i < 5; i++) app.service.pipelines.driver.wake();
    const from = performance.now();
    await eventually(() => performance.now() - from > 2_500, 'two rounds of looking');
    expect(complaints(app)).toMatchObject([{ level: 'error', msg: expect.stringContaining('cannot be used') }]);
  } finally {
    await server.start();
  }
  await eventually(async () => (await app.call('GET', '/readyz')).status === 200, 'readiness');
  expect(await isOut(app)).toBe('in');
  expect(app.log.lines.filter(({ msg }) => String(msg).includes('can be used again'))).toHaveLength(1);
  expect((await post(app)).status).toBe(200);
  expect((await send(app, 'afterwards')).status).toBe(202);
  // A delivery that was taken but could not be noted is due again.
  app.advance(MINUTE);
  await workflow.took(2, 'message.received');
  await workflow.took(1, 'message.status');
  const received = workflow.taken().filter(({ type }) => type === 'message.received');
  expect(new Set(received.map(({ id }) => id)).size).toBe(2);
});
