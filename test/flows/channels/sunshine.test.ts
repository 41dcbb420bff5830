/** Sunshine Conversations through the whole service: its channels, its agents, its switchboard, its webhook. */
import type { Account, ConversationView } from '../../../contract/api.ts';
import { said } from '../../channels/sunshine/fixtures/webhooks.ts';
import { SUNSHINE_DEFAULTS } from '../../sandbox/sunshine/defaults.ts';
import { startSunshineSandbox } from '../../sandbox/sunshine/sandbox.ts';
import { closeApps, closing, HOUR, MINUTE, startApp } from '../../support/app.ts';
import { publicEnv } from '../nodes/node-fixture.ts';

afterEach(closeApps);

const { appId, keyId, secret, integrations } = SUNSHINE_DEFAULTS;
const TEXT = { type: 'text', text: 'I look it up.' };
let keys = 0;

async function scene() {
  const app = await startApp({ registered: false, env: await publicEnv() });
  const sandbox = await startSunshineSandbox({ clock: app.clock, webhookRetryDelaysMs: [] });
  closing(() => sandbox.close());
  const register = async (integrationId?: string) => {
    const settings = { appId, keyId, secret, baseUrl: sandbox.url, ...(integrationId && { integrationId }) };
    const { status, body } = await app.call('PUT', `/v1/accounts/sunshine/${integrationId ?? appId}`, { settings });
    expect([200, 201]).toContain(status);
    expect((body as Account).provisioning?.filter(({ ok }) => !ok)).toEqual([]);
    return body as Account;
  };
  const account = await register(integrations.whatsapp);
  const listen = (of: Account) =>
    app.listen({
      account: { channel: 'sunshine', externalId: of.externalId },
      ...{ events: ['message.received', 'message.status', 'message.echo', 'conversation.control', 'contact.typing'] },
      includeHandedOff: true,
    });
  const conversations = async () =>
    ((await app.call('GET', '/v1/conversations')).body as { data: ConversationView[] }).data;
  const ask = async (content: object, more: object = {}) => {
    const [conversation] = await conversations();
    const body = { to: { conversationId: conversation?.id }, content, ...more };
    return app.call('POST', '/v1/messages', body, { 'idempotency-key': `sunshine-${++keys}` });
  };
  const sent = async (content: object) => {
    const answer = await ask(content);
    expect(answer.status).toBe(202);
    return (answer.body as { id: string }).id;
  };
  return { app, sandbox, account, register, listen, conversations, ask, sent };
}

test('a person writes on a channel behind, is answered there, reads, and each is told once', async () => {
  const { app, sandbox, account, listen, sent } = await scene();
  const workflow = await listen(account);
  await sandbox.customer.sends({ from: '+15550001111', name: 'Zoë', text: 'Hello', metadata: { tier: 'gold' } });
  const [heard] = await workflow.took(1);
  expect(heard).toMatchObject({
    ...{ type: 'message.received', contact: { name: 'Zoë' }, session: { open: true, openedBy: 'message' } },
    attributes: { surface: 'whatsapp', 'metadata.tier': 'gold' },
  });
  const message = await sent(TEXT);
  await app.reaches(message, 'delivered');
  await sandbox.customer.reads(sandbox.listReceivedMessages()[0]?.id ?? '');
  await app.reaches(message, 'read');
  await Promise.all(sandbox.redeliver(9).map(({ done }) => done));
  await app.idle();
  expect(await workflow.took(4)).toMatchObject([
    { type: 'message.received' },
    ...['sent', 'delivered', 'read'].map((status) => ({ type: 'message.status', status: { status } })),
  ]);
  expect(workflow.taken()).toHaveLength(4);
  expect(sandbox.acceptedCountFor(message)).toBe(1);
});

test('the window is that of the channel behind', async () => {
  const { app, sandbox, ask } = await scene();
  await sandbox.customer.sends({ from: 'zoe', text: 'Hello' });
  await app.idle();
  await app.advance(25 * HOUR);
  expect((await ask(TEXT)).body).toMatchObject({ status: 409, code: 'session_closed' });
  const template = { type: 'template', name: 'order_update', language: 'en_US' };
  expect((await ask(template)).status).toBe(202);
});

test('a channel without a window has none, and takes no template', async () => {
  const { app, sandbox, register, ask } = await scene();
  await register(integrations.web);
  await sandbox.customer.sends({ from: 'yan', surface: 'web', text: 'Hello' });
  await app.idle();
  await app.advance(25 * HOUR);
  expect((await ask(TEXT)).status).toBe(202);
  const template = { type: 'template', name: 'order_update', language: 'en_US' };
  expect((await ask(template)).body).toMatchObject({ status: 400, code: 'unsupported_by_channel' });
});

test('what an agent says goes to the account whose conversation it is, and takes it over', async () => {
  const { app, sandbox, account, register, listen, conversations } = await scene();
  const web = await register(integrations.web);
  const [first, second] = [await listen(account), await listen(web)];
  await sandbox.customer.sends({ from: 'zoe', text: 'Hello' });
  await sandbox.customer.sends({ from: 'yan', surface: 'web', text: 'Hello' });
  await app.idle();
  await sandbox.customer.agentSays({ from: 'yan', text: 'Ana here' });
  expect(await second.took(3)).toMatchObject([
    { type: 'message.received' },
    { type: 'conversation.control', data: { owner: 'human', reason: 'echo' } },
    { type: 'message.echo', echo: { content: { type: 'text', text: 'Ana here' } } },
  ]);
  expect(first.taken()).toHaveLength(1);
  const owners = (await conversations()).map(({ account: { externalId }, owner }) => [externalId, owner]);
  expect(Object.fromEntries(owners)).toEqual({ [integrations.whatsapp]: 'bot', [integrations.web]: 'human' });
});

test('the switchboard says who answers', async () => {
  const { app, sandbox, account, listen, conversations } = await scene();
  const workflow = await listen(account);
  await sandbox.customer.sends({ from: 'zoe', text: 'Hello' });
  await workflow.took(1);
  const [conversation] = await conversations();
  const query = new URLSearchParams({ channel: 'sunshine', externalId: account.externalId });
  const input = { thread: conversation?.thread, to: 'zd:agentWorkspace', metadata: { first_message_id: '1' } };
  const passed = await app.call('POST', `/v1/actions/control.pass?${query.toString()}`, input);
  expect(passed.status).toBe(200);
  expect((await workflow.took(2))[1]).toMatchObject({
    ...{
      type: 'conversation.control',
      data: { owner: 'human', event: 'control_passed', newOwner: 'zd:agentWorkspace' },
    },
  });
  expect(await conversations()).toMatchObject([{ owner: 'human' }]);
});

test('a tap on a button and one on a row of a list come back as such', async () => {
  const { app, sandbox, account, listen, sent } = await scene();
  const workflow = await listen(account);
  await sandbox.customer.sends({ from: 'zoe', text: 'Hello' });
  await app.idle();
  const tap = async (content: object, choice: string) => {
    await app.reaches(await sent(content), 'delivered');
    await sandbox.customer.taps({ messageId: sandbox.listReceivedMessages().at(-1)?.id ?? '', choice });
    await app.idle();
  };
  await tap({ type: 'buttons', text: 'Sure?', buttons: [{ id: 'yes', title: 'Yes' }] }, 'yes');
  const rows = [{ id: 'r1', title: 'Row 1' }];
  await tap({ type: 'list', text: 'Which?', buttonTitle: 'Take', sections: [{ rows }] }, 'r1');
  const heard = workflow.taken().flatMap((event) => (event.type === 'message.received' ? [event.message.content] : []));
  expect(heard).toMatchObject([
    { type: 'text' },
    { type: 'button', buttonId: 'yes', text: 'Yes' },
    { type: 'list', buttonId: 'r1', text: 'Row 1' },
  ]);
});

test.each([
  ['answer', 'answer_dropped'],
  ['request', 'connection_dropped'],
] as const)('a lost %s is asked for, and the message arrives once', async (_name, kind) => {
  const { app, sandbox, sent } = await scene();
  sandbox.settings.autoStatuses = [];
  await sandbox.customer.sends({ from: 'zoe', text: 'Hello' });
  await app.idle();
  sandbox.faults.next({ kind });
  const message = await sent(TEXT);
  if (kind === 'connection_dropped') await app.reaches(message, 'uncertain');
  await app.advance(5 * MINUTE);
  await app.reaches(message, 'sent');
  expect(sandbox.acceptedCountFor(message)).toBe(1);
});

test('two users that turn out to be one are one contact; who blocks gets nothing', async () => {
  const { app, sandbox, ask } = await scene();
  await sandbox.customer.sends({ from: 'zoe', text: 'Hello' });
  await sandbox.customer.sends({ from: 'zoe-old', text: 'Hello' });
  await app.idle();
  await sandbox.customer.merges({ from: 'zoe-old', into: 'zoe' });
  await app.idle();
  const { data } = (await app.call('GET', '/v1/conversations')).body as { data: ConversationView[] };
  expect(new Set(data.map(({ contact }) => contact.id)).size).toBe(1);
  // What the other's conversation was is said in theirs from now on.
  const swallowed = data.find(({ thread }) => thread !== sandbox.conversations()[0]?.id);
  expect(swallowed?.session.closedAt).toEqual(expect.any(String));
  const late = await ask(TEXT, { to: { conversationId: swallowed?.id } });
  expect(late.body).toMatchObject({ status: 409, code: 'blocked' });
  await sandbox.customer.blocks({ from: 'zoe', isBlocking: true });
  await app.idle();
  expect((await ask(TEXT)).body).toMatchObject({ status: 409, code: 'opted_out' });
});

test.each([
  ['without a secret', undefined, JSON.stringify(said()), 401],
  ['with another secret', 'another-secret', JSON.stringify(said()), 401],
])('a webhook %s changes nothing', async (_name, key, body, status) => {
  const { app, account } = await scene();
  await app.idle();
  const before = app.dump();
  const headers = {
    authorization: '',
    'content-type': 'application/json',
    ...(key !== undefined && { 'x-api-key': key }),
  };
  const answer = await app.call('POST', new URL(account.webhookUrl).pathname, body, headers);
  expect(answer.status).toBe(status);
  await app.idle();
  expect(app.dump()).toEqual(before);
});

test('the webhook goes with the last account', async () => {
  const { app, sandbox, account, register } = await scene();
  const web = await register(integrations.web);
  const hooks = () => sandbox.integrations().flatMap(({ webhooks }) => webhooks).length;
  expect(hooks()).toBe(1);
  await app.call('DELETE', `/v1/accounts/${account.id}`);
  expect(hooks()).toBe(1);
  await app.call('DELETE', `/v1/accounts/${web.id}`);
  expect(hooks()).toBe(0);
});
