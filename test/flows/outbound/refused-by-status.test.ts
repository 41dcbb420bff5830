/** Every provider that tells by a status that an account does not work, or that a session is over. */
import type { Account } from '../../../contract/api.ts';
import { closeApps, MINUTE, sandboxSettings } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { SCENES, type Scene } from './taken-scenes.ts';

afterEach(closeApps);

const account = async ({ app }: Scene) =>
  ((await app.call('GET', '/v1/accounts')).body as { data: Account[] }).data[0] as Account;

/** A message that was taken; answers its id and the provider's. */
async function taken(scene: Scene, text: string): Promise<[id: string, providerId: string]> {
  const id = await scene.sent(text);
  await scene.app.reaches(id, 'sent');
  return [id, scene.taken().at(-1)?.id ?? ''];
}

test.each([
  ['whatsapp', 131042, 'payment'],
  ['whatsapp', 131031, 'a locked account'],
  ['whatsapp', 133010, 'a number that is not registered'],
  ['dialog360', 131042, 'payment'],
  ['twilio_sms', 30002, 'a suspended account'],
  ['twilio_sms', 21210, 'a sender that is not theirs'],
  ['twilio_whatsapp', 63020, 'payment'],
  ['twilio_whatsapp', 63112, 'a sender that is disabled'],
] as const)('%s: code %i (%s) pauses the account, and nothing is lost', async (channel, code, _what) => {
  const scene = await SCENES[channel]();
  const { app } = scene;
  const alerts = await app.listen({ account: undefined as never, events: ['account.alert', 'message.status'] });
  const [id, providerId] = await taken(scene, 'first');
  scene.fails(providerId, code);
  await eventually(async () => (await account(scene)).paused, 'the account to be paused');
  const second = await scene.sent('second');
  await app.idle();
  for (const one of [id, second]) expect((await app.message(one)).status).toBe('queued');
  expect(scene.taken()).toHaveLength(1);
  const alert = { type: 'account.alert', data: { reason: 'settings', providerCode: String(code) } };
  expect(await alerts.took(2)).toMatchObject([{ type: 'message.status', status: { id, status: 'sent' } }, alert]);
  expect((await app.call('GET', '/v1/dead-letters')).body).toEqual({ data: [] });
});

test.each([
  ['whatsapp', 131063],
  ['twilio_sms', 30032],
  ['twilio_whatsapp', 63015],
] as const)('%s: code %i is about the message alone', async (channel, code) => {
  const scene = await SCENES[channel]();
  const [id, providerId] = await taken(scene, 'first');
  scene.fails(providerId, code);
  expect(await scene.app.reaches(id, 'failed')).toMatchObject({
    error: { code: 'settings', providerCode: String(code) },
  });
  expect((await account(scene)).paused).toBeUndefined();
});

test.each([
  ['whatsapp', 131047],
  ['dialog360', 131047],
  ['twilio_whatsapp', 63016],
] as const)('%s: code %i ends the session in the ledger', async (channel, code) => {
  const scene = await SCENES[channel]();
  const { app } = scene;
  const [id, providerId] = await taken(scene, 'first');
  const { conversationId } = await app.message(id);
  const open = async () =>
    (await app.call('GET', `/v1/permission?conversationId=${conversationId}&kind=text`)).body as { allowed: boolean };
  expect(await open()).toMatchObject({ allowed: true });
  app.advance(MINUTE);
  scene.fails(providerId, code);
  await app.reaches(id, 'failed');
  expect(await open()).toMatchObject({
    allowed: false,
    reasons: [{ code: 'session_closed' }],
    session: { open: false },
  });
});

test('what Meta tells of the number itself pauses the account as well', async () => {
  const scene = await SCENES.whatsapp();
  const { app } = scene;
  const errors = [{ code: 131031, title: 'Account has been locked', message: 'Account has been locked' }];
  await app.sandbox.webhooks.emit({ field: 'messages', value: metadataOf(scene, { errors }) })?.first;
  await eventually(async () => (await account(scene)).paused, 'the account to be paused');
  const settings = sandboxSettings(app.sandbox);
  await app.call('PUT', `/v1/accounts/whatsapp/${(await account(scene)).externalId}`, { settings });
  await taken(scene, 'after all');
});

function metadataOf({ app }: Scene, value: object): Record<string, unknown> {
  const metadata = { display_phone_number: '15550783881', phone_number_id: app.account.externalId };
  return { messaging_product: 'whatsapp', metadata, ...value };
}
