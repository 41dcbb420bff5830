/** Sends that name a conversation or a contact, the nearest kind a channel has, a person as the author, and a channel's own options. */
import type { ConversationView, MessageView, SendMessage } from '../../../contract/api.ts';
import type { OutboundContent } from '../../../contract/message.ts';
import { ACCOUNT, ANA, closeApps, DAY, HOUR, sandboxSettings, startApp, type App } from '../../support/app.ts';
import { PAGE, PSID, startPage, type Page } from '../../support/page.ts';
import { postWebhook, webhookOf } from '../../support/webhook.ts';

const SECOND = { channel: 'whatsapp', externalId: '222' };
const BUTTONS = Array.from({ length: 5 }, (_, index) => ({ id: `b${index}`, title: `Choice ${index}` }));

interface Scene {
  app: App;
  page: Page;
  /** Ana's conversation with either number, and Pia's with the Page. */
  first: ConversationView;
  second: ConversationView;
  pia: ConversationView;
}

/** Ana wrote to the first number, then to the second; Pia wrote to the Page. */
async function scene(): Promise<Scene> {
  const app = await startApp();
  const page = await startPage(app);
  const settings = sandboxSettings(app.sandbox, { phoneNumberId: SECOND.externalId });
  const path = `/v1/accounts/${SECOND.channel}/${SECOND.externalId}`;
  const { webhookUrl } = (await app.call('PUT', path, { settings })).body as { webhookUrl: string };
  await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
  await app.idle();
  app.advance(HOUR);
  const timestamp = String(app.clock.now() / 1000);
  await postWebhook(webhookUrl, webhookOf({ from: ANA, phoneNumberId: SECOND.externalId, timestamp }));
  await app.idle();
  app.advance(HOUR);
  await page.says('hi');
  const { data } = (await app.call('GET', '/v1/conversations')).body as { data: ConversationView[] };
  const [pia, second, first] = data;
  if (!pia || !second || !first) throw new Error('There are not three conversations');
  return { app, page, first, second, pia };
}

let shared: Scene;
let sends = 0;
const send = (body: Partial<SendMessage>, key = `anywhere-${++sends}`) =>
  shared.app.call(
    'POST',
    '/v1/messages',
    { content: { type: 'text', text: 'hello' }, ...body },
    { 'idempotency-key': key },
  );
const stored = async (answer: { body: unknown }): Promise<MessageView> =>
  shared.app.message((answer.body as { id: string }).id);

beforeAll(async () => {
  shared = await scene();
}, 60_000);
afterAll(async () => {
  await shared.page.close();
  await closeApps();
});

describe('a message goes', () => {
  test('to the conversation in which the contact was last heard', async () => {
    const { second } = shared;
    const answer = await send({ to: { contactId: second.contact.id } });
    expect(answer).toMatchObject({ status: 202, body: { conversationId: second.id } });
  });

  test("to the contact's conversation with the account that is named", async () => {
    const { first } = shared;
    expect(first.contact.id).toBe(shared.second.contact.id);
    const answer = await send({ account: ACCOUNT, to: { contactId: first.contact.id } });
    expect(answer).toMatchObject({ status: 202, body: { conversationId: first.id } });
  });

  test('to a conversation, which says the account', async () => {
    const { app, pia, page } = shared;
    const answer = await send({ to: { conversationId: pia.id } });
    expect(answer).toMatchObject({ status: 202, body: { conversationId: pia.id } });
    await app.idle();
    const body = page.calls.find(({ path }) => path.endsWith('/messages'))?.body;
    expect(body).toMatchObject({ recipient: { id: PSID }, message: { text: 'hello' } });
  });

  test('once, however often it is asked for', async () => {
    const { second } = shared;
    const to = { contactId: second.contact.id };
    const [one, two] = [await send({ to }, 'same'), await send({ to }, 'same')];
    expect(two.body).toEqual({ ...(one.body as object), duplicate: true, status: expect.any(String) as string });
    expect(await send({ to, author: 'human' }, 'same')).toMatchObject({ status: 409 });
  });
});

describe('a message is refused', () => {
  const text = { type: 'text', text: 'hello' } as const;
  test.each<[string, (scene: Scene) => object, number, string, string?]>([
    ['to an unknown contact', () => ({ to: { contactId: 'con_1' } }), 404, 'not_found'],
    ['to an unknown conversation', () => ({ to: { conversationId: 'cnv_1' } }), 404, 'not_found'],
    [
      "to another account's conversation",
      ({ pia }) => ({ account: ACCOUNT, to: { conversationId: pia.id } }),
      404,
      'not_found',
    ],
    [
      'to a contact whom the account does not know',
      ({ pia }) => ({ account: ACCOUNT, to: { contactId: pia.contact.id } }),
      404,
      'not_found',
    ],
    [
      'to two at once',
      ({ pia }) => ({ to: { conversationId: pia.id, contactId: pia.contact.id } }),
      400,
      'invalid_request',
      'to.conversationId',
    ],
    ['to nobody', () => ({ to: {} }), 400, 'invalid_request', 'to.conversationId'],
    ['to an address of no account', () => ({ to: `+${ANA}` }), 400, 'invalid_request', 'account'],
    [
      'on other settings',
      ({ pia }) => ({ account: { ...PAGE, settingsDigest: '0'.repeat(64) }, to: { conversationId: pia.id } }),
      409,
      'account_required',
    ],
    [
      'with an option that the channel lacks',
      ({ first }) => ({ to: { conversationId: first.id }, options: { personaId: '1' } }),
      400,
      'invalid_content',
      'options.personaId',
    ],
    [
      'with an option that the channel does not know',
      ({ pia }) => ({ to: { conversationId: pia.id }, options: { colour: 'red' } }),
      400,
      'invalid_content',
      'options.colour',
    ],
    [
      'with a bad option',
      ({ pia }) => ({ to: { conversationId: pia.id }, options: { tag: 'ACCOUNT_UPDATE' } }),
      400,
      'invalid_content',
      'options.tag',
    ],
    [
      'by nobody known',
      ({ pia }) => ({ to: { conversationId: pia.id }, author: 'cat' }),
      400,
      'invalid_request',
      'author',
    ],
    [
      'of a kind that the channel lacks',
      ({ pia }) => ({ to: { conversationId: pia.id }, content: { type: 'location', latitude: 1, longitude: 1 } }),
      400,
      'unsupported_by_channel',
    ],
    [
      'of a kind that has no likeness, even if it may be degraded',
      ({ pia }) => ({
        to: { conversationId: pia.id },
        degrade: true,
        content: { type: 'form', text: 'a', formId: '1', buttonTitle: 'b' },
      }),
      400,
      'unsupported_by_channel',
    ],
    [
      'when nothing else takes what is wrong with it',
      ({ first }) => ({
        to: { conversationId: first.id },
        degrade: true,
        content: { ...text, text: 'a'.repeat(5000) },
      }),
      400,
      'invalid_content',
      'text',
    ],
    [
      'to be degraded by a word',
      ({ pia }) => ({ to: { conversationId: pia.id }, degrade: 'yes' }),
      400,
      'invalid_request',
      'degrade',
    ],
  ])('%s', async (_name, body, status, code, field = '') => {
    await shared.app.idle();
    const before = await shared.app.read('SELECT count(*) AS n FROM messages');
    const answer = await send(body(shared) as Partial<SendMessage>);
    expect(answer).toMatchObject({ status, body: { code } });
    if (field) expect(answer.body).toMatchObject({ errors: [{ field }] });
    expect(await shared.app.read('SELECT count(*) AS n FROM messages')).toEqual(before);
  });
});

describe('when it may be degraded', () => {
  test.each<[string, 'first' | 'pia', OutboundContent, string | undefined]>([
    ['what is taken stays', 'first', { type: 'buttons', text: 'Tea?', buttons: BUTTONS.slice(0, 3) }, undefined],
    ['five buttons are a list on WhatsApp', 'first', { type: 'buttons', text: 'Tea?', buttons: BUTTONS }, 'list'],
    ['and quick replies on Messenger', 'pia', { type: 'buttons', text: 'Tea?', buttons: BUTTONS }, 'quick_replies'],
    ['a place is a text on Messenger', 'pia', { type: 'location', latitude: 1, longitude: 2, name: 'Shop' }, 'text'],
    ['a coupon is a text on WhatsApp', 'first', { type: 'coupon', title: '10 %', code: 'TEN' }, 'text'],
  ])('%s', async (_name, who, content, sentAs) => {
    const key = `degraded ${_name}`;
    const to = { conversationId: shared[who].id };
    const answer = await send({ to, content, degrade: true }, key);
    expect(answer.status).toBe(202);
    expect((answer.body as { sentAs?: string }).sentAs).toBe(sentAs);
    expect((await stored(answer)).content.type).toBe(sentAs ?? content.type);
    const again = await send({ to, content, degrade: true }, key);
    expect(again.body).toMatchObject({ duplicate: true, ...(sentAs && { sentAs }) });
    expect((again.body as { sentAs?: string }).sentAs).toBe(sentAs);
  });
});

test.each([
  ['11', 'b10'],
  ['choice 3', 'b3'],
])('an answer to numbered choices (%s) is the button that it means', async (said, buttonId) => {
  const app = await startApp();
  const workflow = await app.listen();
  await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
  const { conversationId = '' } = (await workflow.took(1))[0] ?? {};
  const buttons = Array.from({ length: 12 }, (_, index) => ({ id: `b${index}`, title: `Choice ${index}` }));
  const to = { to: { conversationId }, account: undefined as never, degrade: true };
  const id = await app.sent('', { ...to, content: { type: 'buttons', text: 'Which?', buttons } });
  await app.reaches(id, 'read');
  await app.sandbox.customer.sends({ from: ANA, text: said });
  const answer = (await workflow.took(2))[1];
  expect(answer?.message).toMatchObject({ content: { type: 'button', buttonId, source: 'message' } });
});

test('who wrote it and what it asks of its channel reach the provider, also when a dead letter is sent again', async () => {
  const { app, page, pia } = shared;
  await app.idle();
  page.calls.length = 0;
  const taken = page.answer;
  page.answer = () => ({ status: 400, body: { error: { message: 'no', type: 'OAuthException', code: 100 } } });
  app.advance(2 * DAY);
  const body = { to: { conversationId: pia.id }, options: { personaId: '77' } };
  expect(await send(body)).toMatchObject({ status: 409, body: { code: 'session_closed' } });
  const answer = await send({ ...body, author: 'human' });
  const { id } = answer.body as { id: string };
  await app.reaches(id, 'failed');
  page.answer = taken;
  const again = await app.call('POST', `/v1/dead-letters/${id}/replay`);
  const { messageId } = again.body as { messageId: string };
  await app.reaches(messageId, 'sent');
  const sent = page.calls.filter(({ path }) => path.endsWith('/messages')).map((call) => call.body);
  const asked = { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT', persona_id: '77' };
  expect(sent).toMatchObject([asked, asked]);
});
