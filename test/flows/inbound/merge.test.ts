/** Two contacts turn out to be one: their conversations go on as one, in order, under both ids. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Account, MessageView, Permission } from '../../../contract/api.ts';
import type { ParleyEvent } from '../../../contract/event.ts';
import { ACCOUNT, ANA, closeApps, HOUR, MINUTE, sandboxSettings, startApp, type App } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { says, written } from '../../support/meta-messages.ts';

afterEach(closeApps);

const USER_ID = 'US.1001';
const textOf = ({ message }: ParleyEvent) => (message?.content as { text?: string }).text;

interface Scene {
  app: App;
  /** Of Ana as a phone number. */
  byNumber: string;
  /** Of Ana as a user id. */
  byUserId: string;
}

/** Ana wrote twice, and Meta named her differently each time; the provider's window is open. */
async function metTwice(): Promise<Scene> {
  const app = await startApp({ registered: false });
  await app.sandbox.customer.sends({ from: { waId: ANA, userId: USER_ID }, text: 'before anybody listened' });
  const path = `/v1/accounts/whatsapp/${ACCOUNT.externalId}`;
  app.account = (await app.call('PUT', path, { settings: sandboxSettings(app.sandbox) })).body as Account;
  app.sandbox.subscribe(app.account.webhookUrl);
  const trigger = await app.listen();
  await says(app, { from: ANA }, 'by number');
  await says(app, { from_user_id: USER_ID }, 'by user id');
  const [byNumber, byUserId] = (await trigger.took(2)).map(({ conversationId = '' }) => conversationId);
  return { app, byNumber: byNumber ?? '', byUserId: byUserId ?? '' };
}

const isSeenAsOne = (app: App, text = 'both are me') => says(app, { from: ANA, from_user_id: USER_ID }, text);

const transcript = async (app: App, id: string) => {
  const { status, body } = await app.call('GET', `/v1/conversations/${id}/messages`);
  return { status, messages: (body as { data: MessageView[] }).data };
};

test('what was queued before and what follows keep their order, whichever conversation they name', async () => {
  const { app, byNumber, byUserId } = await metTwice();
  app.sandbox.faults.next({ kind: 'throttled', retryAfterSeconds: 30 });
  const ids = [await app.sent('1', { to: { conversationId: byNumber } })];
  await eventually(() => written(app).length === 1, 'the first try');
  ids.push(await app.sent('2', { to: { conversationId: byNumber } }));
  await isSeenAsOne(app);
  ids.push(await app.sent('3', { to: { conversationId: byUserId } }));
  ids.push(await app.sent('4', { to: { conversationId: byNumber } }));
  ids.push(await app.sent('5'));
  expect(written(app)).toHaveLength(1);
  app.advance(MINUTE);
  for (const id of ids) await app.reaches(id, 'read');
  expect(app.sandbox.listReceivedMessages().map(({ bizOpaqueCallbackData: id }) => id)).toEqual(ids);
});

test('the message that is on its way while they become one is settled', async () => {
  const { app, byNumber, byUserId } = await metTwice();
  app.sandbox.faults.next({ kind: 'slow', delayMs: 200 });
  const first = await app.sent('1', { to: { conversationId: byNumber } });
  await eventually(() => app.sandbox.faults.pending() === 0, 'the call');
  // `says` would wait for the send.
  const seen = isSeenAsOne(app);
  const second = await app.sent('2', { to: { conversationId: byUserId } });
  await seen;
  for (const id of [first, second]) await app.reaches(id, 'read');
  expect([first, second].map((id) => app.sandbox.acceptedCountFor(id))).toEqual([1, 1]);
});

test('both ids show one transcript', async () => {
  const { app, byNumber, byUserId } = await metTwice();
  await isSeenAsOne(app);
  const texts = ['both are me', 'by user id', 'by number'];
  for (const id of [byNumber, byUserId]) {
    const { status, messages } = await transcript(app, id);
    expect(status).toBe(200);
    expect(messages.map(({ content }) => (content as { text?: string }).text)).toEqual(texts);
  }
  const answers = await Promise.all(
    [byNumber, byUserId].map((conversationId) => app.send('hello', { to: { conversationId } })),
  );
  expect(answers.map(({ status }) => status)).toEqual([202, 202]);
  expect(new Set(answers.map(({ body }) => (body as { conversationId: string }).conversationId)).size).toBe(1);
});

test('what was held for either goes out', async () => {
  const { app, byNumber, byUserId } = await metTwice();
  app.advance(24 * HOUR);
  const ids = [];
  for (const conversationId of [byNumber, byUserId]) {
    ids.push(await app.sent('held', { to: { conversationId }, ifSessionClosed: 'hold' }));
  }
  await app.sandbox.customer.sends({ from: { waId: ANA, userId: USER_ID }, text: 'here I am' });
  for (const id of ids) await app.reaches(id, 'read');
  expect(app.sandbox.listReceivedMessages().map(({ bizOpaqueCallbackData: id }) => id)).toEqual(ids);
});

test('an answer that tells of both resumes the workflow that asked one of them', async () => {
  const { app, byNumber } = await metTwice();
  const waiter = await app.receiver();
  const until = new Date(app.clock.now() + HOUR).toISOString();
  const wait = { url: waiter.url, until };
  await app.reaches(await app.sent('How many?', { to: { conversationId: byNumber }, wait }), 'read');
  await isSeenAsOne(app, 'three');
  expect((await waiter.took(1)).map(textOf)).toEqual(['three']);
});

describe('a number that the provider answers in another spelling', () => {
  /** The Ivory Coast: people say the number with two digits that an old id lacks, and no table knows which. */
  const SAID = '2250712345678';
  const OWN = '22512345678';
  const TEMPLATE = { type: 'template', name: 'news', language: 'en_US' } as const;
  const closers: (() => Promise<void>)[] = [];

  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  /** Between service and sandbox: says `OWN` for `SAID` in every answer. */
  async function respeller(target: string): Promise<string> {
    const server = createServer((request, response) => {
      void (async () => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        const { host: _, connection: _c, 'content-length': _l, ...headers } = request.headers;
        const answer = await fetch(target + (request.url ?? ''), {
          method: request.method ?? 'GET',
          headers: headers as Record<string, string>,
          ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
        });
        const text = await answer.text();
        response.writeHead(answer.status, { 'content-type': 'application/json' });
        response.end(text.replace(`"wa_id":"${SAID}"`, `"wa_id":"${OWN}"`));
      })();
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    closers.push(
      () =>
        new Promise((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    );
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async function permission(app: App, to: string): Promise<Permission> {
    const query = new URLSearchParams({ channel: 'whatsapp', externalId: app.account.externalId, to, kind: 'text' });
    return (await app.call('GET', `/v1/permission?${query}`)).body as Permission;
  }

  test('is the contact who wrote from that spelling: the answer resumes the wait, the session is open', async () => {
    const app = await startApp();
    app.sandbox.templates.seed({
      name: 'news',
      category: 'UTILITY',
      components: [{ type: 'BODY', text: 'There is news' }],
    });
    const settings = sandboxSettings(app.sandbox, { baseUrl: await respeller(app.sandbox.url) });
    await app.call('PUT', `/v1/accounts/whatsapp/${ACCOUNT.externalId}`, { settings });
    await app.sandbox.customer.sends({ from: OWN, text: 'hi' });
    await app.idle();
    expect((await permission(app, `+${SAID}`)).allowed).toBe(false);
    const waiter = await app.receiver();
    const until = new Date(app.clock.now() + HOUR).toISOString();
    const id = await app.sent('', { to: `+${SAID}`, content: TEMPLATE, wait: { url: waiter.url, until } });
    await app.reaches(id, 'read');
    const [said, own] = [await permission(app, `+${SAID}`), await permission(app, `+${OWN}`)];
    expect(said).toMatchObject({ allowed: true, session: { open: true } });
    expect(said.conversationId).toBe(own.conversationId);
    expect(said.contact?.id).toBe(own.contact?.id);
    await app.sandbox.customer.sends({ from: OWN, text: 'three' });
    expect((await waiter.took(1)).map(textOf)).toEqual(['three']);
  });
});
