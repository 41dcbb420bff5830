/** Sendbird through the whole service: what users write reaches workflows, what workflows say arrives once; and what is wrong changes nothing. */
import type { Account, ConversationView } from '../../../contract/api.ts';
import { said } from '../../channels/sendbird/fixtures/webhooks.ts';
import { SENDBIRD_DEFAULTS, type SendbirdSandboxOptions } from '../../sandbox/sendbird/defaults.ts';
import { startSendbirdSandbox } from '../../sandbox/sendbird/sandbox.ts';
import { signatureOf } from '../../sandbox/sendbird/webhooks.ts';
import { closeApps, closing, MINUTE, startApp } from '../../support/app.ts';

afterEach(closeApps);

const { applicationId, apiToken, senderId } = SENDBIRD_DEFAULTS;
const THREAD = 'support_zoe';
let keys = 0;

async function scene(change: object = {}, options: SendbirdSandboxOptions = {}) {
  const app = await startApp({ registered: false });
  const sandbox = await startSendbirdSandbox({ clock: app.clock, webhookRetryDelaysMs: [], ...options });
  closing(() => sandbox.close());
  const settings = { applicationId, apiToken, webhookToken: apiToken, senderId, baseUrl: sandbox.url, ...change };
  const ref = { channel: 'sendbird', externalId: `${applicationId}/${senderId}` };
  const path = `/v1/accounts/sendbird/${encodeURIComponent(ref.externalId)}`;
  const { status, body } = await app.call('PUT', path, { settings });
  expect(status).toBe(201);
  const account = body as Account;
  sandbox.subscribe(account.webhookUrl);
  const workflow = await app.listen({ account: ref, events: ['message.received', 'message.status'] });
  const ask = (content: object, more: object = {}) =>
    app.call(
      'POST',
      '/v1/messages',
      { account: ref, to: 'zoe', thread: THREAD, content, ...more },
      { 'idempotency-key': `sendbird-${++keys}` },
    );
  const sent = async (content: object) => {
    const answer = await ask(content);
    expect(answer.status).toBe(202);
    return (answer.body as { id: string }).id;
  };
  return { app, sandbox, account, workflow, ask, sent };
}
const TEXT = { type: 'text', text: 'It leaves tomorrow.' };

test('a user writes, is answered in their thread, reads, and each is told once', async () => {
  const { app, sandbox, workflow, sent } = await scene();
  const { id } = await sandbox.customer.sends({
    ...{ from: 'zoe', name: 'Zoë', text: 'Where is A-77?', customType: 'order-question', data: '{"orderId":"A-77"}' },
    metadata: { locale: 'fr' },
  });
  const [heard] = await workflow.took(1);
  expect(heard).toMatchObject({
    ...{ type: 'message.received', thread: THREAD, contact: { name: 'Zoë' } },
    message: { providerMessageId: id, content: { type: 'text', text: 'Where is A-77?' } },
    attributes: { customType: 'order-question', data: '{"orderId":"A-77"}', 'metadata.locale': 'fr' },
  });
  const message = await sent(TEXT);
  await app.reaches(message, 'sent');
  await sandbox.customer.reads(String(sandbox.listReceivedMessages()[0]?.id));
  await app.reaches(message, 'read');
  await Promise.all(sandbox.redeliver(9).map(({ done }) => done));
  await app.idle();
  expect(await workflow.took(3)).toMatchObject([
    { type: 'message.received' },
    { type: 'message.status', status: { status: 'sent' } },
    { type: 'message.status', status: { status: 'read' } },
  ]);
  expect(sandbox.acceptedCountFor(message)).toBe(1);
});

test.each([
  ['the own message comes back with our id', { tellsMetaArray: true }],
  ['the own message comes back without', {}],
])('a lost answer is settled: %s', async (_name, options) => {
  const { app, sandbox, sent } = await scene({}, options);
  await sandbox.customer.sends({ from: 'zoe', text: 'hi' });
  sandbox.faults.next({ kind: 'answer_dropped' });
  const message = await sent(TEXT);
  await app.reaches(message, 'sent');
  expect(sandbox.acceptedCountFor(message)).toBe(1);
});

test('a lost request is asked for, found absent, and sent again', async () => {
  const { app, sandbox, sent } = await scene();
  await sandbox.customer.sends({ from: 'zoe', text: 'hi' });
  sandbox.faults.next({ kind: 'connection_dropped' });
  const message = await sent(TEXT);
  await app.reaches(message, 'uncertain');
  await app.advance(5 * MINUTE);
  await app.reaches(message, 'sent');
  expect(sandbox.acceptedCountFor(message)).toBe(1);
});

test('a drawn list comes back as several picks, and a drawn time as that time', async () => {
  const { app, sandbox, workflow, sent } = await scene({ drawsContent: true });
  await sandbox.customer.sends({ from: 'zoe', text: 'hi' });
  const slots = [{ id: 's1', startsAt: '2027-03-01T08:00:00Z', durationMs: 3_600_000 }];
  await app.reaches(await sent({ type: 'time_picker', text: 'When?', slots }), 'sent');
  await sandbox.customer.taps({ messageId: String(sandbox.listReceivedMessages().at(-1)?.id), choice: 's1' });
  const answer = { type: 'choices', choices: [{ id: 'a', title: 'A' }] };
  const data = JSON.stringify({ schema: 'parley/v1', answer });
  await sandbox.customer.sends({ from: 'zoe', text: 'A', data });
  await app.idle();
  const contents = workflow
    .taken()
    .flatMap(({ type, message }) => (type === 'message.received' ? [message?.content] : []));
  expect(contents).toMatchObject([
    { type: 'text' },
    { type: 'time_slot', slotId: 's1', startsAt: '2027-03-01T08:00:00.000Z', durationMs: 3_600_000 },
    { type: 'choices', choices: [{ buttonId: 'a', text: 'A' }], text: 'A' },
  ]);
});

test('who left is not written to until they write; who blocks the sender gets nothing until they unblock', async () => {
  const { app, sandbox, ask } = await scene();
  await sandbox.customer.sends({ from: 'zoe', text: 'hi' });
  await sandbox.customer.leaves({ from: 'zoe', thread: THREAD });
  await app.idle();
  expect((await ask(TEXT)).body).toMatchObject({ status: 409, code: 'blocked' });
  await sandbox.customer.sends({ from: 'zoe', text: 'back' });
  await app.idle();
  expect((await ask(TEXT)).status).toBe(202);
  await sandbox.customer.blocks({ from: 'zoe', isBlocking: true });
  await app.idle();
  expect((await ask(TEXT)).body).toMatchObject({ status: 409, code: 'opted_out' });
  await sandbox.customer.blocks({ from: 'zoe', isBlocking: false });
  await app.idle();
  expect((await ask(TEXT)).status).toBe(202);
});

test('who blocks and unblocks again in the same words is blocked and unblocked again; a repetition is none', async () => {
  const { app, sandbox, account, ask } = await scene();
  await sandbox.customer.sends({ from: 'zoe', text: 'hi' });
  const ref = { channel: account.channel, externalId: account.externalId };
  const workflow = await app.listen({ account: ref, events: ['contact.preference'] });
  for (const [isBlocking, status] of [true, false, true, false].map((is) => [is, is ? 409 : 202] as const)) {
    await app.advance(11 * MINUTE);
    await sandbox.customer.blocks({ from: 'zoe', isBlocking });
    await Promise.all(sandbox.redeliver(1).map(({ done }) => done));
    await app.idle();
    expect((await ask(TEXT)).status).toBe(status);
  }
  expect(workflow.taken().map(({ data }) => data)).toMatchObject(
    ['stop', 'resume', 'stop', 'resume'].map((value) => ({ topic: 'all', value })),
  );
});

test('each person of a thread has a conversation of their own in it', async () => {
  const { app, sandbox, workflow } = await scene();
  for (const from of ['zoe', 'yan']) await sandbox.customer.sends({ from, thread: THREAD, text: 'hi' });
  await workflow.took(2);
  const { data } = (await app.call('GET', '/v1/conversations')).body as { data: ConversationView[] };
  expect(data.map(({ thread }) => thread)).toEqual([THREAD, THREAD]);
});

test('what is known of a person in no thread is no conversation to list', async () => {
  const { app, sandbox } = await scene();
  await sandbox.customer.blocks({ from: 'zoe', isBlocking: true });
  await app.idle();
  const list = async (query = '') =>
    ((await app.call('GET', `/v1/conversations${query}`)).body as { data: ConversationView[] }).data;
  expect(await list()).toEqual([]);
  await sandbox.customer.sends({ from: 'zoe', text: 'hi' });
  await app.idle();
  const [only, ...more] = await list();
  expect(only).toMatchObject({ thread: THREAD });
  expect(more).toEqual([]);
  expect(await list(`?contactId=${only?.contact.id}`)).toEqual([only]);
  expect(await list('?open=true')).toEqual([only]);
});

test.each([
  ['no thread', { thread: undefined }, 'invalid_recipient'],
  ['nobody', { to: 'two words' }, 'invalid_recipient'],
  ['an option that there is not', { options: { urgent: true } }, 'invalid_content'],
  ['a file that was uploaded', { content: { type: 'image', mediaId: 'm1' } }, 'invalid_content'],
  ['a reaction', { content: { type: 'reaction', messageId: '1', emoji: '👍' } }, 'unsupported_by_channel'],
])('a send with %s is refused at once', async (_name, change, code) => {
  const { ask, sandbox } = await scene();
  expect(await ask(TEXT, change)).toMatchObject({ status: 400, body: { code } });
  expect(sandbox.listReceivedMessages()).toEqual([]);
});

const BODY = JSON.stringify(said());
test.each<[string, string, string | undefined, number]>([
  ['without a signature', BODY, undefined, 401],
  ['signed with another token', BODY, signatureOf('another-token', Buffer.from(BODY)), 401],
  ['signed over another body', `${BODY} `, signatureOf(apiToken, Buffer.from(BODY)), 401],
  ['that is no JSON', '{"category"', signatureOf(apiToken, Buffer.from('{"category"')), 400],
  [
    'of another application',
    '{"category":"user:block","app_id":"other"}',
    signatureOf(apiToken, Buffer.from('{"category":"user:block","app_id":"other"}')),
    400,
  ],
])('a webhook %s changes nothing', async (_name, body, signature, status) => {
  const { app, account } = await scene();
  await app.idle();
  const before = app.dump();
  const headers = { authorization: '', 'content-type': 'application/json' };
  const path = account.webhookUrl.slice(app.url.length);
  const answer = await app.call('POST', path, body, {
    ...headers,
    ...(signature !== undefined && { 'x-sendbird-signature': signature }),
  });
  expect(answer.status).toBe(status);
  expect(answer.text).not.toContain(apiToken);
  await app.idle();
  expect(app.dump()).toEqual(before);
});
