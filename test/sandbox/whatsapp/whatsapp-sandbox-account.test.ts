import { createHash } from 'node:crypto';
import { manualClock } from '../kit/clock.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../kit/webhook-receiver.ts';
import { appSecretProof } from '../kit/meta/graph.ts';
import { SANDBOX_DEFAULTS } from './defaults.ts';
import { startWhatsAppSandbox, type WhatsAppSandbox } from './sandbox.ts';
import { graph, send } from './test-client.ts';

const { appId, appSecret, accessToken, wabaId, phoneNumberId } = SANDBOX_DEFAULTS;
const APP_TOKEN = `${appId}|${appSecret}`;
const TOKEN = 'chosen-by-the-integrator';
const MINUTE_MS = 60_000;
const clock = manualClock(Date.UTC(2026, 10, 22, 12));

let sandbox: WhatsAppSandbox;
let receiver: WebhookReceiver;
beforeEach(async () => {
  sandbox = await startWhatsAppSandbox({ clock });
  receiver = await startWebhookReceiver(({ query }) => {
    const isRight = query.get('hub.mode') === 'subscribe' && query.get('hub.verify_token') === TOKEN;
    return isRight ? { status: 200, body: query.get('hub.challenge') } : { status: 403 };
  });
});
afterEach(async () => {
  await sandbox.close();
  await receiver.close();
});

describe('access', () => {
  test.each<[string, string | null, number, number]>([
    ['no token', null, 401, 190],
    ['wrong token', 'EAAwrong', 401, 190],
  ])('%s', async (_case, token, status, code) => {
    expect(await graph(sandbox, 'GET', `/${phoneNumberId}`, { token })).toMatchObject({ status, code });
  });

  test('appsecret_proof is checked when given and required when switched on', async () => {
    const path = (proof: string) => `/${phoneNumberId}?appsecret_proof=${proof}`;
    expect(await graph(sandbox, 'GET', path('00'))).toMatchObject({ status: 401, code: 104 });
    sandbox.settings.requireAppSecretProof = true;
    expect(await graph(sandbox, 'GET', `/${phoneNumberId}`)).toMatchObject({ status: 401, code: 104 });
    expect(await graph(sandbox, 'GET', path(appSecretProof(appSecret, accessToken)))).toMatchObject({ status: 200 });
  });

  test.each<[string, string, 'whatsapp_business_messaging' | 'whatsapp_business_management', number]>([
    ['POST', `/${phoneNumberId}/messages`, 'whatsapp_business_messaging', 10],
    ['POST', `/${phoneNumberId}/media`, 'whatsapp_business_messaging', 10],
    ['GET', `/${wabaId}/message_templates`, 'whatsapp_business_management', 200],
    ['POST', `/${wabaId}/subscribed_apps`, 'whatsapp_business_management', 200],
    ['GET', `/${phoneNumberId}`, 'whatsapp_business_management', 200],
  ])('%s %s needs %s', async (method, path, scope, code) => {
    sandbox.settings.scopes = sandbox.settings.scopes.filter((other) => other !== scope);
    expect(await graph(sandbox, method, path)).toMatchObject({ status: 403, code });
    const token = await graph(sandbox, 'GET', `/debug_token?input_token=${accessToken}`);
    expect(token.body['data']).toMatchObject({ is_valid: true, scopes: sandbox.settings.scopes });
  });

  test.each([
    ['a number', '/999', 400, 100],
    ['an alias', '/nobody', 404, 803],
    ['messages of another number', '/999/messages', 400, 100],
    ['an unknown field', `/${phoneNumberId}?fields=id,shoe_size`, 400, 100],
  ])('%s that does not exist', async (_case, path, status, code) => {
    expect(await graph(sandbox, 'GET', path)).toMatchObject({ status, code });
  });

  test('the number, the list of numbers and paths without a version', async () => {
    const number = await graph(sandbox, 'GET', `/${phoneNumberId}?fields=display_phone_number,quality_rating`);
    expect(number.body).toEqual({ id: phoneNumberId, display_phone_number: '+15550783881', quality_rating: 'GREEN' });
    expect((await graph(sandbox, 'GET', `/${wabaId}/phone_numbers`)).body['data']).toHaveLength(1);
    const response = await fetch(`${sandbox.url}/${phoneNumberId}`);
    expect(await response.json()).toMatchObject({ error: { code: 2500 } });
  });
});

describe('provisioning', () => {
  const path = `/${appId}/subscriptions`;
  const subscription = (more: object = {}) => ({
    object: 'whatsapp_business_account',
    callback_url: receiver.url,
    verify_token: TOKEN,
    fields: 'messages,message_template_status_update',
    ...more,
  });

  test('the app subscription is kept when the callback answers the challenge', async () => {
    const created = await graph(sandbox, 'POST', path, { token: APP_TOKEN, body: subscription() });
    expect(created.body).toEqual({ success: true });
    const { body } = await graph(sandbox, 'GET', path, { token: APP_TOKEN });
    expect(body['data']).toMatchObject([
      { callback_url: receiver.url, active: true, fields: [{ name: 'messages' }, {}] },
    ]);
    await graph(sandbox, 'DELETE', path, { token: APP_TOKEN });
    expect((await graph(sandbox, 'GET', path, { token: APP_TOKEN })).body).toEqual({ data: [] });
  });

  test.each<[string, object, string, number]>([
    ['the callback refuses the token', { verify_token: 'other' }, APP_TOKEN, 2200],
    ['nobody answers', { callback_url: 'http://127.0.0.1:9/' }, APP_TOKEN, 2200],
    ['the callback is no URL', { callback_url: 'webhooks' }, APP_TOKEN, 100],
    ['a field is unknown', { fields: 'messages,gossip' }, APP_TOKEN, 100],
    ['the object is another', { object: 'page' }, APP_TOKEN, 100],
    ['the token is not the app token', {}, accessToken, 15],
  ])('it is refused when %s', async (_case, more, token, code) => {
    expect(await graph(sandbox, 'POST', path, { token, body: subscription(more) })).toMatchObject({
      status: 400,
      code,
    });
  });

  test('overrides take precedence: number, WABA, app', async () => {
    const override = { override_callback_uri: `${receiver.url}/waba`, verify_token: TOKEN };
    const tooEarly = { status: 400, code: 100 };
    expect(await graph(sandbox, 'POST', `/${wabaId}/subscribed_apps`, { body: override })).toMatchObject(tooEarly);
    sandbox.subscribe(`${receiver.url}/app`);
    await graph(sandbox, 'POST', `/${wabaId}/subscribed_apps`, { body: override });
    const number = { webhook_configuration: { ...override, override_callback_uri: `${receiver.url}/number` } };
    await graph(sandbox, 'POST', `/${phoneNumberId}`, { body: number });
    await sandbox.customer.sends({ from: '15550001111', text: '1' });
    const { body } = await graph(sandbox, 'GET', `/${phoneNumberId}?fields=webhook_configuration`);
    expect(body['webhook_configuration']).toEqual({
      phone_number: `${receiver.url}/number`,
      whatsapp_business_account: `${receiver.url}/waba`,
      application: `${receiver.url}/app`,
    });
    await graph(sandbox, 'POST', `/${phoneNumberId}`, {
      body: { webhook_configuration: { override_callback_uri: '' } },
    });
    await sandbox.customer.sends({ from: '15550001111', text: '2' });
    await graph(sandbox, 'POST', `/${wabaId}/subscribed_apps`);
    await sandbox.customer.sends({ from: '15550001111', text: '3' });
    await graph(sandbox, 'DELETE', `/${wabaId}/subscribed_apps`);
    expect((await sandbox.customer.sends({ from: '15550001111', text: '4' })).delivery).toBeUndefined();
    expect(receiver.received.map((request) => request.path)).toEqual(
      ['number', 'waba', 'app'].map((at) => `/webhooks/${at}`),
    );
  });

  test('an override that fails the handshake changes nothing', async () => {
    await graph(sandbox, 'POST', `/${wabaId}/subscribed_apps`);
    const { body: before } = await graph(sandbox, 'GET', `/${wabaId}/subscribed_apps`);
    const body = { override_callback_uri: receiver.url, verify_token: 'other' };
    expect(await graph(sandbox, 'POST', `/${wabaId}/subscribed_apps`, { body })).toMatchObject({ code: 2200 });
    expect((await graph(sandbox, 'GET', `/${wabaId}/subscribed_apps`)).body).toEqual(before);
  });
});

describe('media', () => {
  const form = (type: string, size: number, product = 'whatsapp') => {
    const data = new FormData();
    data.set('messaging_product', product);
    if (type !== '') data.set('type', type);
    if (size > 0) data.set('file', new Blob([new Uint8Array(size)], { type }), 'file.bin');
    return data;
  };
  const upload = (body: FormData) => graph(sandbox, 'POST', `/${phoneNumberId}/media`, { form: body });

  test.each<[string, string, number, number]>([
    ['image type that is not taken', 'image/gif', 10, 100],
    ['ogg without opus', 'audio/ogg', 10, 100],
    ['no type', '', 10, 100],
    ['no file', 'image/png', 0, 100],
    ['image over 5 MB', 'image/png', 5 * 1024 * 1024 + 1, 131053],
    ['static sticker over 100 KB', 'image/webp', 100 * 1024 + 1, 131053],
    ['audio over 16 MB', 'audio/mpeg', 16 * 1024 * 1024 + 1, 131053],
  ])('%s is refused', async (_case, type, size, code) => {
    expect(await upload(form(type, size))).toMatchObject({ status: 400, code });
  });

  test('upload, send, resolve, download within 5 minutes, delete', async () => {
    const { id } = (await upload(form('image/png', 20))).body as { id: string };
    await sandbox.customer.sends({ from: '15550001111', text: 'hi' });
    expect(await send(sandbox, { type: 'image', image: { id } })).toMatchObject({ status: 200 });
    expect(await send(sandbox, { type: 'video', video: { id } })).toMatchObject({ code: 131053 });
    const { body } = await graph(sandbox, 'GET', `/${id}?phone_number_id=${phoneNumberId}`);
    const sha256 = createHash('sha256').update(new Uint8Array(20)).digest('hex');
    expect(body).toMatchObject({ id, mime_type: 'image/png', file_size: 20, sha256 });
    const authorization = `Bearer ${accessToken}`;
    expect((await fetch(String(body['url']))).status).toBe(401);
    const file = await fetch(String(body['url']), { headers: { authorization } });
    expect([...new Uint8Array(await file.arrayBuffer())]).toEqual(Array<number>(20).fill(0));
    clock.advance(5 * MINUTE_MS);
    expect((await fetch(String(body['url']), { headers: { authorization } })).status).toBe(404);
    expect((await graph(sandbox, 'DELETE', `/${id}`)).body).toEqual({ success: true });
    expect(await graph(sandbox, 'GET', `/${id}`)).toMatchObject({ code: 100 });
  });

  test('an uploaded id is unknown after 30 days', async () => {
    const { id } = (await upload(form('image/png', 20))).body as { id: string };
    clock.advance(30 * 24 * 60 * MINUTE_MS);
    await sandbox.customer.sends({ from: '15550001111', text: 'hi' });
    expect(await send(sandbox, { type: 'image', image: { id } })).toMatchObject({ code: 100 });
  });

  test('a resumable upload gives a handle for template examples', async () => {
    const opened = await graph(sandbox, 'POST', `/${appId}/uploads?file_length=4&file_type=image/png&file_name=a.png`);
    const session = String(opened.body['id']);
    const authorization = `OAuth ${accessToken}`;
    const write = (raw: Buffer) =>
      graph(sandbox, 'POST', `/${session}`, { raw, token: null, headers: { authorization, file_offset: '0' } });
    expect(await write(Buffer.from('abc'))).toMatchObject({ code: 100 });
    expect((await write(Buffer.from('abcd'))).body).toEqual({ h: expect.stringMatching(/^4::/) });
  });
});
