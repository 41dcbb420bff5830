/** The channel against the strict stand-in, over real loopback HTTP and the service's own HTTP client. */
import { text } from 'node:stream/consumers';
import { sendbird } from '../../../service/src/channels/sendbird/index.ts';
import type { ConnectorIo } from '../../../service/src/connectors/connector.ts';
import { systemClock } from '../../../service/src/core/clock.ts';
import { watchedClock } from '../../../service/src/core/watched-clock.ts';
import { GuardedHttp } from '../../../service/src/platform/guarded-http.ts';
import { SENDBIRD_DEFAULTS } from '../../sandbox/sendbird/defaults.ts';
import { startSendbirdSandbox, type SendbirdSandbox } from '../../sandbox/sendbird/sandbox.ts';
import { outgoing } from '../../support/outgoing.ts';
import { DRAWN, PLAIN } from './fixtures/outbound.ts';

const http = new GuardedHttp({ allow: { loopback: true, private: false, cidrs: [] } });
const log = { info: () => undefined, warn: () => undefined };
const io: ConnectorIo = { http, clock: watchedClock(systemClock), log };
const { applicationId, apiToken, senderId, botId } = SENDBIRD_DEFAULTS;
const THREAD = 'support zoe/1';
const ZOE = { kind: 'user_id', address: 'zoe' };

let sandbox: SendbirdSandbox;
beforeAll(async () => {
  sandbox = await startSendbirdSandbox();
  await sandbox.customer.sends({ from: 'zoe', thread: THREAD, text: 'hi' });
  sandbox.channel(THREAD)?.members.add(botId);
});
afterAll(async () => {
  await sandbox.close();
  http.close();
});

const settings = (change: object = {}) =>
  sendbird.settings.parse({ ...{ applicationId, apiToken, senderId, baseUrl: sandbox.url }, ...change });

const SENDABLE = [...PLAIN, ...DRAWN].map(({ name, content }) => [name, content] as const);
test.each(SENDABLE)('%s is accepted of a user and of a bot', async (name, content) => {
  for (const [id, own] of [
    [`user_${name}`, settings({ drawsContent: true })],
    [`bot_${name}`, settings({ drawsContent: true, senderId: botId, senderType: 'bot' })],
  ] as const) {
    await sendbird.send(outgoing({ id, to: ZOE, thread: THREAD, content }), own, io);
    expect(sandbox.acceptedCountFor(id)).toBe(1);
  }
});

test('a lost answer is found by our id', async () => {
  sandbox.faults.next({ kind: 'answer_dropped' });
  const message = outgoing({ id: 'msg_lost', to: ZOE, thread: THREAD, content: { type: 'text', text: 'hello' } });
  await expect(sendbird.send(message, settings(), io)).rejects.toMatchObject({ kind: 'uncertain' });
  const sought = { ...message, attemptedAt: Date.now(), isAnother: async () => false };
  const accepted = sandbox.listReceivedMessages().at(-1);
  expect(await sendbird.lookup?.find(sought, settings(), io)).toMatchObject({
    ...{ status: 'sent', receipt: { providerMessageId: String(accepted?.id) } },
  });
});

test('marks as read, shows typing, opens channels, lists members, fetches files', async () => {
  await sendbird.presence?.markRead({ providerMessageId: '1', thread: THREAD }, true, settings(), io);
  await sendbird.presence?.markRead({ providerMessageId: '1', thread: THREAD }, false, settings(), io);
  expect(sandbox.listReadMarks()).toHaveLength(2);
  expect(sandbox.listTyping().map(({ isTyping }) => isTyping)).toEqual([true, false]);
  const act = (name: string, input: Record<string, unknown>) => sendbird.actions?.[name]?.run(input, settings(), io);
  const opened = await act('thread.open', { userIds: ['zoe'] });
  expect(opened).toMatchObject({ isNew: true });
  expect(await act('thread.open', { userIds: ['zoe'] })).toEqual({ ...opened, isNew: false });
  await act('member.invite', { thread: opened?.['thread'], userIds: [botId] });
  expect(await act('member.list', { thread: opened?.['thread'] })).toMatchObject({
    members: [{}, {}, { userId: botId }],
  });
  await sandbox.customer.sends({ from: 'zoe', file: { mimeType: 'image/png', content: 'png' } });
  const url = sandbox.channel('support_zoe')?.messages.at(-1)?.file?.url ?? '';
  const file = await sendbird.media?.download({ providerId: url }, settings(), io);
  expect(file?.mimeType).toBe('image/png');
  expect(file && (await text(file.stream))).toBe('png');
});
