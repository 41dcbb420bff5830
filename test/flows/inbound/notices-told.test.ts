/** Notices that name something of ours: the message that asked for a payment, the recording of a call. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ParleyEvent } from '../../../contract/event.ts';
import { ACCOUNT, ANA, closeApps, startApp, type App } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { postsChange } from '../../support/meta-messages.ts';

afterEach(closeApps);

const seconds = (app: App) => String(Math.floor(app.clock.now() / 1000));

test('a payment is told with the message that asked for it, which goes on as it was', async () => {
  const app = await startApp();
  const workflow = await app.listen({ events: ['payment.updated', 'unsupported'] });
  await app.sandbox.customer.sends({ from: ANA, text: 'what does it cost?' });
  await app.idle();
  const id = await app.sent('Twelve fifty, please');
  const { providerMessageId } = await app.reaches(id, 'read');
  const payment = { reference_id: 'r1', amount: { value: 1250, offset: 100 }, currency: 'INR' };
  const told = { id: providerMessageId, recipient_id: ANA, timestamp: seconds(app), type: 'payment', payment };
  for (const status of ['failed', 'captured', 'captured'])
    await postsChange(app, 'messages', { messaging_product: 'whatsapp', statuses: [{ ...told, status }] });
  const data = { messageId: id, providerMessageId, referenceId: 'r1', amount: 12.5, currency: 'INR' };
  expect(await workflow.took(2)).toMatchObject([
    { type: 'payment.updated', data: { ...data, status: 'failed' } },
    { type: 'payment.updated', data: { ...data, status: 'captured' } },
  ]);
  expect((await app.message(id)).status).toBe('read');
});

test("the recording of a call is a contact's file: downloaded, kept, and erased with them", async () => {
  const app = await startApp({ env: { PARLEY_KEEP_FILES: '30d' } });
  const workflow = await app.listen({ events: ['call'] });
  const content = Buffer.from('a recording');
  // The sandbox gives files to what people send; a call names one as well.
  await app.sandbox.customer.sends({ from: ANA, audio: { content, mimeType: 'audio/ogg' } });
  await app.idle();
  const [file] = await app.read('SELECT provider_id FROM media');
  const recording = { id: String(file?.['provider_id']), mime_type: 'audio/ogg' };
  const call = { id: 'wacid.A', from: ANA, event: 'terminate', direction: 'USER_INITIATED', timestamp: seconds(app) };
  await postsChange(app, 'calls', { calls: [{ ...call, recording }] });
  const [event] = (await workflow.took(1)) as [ParleyEvent & { type: 'call' }];
  const id = event.data.recording?.id ?? '';
  const get = () => fetch(`${app.url}/v1/media/${id}`, { headers: { authorization: `Bearer ${app.key}` } });
  expect(Buffer.from(await (await get()).arrayBuffer())).toEqual(content);
  const files = async () =>
    (await readdir(join(app.dataDir, 'files'), { recursive: true, withFileTypes: true }))
      .filter((one) => one.isFile())
      .map(({ name }) => name);
  await eventually(async () => (await files()).includes(id), 'the recording to be kept');
  const query = `channel=whatsapp&externalId=${ACCOUNT.externalId}&address=%2B${ANA}`;
  expect((await app.call('DELETE', `/v1/contacts?${query}`)).status).toBe(202);
  await eventually(async () => (await files()).length === 0, 'the files to be gone');
  expect((await get()).status).toBe(404);
});
