import type { OutgoingMessage } from '../../../service/src/channels/channel.ts';
import { instagram } from '../../../service/src/channels/instagram/index.ts';
import { alwaysAnswering, json } from '../../conformance/fake-io.ts';
import { outgoing } from '../../support/outgoing.ts';
import { ACCEPTED } from '../meta/answers.ts';
import { OUTBOUND_CASES } from './fixtures/outbound.ts';
import { IG_ID, IGSID, PAGE_ID, SETTINGS, settingsWith } from './support.ts';

const PERSON = { type: 'agent' as const, id: 'ana' };

const TEXT = { type: 'text' as const, text: 'Hello there' };
const MESSAGE = outgoing({ id: 'msg_1', to: IGSID, content: TEXT });
const OWN_LOGIN = settingsWith({ loginType: 'instagram', pageId: undefined, accessToken: 'IGAAtoken123' });

async function sent(change: Partial<OutgoingMessage>, settings = SETTINGS) {
  const { io, requests } = alwaysAnswering(json(200, ACCEPTED));
  const receipt = await instagram.send({ ...MESSAGE, ...change }, settings, io);
  return { receipt, request: requests[0], body: requests[0]?.json as Record<string, unknown> };
}

test("through the Page: its node, its token, a proof; no id of ours, which Instagram's messages do not carry", async () => {
  const { request, receipt } = await sent({});
  expect(receipt).toEqual({ providerMessageId: 'm_1', identities: [IGSID] });
  expect(request).toEqual({
    method: 'POST',
    url: `https://graph.facebook.com/v25.0/${PAGE_ID}/messages`,
    headers: { authorization: 'Bearer EAAtestinstagramtoken123' },
    query: { appsecret_proof: expect.stringMatching(/^[0-9a-f]{64}$/) },
    json: { recipient: { id: '5678' }, messaging_type: 'RESPONSE', message: { text: 'Hello there' } },
  });
});

test('by its own log-in: its host, its node, no proof', async () => {
  const { request } = await sent({}, OWN_LOGIN);
  expect(request).toMatchObject({
    url: `https://graph.instagram.com/v25.0/${IG_ID}/messages`,
    headers: { authorization: 'Bearer IGAAtoken123' },
  });
  expect(request?.query?.appsecret_proof).toBeUndefined();
});

describe('every kind', () => {
  test.each(OUTBOUND_CASES.map(({ name, content, message }) => [name, content, message] as const))(
    '%s',
    async (_name, content, message) => {
      const { body } = await sent({ content });
      expect(body.message).toEqual(message);
      expect(JSON.parse(JSON.stringify(body))).toEqual(body);
    },
  );
});

test.each<[string, Partial<OutgoingMessage>, Record<string, unknown>]>([
  ['inside the window', { author: PERSON }, { messaging_type: 'RESPONSE' }],
  ['by a person outside', { author: PERSON, session: 'closed' }, { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' }],
  ['as a reply', { replyToProviderId: 'aWdf0' }, { reply_to: { mid: 'aWdf0' } }],
])('%s', async (_name, change, expected) => {
  expect((await sent(change)).body).toMatchObject(expected);
});

test.each([
  ['❤️', { sender_action: 'react', payload: { message_id: 'aWdf1', reaction: 'love' } }],
  ['', { sender_action: 'unreact', payload: { message_id: 'aWdf1' } }],
])('reaction %j is an action, and has our id for its own', async (emoji, action) => {
  const content = { type: 'reaction' as const, messageId: 'aWdf1', emoji };
  const { body, receipt } = await sent({ content, replyToProviderId: 'aWdf0' });
  expect(body).toEqual({ recipient: { id: '5678' }, ...action });
  expect(receipt).toMatchObject({ providerMessageId: 'm_1' });
  const { io } = alwaysAnswering(json(200, { recipient_id: '5678' }));
  await expect(instagram.send({ ...MESSAGE, content }, SETTINGS, io)).resolves.toMatchObject({
    providerMessageId: 'reaction:msg_1',
  });
});

test.each([
  [{ personaId: '42' }, /personaId/],
  [{ tag: 'POST_PURCHASE_UPDATE' }, /since 2026-04-27/],
])('options %j are refused', (options, reason) => {
  expect(instagram.sendOptions?.safeParse(options).error?.message).toMatch(reason);
});

test('marks as read and types, in two calls', async () => {
  const { io, requests } = alwaysAnswering(json(200, { recipient_id: '5678' }));
  await instagram.presence?.markRead({ providerMessageId: 'aWdf1', from: IGSID }, true, OWN_LOGIN, io);
  expect(requests.map((request) => request.json)).toEqual([
    { recipient: { id: '5678' }, sender_action: 'mark_seen' },
    { recipient: { id: '5678' }, sender_action: 'typing_on' },
  ]);
});
