/** What the bench posts is what the service takes today: otherwise its figures would be those of refusals. */
import { Client } from '../../../bench/client.ts';
import { addressOf, sendRequest, webhookRequest } from '../../../bench/requests.ts';
import { SANDBOX_DEFAULTS } from '../../sandbox/whatsapp/defaults.ts';
import { closeApps, startApp } from '../../support/app.ts';

afterEach(closeApps);

const client = (url: string) => new Client(Number(new URL(url).port));

test('webhooks of the bench become messages', async () => {
  const app = await startApp();
  const workflow = await app.listen();
  const { appSecret: secret, phoneNumberId, wabaId } = SANDBOX_DEFAULTS;
  const { pathname: path } = new URL(app.account.webhookUrl);
  const caller = client(app.url);
  const make = webhookRequest({ path, secret, phoneNumberId, wabaId });
  expect(await caller.request(make(1))).toBe(200);
  expect(await caller.request(make(2))).toBe(200);
  caller.close();
  await workflow.took(2);
  expect(app.rows('SELECT address FROM identities ORDER BY address').map(({ address }) => address)).toEqual(
    [1, 2].map(addressOf),
  );
});

test('sends of the bench are admitted', async () => {
  const app = await startApp();
  const caller = client(app.url);
  const make = sendRequest({ apiKey: app.key, externalIds: [SANDBOX_DEFAULTS.phoneNumberId] });
  expect(await caller.request(make(1))).toBe(202);
  expect(await caller.request(make(2))).toBe(202);
  caller.close();
});
