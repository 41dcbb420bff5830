/** Where the service calls, and where secrets are and are not. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Account } from '../../../contract/api.ts';
import { startHttpServer, type HttpReply } from '../../sandbox/kit/http-server.ts';
import { SANDBOX_DEFAULTS } from '../../sandbox/whatsapp/defaults.ts';
import { ACCOUNT, ANA, closeApps, MINUTE, sandboxSettings, startApp, type App } from '../../support/app.ts';
import { databaseBytes } from '../../support/ledger-file.ts';

afterEach(closeApps);

const subscribe = (app: App, url: string) =>
  app.call('POST', '/v1/subscriptions', { url, events: ['message.received'], account: ACCOUNT });

describe('the address of a subscription', () => {
  const METADATA = [
    'http://169.254.169.254/latest/meta-data',
    'http://169.254.170.2/',
    'http://2852039166/',
    'http://0xa9.0xfe.0xa9.0xfe/',
    'http://[::ffff:169.254.169.254]/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://[fe80::1]/',
    'http://[fd00:ec2::254]/',
    'http://100.100.100.200/',
    'http://168.63.129.16/',
    'http://0.0.0.0/',
    'http://[::]/',
    'http://user:password@8.8.8.8/',
  ];
  const PRIVATE = [
    'http://10.0.0.1/',
    'http://192.168.1.1/',
    'http://172.16.0.1/',
    'http://100.64.0.1/',
    'http://[fd12::1]/',
  ];
  const LOOPBACK = ['http://127.0.0.1/', 'http://127.1/', 'http://[::1]/', 'http://[::ffff:127.0.0.1]/'];

  test.each<[string, Record<string, string>, string[], string[]]>([
    ['by default may be private, never link-local or metadata', {}, METADATA, [...PRIVATE, ...LOOPBACK]],
    [
      'is public only, when so configured',
      { PARLEY_ALLOW_PRIVATE_NETWORKS: 'none' },
      [...METADATA, ...PRIVATE, ...LOOPBACK],
      ['https://8.8.8.8/', 'https://n8n.example/'],
    ],
    [
      'may be in the networks that are listed',
      { PARLEY_ALLOW_PRIVATE_NETWORKS: '10.0.0.0/24,169.254.0.0/16' },
      [...METADATA, ...LOOPBACK, 'http://10.0.1.1/', 'http://192.168.1.1/'],
      ['http://10.0.0.1/'],
    ],
  ])('%s', async (_name, env, forbidden, allowed) => {
    const app = await startApp({ env });
    for (const url of forbidden) {
      expect([url, await subscribe(app, url)]).toMatchObject([url, { status: 400, body: { code: 'forbidden_url' } }]);
    }
    for (const url of allowed) expect([url, (await subscribe(app, url)).status]).toEqual([url, 201]);
    expect(app.rows('SELECT * FROM subscriptions')).toHaveLength(allowed.length);
  });

  test('that names a forbidden machine is found out when it is called', async () => {
    const app = await startApp({ env: { PARLEY_ALLOW_PRIVATE_NETWORKS: 'none' } });
    const workflow = await app.receiver();
    expect((await subscribe(app, workflow.url.replace('127.0.0.1', 'localhost'))).status).toBe(201);
    await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
    await app.idle();
    app.advance(MINUTE);
    await app.idle();
    expect(workflow.deliveries).toEqual([]);
    expect(app.rows('SELECT * FROM deliveries')).toHaveLength(1);
  });

  test.each([301, 302, 307, 308])('that redirects (%s) is not followed', async (status) => {
    const app = await startApp();
    const elsewhere = await app.receiver();
    const workflow = await app.listen();
    workflow.answers.push({ status, headers: { location: elsewhere.url } });
    await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
    await app.idle();
    app.advance(MINUTE);
    await workflow.took(1);
    expect(elsewhere.deliveries).toEqual([]);
    expect(workflow.deliveries).toHaveLength(2);
  });
});

describe('a provider', () => {
  /** Stands in the provider's place and answers `GET /{media}` and the file as told. */
  async function fileFrom(app: App, answer: (url: string) => { resolve: string; file: HttpReply }) {
    const asked: string[] = [];
    const provider = await startHttpServer({ host: '127.0.0.1', port: 0 }, async ({ path, headers }) => {
      asked.push(`${path} ${headers.authorization}`);
      const { resolve, file } = answer(provider.url);
      if (path.startsWith('/v')) return { status: 200, body: { url: resolve, mime_type: 'image/png', file_size: 3 } };
      return file;
    });
    const settings = sandboxSettings(app.sandbox, { baseUrl: provider.url });
    const workflow = await app.listen();
    await app.sandbox.customer.sends({ from: ANA, image: {} });
    const [event] = await workflow.took(1);
    await app.call('PUT', `/v1/accounts/whatsapp/${ACCOUNT.externalId}`, { settings });
    const { media } = event?.message?.content as { media: { id: string } };
    const answered = await app.call('GET', `/v1/media/${media.id}`);
    await provider.close();
    return { answered, asked };
  }

  test('gets no token carried to another host: a file there is not fetched', async () => {
    const app = await startApp();
    const elsewhere = await app.receiver();
    const { answered } = await fileFrom(app, () => ({ resolve: elsewhere.url, file: { status: 200 } }));
    expect(answered).toMatchObject({ status: 422, body: { code: 'provider_rejected' } });
    expect(elsewhere.deliveries).toEqual([]);
  });

  test('that redirects to another host is not followed', async () => {
    const app = await startApp();
    const elsewhere = await app.receiver();
    const { answered } = await fileFrom(app, (url) => ({
      resolve: `${url}/file`,
      file: { status: 302, headers: { location: elsewhere.url } },
    }));
    expect(answered.status).toBeGreaterThanOrEqual(400);
    expect(elsewhere.deliveries).toEqual([]);
  });

  test('that redirects on its own host is followed', async () => {
    const app = await startApp();
    let hops = 0;
    const { answered } = await fileFrom(app, (url) => ({
      resolve: `${url}/file`,
      file: hops++ < 2 ? { status: 302, headers: { location: `${url}/file2` } } : { status: 200, body: 'png' },
    }));
    expect(answered).toMatchObject({ status: 200, text: 'png' });
  });

  test('on a private network is not called, unless that is configured', async () => {
    const app = await startApp({ env: { PARLEY_ALLOW_PRIVATE_PROVIDERS: 'none' } });
    await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
    await app.idle();
    const id = await app.sent('hello');
    expect(await app.reaches(id, 'failed')).toMatchObject({ error: { code: 'settings' } });
    expect(app.sandbox.requests()).toEqual([]);
  });
});

describe('secrets', () => {
  const { accessToken, appSecret, verifyToken } = SANDBOX_DEFAULTS;

  test('are encrypted in the files of the ledger', async () => {
    const app = await startApp();
    const workflow = await app.listen();
    await app.sandbox.customer.sends({ from: ANA, text: 'plain words' });
    await workflow.took(1);
    const check = () => {
      const bytes = databaseBytes(app.dataDir);
      expect(bytes.includes('plain words')).toBe(true);
      const all = [accessToken, appSecret, verifyToken, app.key, workflow.subscription.secret];
      for (const secret of [...all, workflow.subscription.secret.slice(6)]) expect(bytes.includes(secret)).toBe(false);
    };
    check();
    await app.stop();
    check();
  });

  test('are masked in every answer, and told in no log', async () => {
    const app = await startApp();
    const workflow = await app.listen({ events: ['message.received', 'message.status'], includeRaw: true });
    await app.sandbox.customer.sends({ from: ANA, text: 'plain words' });
    await app.reaches(await app.sent('and more words'), 'read');
    const shown = [
      await app.call('PUT', `/v1/accounts/whatsapp/${ACCOUNT.externalId}`, { settings: sandboxSettings(app.sandbox) }),
      await app.call('GET', '/v1/accounts'),
      await app.call('GET', `/v1/accounts/${app.account.id}`),
      await app.call('GET', '/v1/subscriptions'),
      await app.call('GET', `/v1/subscriptions/${workflow.subscription.id}`),
      await app.call('GET', '/metrics'),
    ];
    const { settings } = shown[2]?.body as Account;
    expect(settings).toMatchObject({ phoneNumberId: ACCOUNT.externalId, baseUrl: app.sandbox.url });
    const told = shown.map(({ text }) => text).join() + app.log.text;
    for (const secret of [accessToken, appSecret, verifyToken, app.key, workflow.subscription.secret]) {
      expect(told).not.toContain(secret);
    }
    expect(app.log.text).not.toMatch(/plain words|more words/);
  });

  test('and the ledger can be read by their owner only', async () => {
    const app = await startApp();
    const modes = readdirSync(app.dataDir).map((name) => [name, statSync(join(app.dataDir, name)).mode & 0o077]);
    expect(statSync(app.dataDir).mode & 0o077).toBe(0);
    expect(modes.filter(([name]) => /key/.test(String(name)))).toEqual([
      ['api-key', 0],
      ['encryption-key', 0],
    ]);
  });
});
