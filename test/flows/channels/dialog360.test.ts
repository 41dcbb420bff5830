/** A number at 360dialog through the whole service: set up, heard, answered, throttled, uncertain and settled. */
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Account } from '../../../contract/api.ts';
import { DIALOG360_DEFAULTS } from '../../sandbox/dialog360/defaults.ts';
import { startDialog360Sandbox, type Dialog360Sandbox } from '../../sandbox/dialog360/sandbox.ts';
import { ANA, closeApps, startApp, type App } from '../../support/app.ts';

const ACCOUNT = { channel: 'dialog360', externalId: DIALOG360_DEFAULTS.phoneNumberId };
const PATH = `/v1/accounts/${ACCOUNT.channel}/${ACCOUNT.externalId}`;

let sandbox: Dialog360Sandbox;
let app: App;

beforeEach(async () => {
  app = await startApp({ registered: false });
  sandbox = await startDialog360Sandbox({ clock: app.clock, throughputPerSecond: null });
  const settings = { ...DIALOG360_DEFAULTS, baseUrl: sandbox.url };
  app.account = (await app.call('PUT', PATH, { settings })).body as Account;
  sandbox.subscribe(app.account.webhookUrl);
});

afterEach(async () => {
  await sandbox.close();
  await closeApps();
});

const post = (headers: Record<string, string>, body: unknown = { object: 'whatsapp_business_account', entry: [] }) =>
  fetch(app.account.webhookUrl, { method: 'POST', headers, body: JSON.stringify(body) });
const SECRET = { [DIALOG360_DEFAULTS.webhookHeader]: DIALOG360_DEFAULTS.webhookSecret };

test('the account shows no secret', () => {
  const shown = JSON.stringify(app.account);
  expect(app.account.settings).toMatchObject({ phoneNumberId: ACCOUNT.externalId });
  for (const secret of [DIALOG360_DEFAULTS.apiKey, DIALOG360_DEFAULTS.webhookSecret]) {
    expect(shown).not.toContain(secret);
  }
});

test('a customer is heard and answered; a throttled send goes again, a lost answer is settled by its status', async () => {
  const workflow = await app.listen({ account: ACCOUNT });
  await sandbox.customer.sends({ from: ANA, name: 'Ana', text: 'hello' });
  const [event] = await workflow.took(1);
  expect(event).toMatchObject({ ...{ channel: 'dialog360', message: { content: { type: 'text', text: 'hello' } } } });

  sandbox.faults.next({ kind: 'throttled' });
  const first = await app.sent('one', { account: ACCOUNT });
  await sandbox.waitFor(() => sandbox.requests().some(({ fault }) => fault === 'throttled'));
  await app.idle();
  app.advance(15_000);
  await app.reaches(first, 'read');

  sandbox.faults.next({ kind: 'answer_dropped' });
  const second = await app.sent('two', { account: ACCOUNT });
  const { attempts } = await app.reaches(second, 'read');
  expect(attempts?.map(({ outcome }) => outcome)).toEqual(['uncertain']);
  expect([first, second].map((id) => sandbox.acceptedCountFor(id))).toEqual([1, 1]);
});

test('a tapped button comes back to the workflow', async () => {
  const workflow = await app.listen({ account: ACCOUNT });
  await sandbox.customer.sends({ from: ANA, text: 'hello' });
  await workflow.took(1);
  const content = { type: 'buttons' as const, text: 'Well?', buttons: [{ id: 'yes', title: 'Yes' }] };
  await app.reaches(await app.sent('', { account: ACCOUNT, content }), 'read');
  const [question] = sandbox.listReceivedMessages();
  await sandbox.customer.taps({ messageId: question?.id ?? '', choice: 'yes' });
  const [, tap] = await workflow.took(2);
  expect(tap?.message?.content).toMatchObject({ type: 'button', buttonId: 'yes', text: 'Yes' });
});

test('files go both ways', async () => {
  const workflow = await app.listen({ account: ACCOUNT });
  await sandbox.customer.sends({ from: ANA, image: { content: 'photo', mimeType: 'image/jpeg' } });
  const [event] = await workflow.took(1);
  const content = event?.message?.content;
  if (content?.type !== 'image') throw new Error('no image came');
  const file = await fetch(`${app.url}/v1/media/${content.media.id}`, {
    headers: { authorization: `Bearer ${app.key}` },
  });
  const body = Readable.from([Buffer.from(await file.arrayBuffer())]);
  expect({ status: file.status, body: (await buffer(body)).toString() }).toEqual({ status: 200, body: 'photo' });
});

test('templates are listed, and cannot be edited', async () => {
  sandbox.templates.seed({ name: 'order_update', components: [{ type: 'BODY', text: 'Hi {{1}}' }] });
  const query = `channel=${ACCOUNT.channel}&externalId=${ACCOUNT.externalId}`;
  const { body } = await app.call('GET', `/v1/templates?${query}&status=APPROVED`);
  const [template] = (body as { data: { id: string; name: string; status: string }[] }).data;
  expect(template).toMatchObject({ name: 'order_update', status: 'APPROVED' });
  const edited = await app.call('PATCH', `/v1/templates/${template?.id ?? ''}?${query}`, { category: 'MARKETING' });
  expect(edited).toMatchObject({ status: 400, body: { code: 'unsupported_by_channel' } });
});

describe('webhooks', () => {
  test('a GET is answered 200', async () => {
    expect((await fetch(app.account.webhookUrl)).status).toBe(200);
  });

  test.each<[string, Record<string, string>, unknown, number, string]>([
    ['without the header', {}, undefined, 401, 'invalid_signature'],
    ['with another value', { ...SECRET, 'x-parley-webhook-secret': 'guess' }, undefined, 401, 'invalid_signature'],
    ['of the retired hosting', SECRET, { messages: [{ id: 'x' }] }, 400, 'invalid_body'],
    ['of no JSON object', SECRET, [], 400, 'invalid_body'],
  ])('one %s is refused and leaves nothing', async (_name, headers, body, status, code) => {
    const answer = await post(headers, body);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code });
    expect(await app.read('SELECT * FROM receipts')).toEqual([]);
  });

  test('the header value is not stored with them', async () => {
    expect((await post(SECRET)).status).toBe(200);
    const [receipt] = await app.read('SELECT * FROM receipts');
    expect(String(receipt?.['request'])).not.toContain(DIALOG360_DEFAULTS.webhookSecret);
    const workflow = await app.listen({ account: ACCOUNT });
    await sandbox.customer.sends({ from: ANA, text: 'still read' });
    await workflow.took(1);
  });

  test('without a secret every one is refused', async () => {
    const { apiKey, phoneNumberId } = DIALOG360_DEFAULTS;
    await app.call('PUT', PATH, { settings: { apiKey, phoneNumberId, baseUrl: sandbox.url } });
    const answer = await post(SECRET);
    expect(answer.ok).toBe(false);
    expect(await answer.json()).toMatchObject({ code: 'signature_not_configured' });
  });
});
