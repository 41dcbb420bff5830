/** A number at 360dialog without a secret of its owner's choice, on any database: `env` gives the settings of a new service. */
import type { Account } from '../../../contract/api.ts';
import { DIALOG360_DEFAULTS } from '../../sandbox/dialog360/defaults.ts';
import { startDialog360Sandbox, type Dialog360Sandbox } from '../../sandbox/dialog360/sandbox.ts';
import { ANA, closeApps, closing, startApp, type App } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';

const OLD = `old:${'ab'.repeat(32)}`;
const NEW = `new:${'cd'.repeat(32)}`;
const { apiKey, phoneNumberId, webhookHeader } = DIALOG360_DEFAULTS;
const OWN = 'a-secret-of-the-owners-choice';

let app: App;
let sandbox: Dialog360Sandbox;
let env: Record<string, string>;

const put = (change: Record<string, unknown> = {}) =>
  app.call('PUT', `/v1/accounts/dialog360/${phoneNumberId}`, {
    settings: { apiKey, phoneNumberId, baseUrl: sandbox.url, ...change },
  });

async function register(change: Record<string, unknown> = {}): Promise<Account> {
  const account = (await put(change)).body as Account;
  expect(account.provisioning?.filter(({ ok }) => !ok)).toEqual([]);
  return account;
}

/** What 360dialog was told to send with webhooks. */
const told = () => sandbox.dialog360.webhook?.headers[webhookHeader] ?? '';
const hears = async (text: string) => (await sandbox.customer.sends({ from: ANA, text })).status;

/** What connections learned, as it is kept. */
async function learned(): Promise<(string | null)[]> {
  const rows = await app.service.ledger.reader.selectFrom('connections').select('learned').execute();
  return rows.map((row) => row.learned);
}

async function restart(change: Record<string, string> = {}): Promise<void> {
  await app.stop();
  Object.assign(env, change);
  await app.start();
}

export function describeLearnedSecret(name: string, database: () => Promise<Record<string, string>>): void {
  describe(`the secret that is made for webhooks: ${name}`, () => {
    beforeEach(async () => {
      const port = String(await freePort());
      const address = { PARLEY_PORT: port, PARLEY_PUBLIC_URL: `http://127.0.0.1:${port}` };
      env = { ...(await database()), ...address, PARLEY_ENCRYPTION_KEY: OLD };
      app = await startApp({ registered: false, env });
      sandbox = await startDialog360Sandbox({ clock: app.clock, throughputPerSecond: null });
      closing(() => sandbox.close());
    });
    afterEach(closeApps);

    test('proves them from the first on, is used again, and outlives restarts and encryption keys', async () => {
      const account = await register();
      const secret = told();
      expect(secret).toMatch(/^[0-9a-f]{64}$/);
      expect(await hears('first')).toBe(200);
      const forged = { method: 'POST', headers: { [webhookHeader]: 'f'.repeat(64) }, body: '{}' };
      expect((await fetch(account.webhookUrl, forged)).status).toBe(401);

      expect((await register()).id).toBe(account.id);
      expect(told()).toBe(secret);
      await restart();
      expect(await hears('after a restart')).toBe(200);

      await restart({ PARLEY_ENCRYPTION_KEY: `${NEW},${OLD}` });
      await eventually(
        async () => (await learned()).every((box) => box?.startsWith('v1.new.')),
        'it to be sealed anew',
      );
      await eventually(async () => {
        const { text } = await app.call('GET', '/metrics');
        return /^parley_secrets_sealed_by_old_keys 0$/m.test(text);
      }, 'nothing to need the old key');
      await restart({ PARLEY_ENCRYPTION_KEY: NEW });
      expect(await hears('after a change of the encryption key')).toBe(200);
      await register();
      expect(told()).toBe(secret);

      const shown = [await app.call('GET', '/v1/accounts'), await app.call('GET', `/v1/accounts/${account.id}`)];
      expect(JSON.stringify([account, ...shown.map(({ text }) => text), ...app.log.lines])).not.toContain(secret);
    });

    test('is one, however many register the number at the same time', async () => {
      const answers = await Promise.all([put(), put(), put()]);
      expect(answers.every(({ status }) => status < 300)).toBe(true);
      expect(await hears('hello')).toBe(200);
      expect(new Set(sandbox.requests().flatMap(({ fields }) => secretsIn(fields))).size).toBe(1);
    });

    test('gives way to one that is chosen, and is forgotten with the account', async () => {
      const account = await register();
      const secret = told();
      await register({ webhookSecret: OWN });
      expect(told()).toBe(OWN);
      expect(await hears('with the own one')).toBe(200);
      const answer = await app.call('DELETE', `/v1/accounts/${account.id}`);
      expect(answer.body).toMatchObject({ deleted: true, provisioning: [{ step: 'webhook', ok: false }] });
      expect(answer.text).not.toContain(OWN);
      expect(await learned()).toEqual([null]);
      await register();
      expect([secret, OWN]).not.toContain(told());
      expect(await hears('again')).toBe(200);
    });
  });
}

/** The secret in a request that sets a webhook. */
function secretsIn({ headers }: Record<string, unknown>): unknown[] {
  return headers === undefined ? [] : Object.values(headers as object);
}
