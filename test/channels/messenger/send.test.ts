import type { OutgoingMessage } from '../../../service/src/channels/channel.ts';
import { messenger } from '../../../service/src/channels/messenger/index.ts';
import { alwaysAnswering, inOrder, json, NOW } from '../../conformance/fake-io.ts';
import { outgoing } from '../../support/outgoing.ts';
import { ACCEPTED, graphError } from '../meta/answers.ts';
import { OUTBOUND_CASES } from './fixtures/outbound.ts';
import { GRAPH, PAGE_ID, PSID, SETTINGS, settingsWith } from './support.ts';

const PERSON = { type: 'agent' as const, id: 'ana' };

const TEXT = { type: 'text' as const, text: 'Hello there' };
const MESSAGE = outgoing({ id: 'msg_1', to: PSID, content: TEXT });

async function bodyOf(change: Partial<OutgoingMessage>): Promise<Record<string, unknown>> {
  const { io, requests } = alwaysAnswering(json(200, ACCEPTED));
  await messenger.send({ ...MESSAGE, ...change }, SETTINGS, io);
  return requests[0]?.json as Record<string, unknown>;
}

test.each([
  ['in step, as far as whole seconds tell', NOW - 999, NOW],
  ['ten minutes ahead', NOW + 600_000, NOW + 600_000],
  ['ten minutes behind', NOW - 600_000, NOW - 599_000],
])('the answer tells when it was sent by a clock that is %s', async (_how, date, sentAt) => {
  const { io } = alwaysAnswering(json(200, ACCEPTED, { date: new Date(date).toUTCString() }));
  await expect(messenger.send(MESSAGE, SETTINGS, io)).resolves.toMatchObject({ sentAt });
});

test('one POST with version, token, proof and body', async () => {
  const { io, requests } = alwaysAnswering(json(200, ACCEPTED));
  await expect(messenger.send(MESSAGE, SETTINGS, io)).resolves.toEqual({
    providerMessageId: 'm_1',
    identities: [PSID],
  });
  expect(requests).toEqual([
    {
      method: 'POST',
      url: `${GRAPH}/${PAGE_ID}/messages`,
      headers: { authorization: 'Bearer EAAtestpagetoken123' },
      query: { appsecret_proof: expect.stringMatching(/^[0-9a-f]{64}$/) },
      json: {
        recipient: { id: '5678' },
        messaging_type: 'RESPONSE',
        message: { text: 'Hello there', metadata: 'msg_1' },
      },
    },
  ]);
});

test('another base address and version; no secret, no proof', async () => {
  const { io, requests } = alwaysAnswering(json(200, ACCEPTED));
  const settings = settingsWith({ baseUrl: 'http://127.0.0.1:9/', apiVersion: 'v26.0', appSecret: undefined });
  await messenger.send(MESSAGE, settings, io);
  expect(requests[0]?.url).toBe(`http://127.0.0.1:9/v26.0/${PAGE_ID}/messages`);
  expect(requests[0]?.query?.appsecret_proof).toBeUndefined();
});

describe('every kind', () => {
  test.each(OUTBOUND_CASES.map(({ name, content, message }) => [name, content, message] as const))(
    '%s',
    async (_name, content, message) => {
      const body = await bodyOf({ content });
      expect(body.message).toEqual({ ...message, metadata: 'msg_1' });
      expect(JSON.parse(JSON.stringify(body))).toEqual(body);
    },
  );
});

describe('how it is sent', () => {
  const TEMPLATE = { type: 'template' as const, name: 'hello', language: 'en' };
  test.each<[string, Partial<OutgoingMessage>, Record<string, unknown>]>([
    ['inside the window', {}, { messaging_type: 'RESPONSE' }],
    ['by a person inside', { author: PERSON }, { messaging_type: 'RESPONSE' }],
    [
      'by a person outside',
      { author: PERSON, session: 'closed' },
      { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' },
    ],
    [
      'by a person who says so',
      { author: PERSON, options: { tag: 'HUMAN_AGENT' } },
      { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' },
    ],
    [
      'by a person who says so, in their own words',
      {
        author: PERSON,
        options: { tag: 'HUMAN_AGENT' },
        content: { type: 'native', body: { messaging_type: 'RESPONSE', message: { text: 'x' } } },
      },
      { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' },
    ],
    ['a template outside', { content: TEMPLATE, session: 'closed' }, { messaging_type: 'UTILITY' }],
    ['a template inside', { content: TEMPLATE }, { messaging_type: 'UTILITY' }],
    ['by a program outside, for Meta to judge', { session: 'closed' }, { messaging_type: 'RESPONSE' }],
  ])('%s', async (_name, change, expected) => {
    const { messaging_type, tag } = await bodyOf(change);
    expect({ messaging_type, tag }).toEqual({ tag: undefined, ...expected });
  });

  test('persona, notification and reply stand beside the message', async () => {
    const options = { personaId: '42', notificationType: 'NO_PUSH' };
    expect(await bodyOf({ options, replyToProviderId: 'm_0' })).toMatchObject({
      persona_id: '42',
      notification_type: 'NO_PUSH',
      reply_to: { mid: 'm_0' },
    });
  });

  test('a native body keeps its members but for the recipient and our id', async () => {
    const content = {
      type: 'native' as const,
      body: { messaging_type: 'UPDATE', persona_id: '42', message: { text: 'x', metadata: 'theirs' } },
    };
    expect(await bodyOf({ content })).toEqual({
      recipient: { id: '5678' },
      messaging_type: 'UPDATE',
      persona_id: '42',
      message: { text: 'x', metadata: 'msg_1' },
    });
  });

  test.each<[string, Partial<OutgoingMessage>]>([
    ['as an option', { options: { tag: 'HUMAN_AGENT' } }],
    [
      'in a native body',
      {
        content: {
          type: 'native',
          body: { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT', message: { text: 'x' } },
        },
      },
    ],
  ])('the tag for people is not for programs: %s', async (_where, change) => {
    const { io, requests } = alwaysAnswering(json(200, ACCEPTED));
    const sending = messenger.send({ ...MESSAGE, ...change }, SETTINGS, io);
    await expect(sending).rejects.toMatchObject({ name: 'SendError', kind: 'invalid' });
    expect(requests).toEqual([]);
    await expect(messenger.send({ ...MESSAGE, ...change, author: PERSON }, SETTINGS, io)).resolves.toBeDefined();
  });
});

describe('options', () => {
  test.each([[{}], [{ personaId: '42' }], [{ notificationType: 'SILENT_PUSH' }], [{ tag: 'HUMAN_AGENT' }]])(
    '%j are taken',
    (options) => {
      expect(messenger.sendOptions?.safeParse(options).success).toBe(true);
    },
  );

  test.each([
    [{ personaId: 'x/y' }, /digits/],
    [{ notificationType: 'LOUD' }, /NO_PUSH/],
    [{ surplus: 1 }, /surplus/],
    [{ tag: 'CONFIRMED_EVENT_UPDATE' }, /since 2026-04-27/],
    [{ tag: 'ACCOUNT_UPDATE' }, /since 2026-04-27/],
    [{ tag: 'POST_PURCHASE_UPDATE' }, /since 2026-04-27/],
    [{ tag: 'NON_PROMOTIONAL_SUBSCRIPTION' }, /news pages/],
    [{ tag: 'SHIPPING_UPDATE' }, /since 2020-03-04/],
    [{ tag: 'CUSTOMER_FEEDBACK' }, /feedback/],
    [{ tag: 'constructor' }, /HUMAN_AGENT/],
  ])('%j are refused, with the reason', (options, reason) => {
    expect(messenger.sendOptions?.safeParse(options).error?.message).toMatch(reason);
  });
});

test('an error may name the template but not its values', async () => {
  const content = {
    type: 'template' as const,
    name: 'order_ready',
    language: 'en',
    body: [{ type: 'text' as const, text: 'Ana Silva' }],
  };
  const { io } = alwaysAnswering(graphError(100, 400, { message: 'order_ready with Ana Silva is not there' }));
  await expect(messenger.send({ ...MESSAGE, content }, SETTINGS, io)).rejects.toThrow(
    'order_ready with [removed] is not there',
  );
});

test('a content over the limits is refused without a call', async () => {
  const { io, requests } = alwaysAnswering(json(200, ACCEPTED));
  const tooLong = { ...MESSAGE, content: { type: 'text' as const, text: 'x'.repeat(2000) } };
  await expect(messenger.send(tooLong, SETTINGS, io)).rejects.toMatchObject({ name: 'SendError', kind: 'invalid' });
  expect(requests).toEqual([]);
});

describe('read marks', () => {
  const SEEN = { providerMessageId: 'm_in', from: PSID };
  test.each([
    [undefined, ['mark_seen']],
    [true, ['mark_seen', 'typing_on']],
    [false, ['mark_seen', 'typing_off']],
  ])('typing %s', async (typing, actions) => {
    const { io, requests } = alwaysAnswering(json(200, { recipient_id: '5678' }));
    await messenger.presence?.markRead(SEEN, typing, SETTINGS, io);
    expect(requests.map(({ url }) => url)).toEqual(actions.map(() => `${GRAPH}/${PAGE_ID}/messages`));
    expect(requests.map((request) => request.json)).toEqual(
      actions.map((sender_action) => ({ recipient: { id: '5678' }, sender_action })),
    );
  });

  test('need to know whose message it was', async () => {
    const { io, requests } = inOrder();
    await expect(messenger.presence?.markRead({ providerMessageId: 'm_in' }, true, SETTINGS, io)).rejects.toMatchObject(
      { kind: 'rejected' },
    );
    expect(requests).toEqual([]);
  });
});
