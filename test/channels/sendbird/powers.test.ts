/** Files, read marks, settings, and what only Sendbird has. */
import { sendbird } from '../../../service/src/channels/sendbird/index.ts';
import { inOrder, json } from '../../conformance/fake-io.ts';
import { API, APP_ID, BOT, CREDENTIAL, refusal, SETTINGS, settingsWith, THREAD } from './support.ts';

const TOKEN = { 'api-token': 'a-secondary-token-of-the-app' };
const file = (status: number, headers: Record<string, string> = {}) => ({ status, headers, body: 'bytes' });

test.each([
  ['of Sendbird with the token', 'https://file-us-1.sendbird.com/abc.jpg', TOKEN],
  ['of the app without', 'https://files.example.com/abc.jpg', {}],
  ['of a host that only looks like it without', 'https://sendbird.com.evil.example/abc.jpg', {}],
])('a file %s', async (_name, url, headers) => {
  const { io, requests } = inOrder(file(200, { 'content-type': 'image/jpeg', 'content-length': '5' }));
  const opened = await sendbird.media?.download({ providerId: url }, SETTINGS, io);
  expect(opened).toMatchObject({ mimeType: 'image/jpeg', bytes: 5 });
  expect(requests).toEqual([{ method: 'GET', url, headers }]);
});

test('the storage that a redirect names gets no token', async () => {
  const { io, requests } = inOrder(file(302, { location: 'https://storage.example.com/x' }), file(200));
  await sendbird.media?.download({ providerId: 'https://file-us-1.sendbird.com/abc.jpg' }, SETTINGS, io);
  expect(requests[1]).toEqual({ method: 'GET', url: 'https://storage.example.com/x' });
});

test.each([
  [404, { code: 'media_gone' }],
  [401, { kind: 'settings' }],
  [503, { kind: 'unreachable' }],
])('a file that answers %i', async (status, error) => {
  const download = sendbird.media?.download(
    { providerId: 'https://x.sendbird.com/1' },
    SETTINGS,
    inOrder(file(status)).io,
  );
  await expect(download).rejects.toMatchObject(error);
});

test('a link that is none is not called', async () => {
  const download = sendbird.media?.download({ providerId: 'file:///etc/passwd' }, SETTINGS, inOrder().io);
  await expect(download).rejects.toMatchObject({ kind: 'rejected' });
});

test.each([
  ['image/png', 'image'],
  ['Video/MP4; codecs=x', 'video'],
  ['application/pdf', 'document'],
  ['application/x-none', undefined],
])('%s is sent as %s', (mimeType, kind) => {
  expect(sendbird.media?.kindOf(mimeType)).toBe(kind);
});

test.each([
  [undefined, []],
  [true, [['POST', { user_ids: [BOT] }]]],
  [false, [['DELETE', { user_ids: [BOT] }]]],
])('marks the thread as read; typing: %s', async (typing, more) => {
  const { io, requests } = inOrder(json(200, {}), json(200, {}));
  await sendbird.presence?.markRead({ providerMessageId: '1', thread: THREAD }, typing, SETTINGS, io);
  const base = `${API}/group_channels/${THREAD}`;
  expect(requests.map(({ method, url, json: body }) => [method, url, body])).toEqual([
    ['PUT', `${base}/messages/mark_as_read`, { user_id: BOT }],
    ...more.map(([method, body]) => [method, `${base}/typing`, body]),
  ]);
});

test('no thread, no read mark', async () => {
  const marked = sendbird.presence?.markRead({ providerMessageId: '1' }, undefined, SETTINGS, inOrder().io);
  await expect(marked).rejects.toMatchObject({ kind: 'rejected' });
});

const act = (name: string, input: Record<string, unknown>, answer: unknown) => {
  const { io, requests } = inOrder(json(200, answer));
  return { done: sendbird.actions?.[name]?.run(input, SETTINGS, io), requests };
};

test('opens the channel that these users have, or a new one', async () => {
  const { done, requests } = act(
    'thread.open',
    { userIds: ['u-42', 'u-42'] },
    { channel_url: 'c1', is_created: false },
  );
  expect(await done).toEqual({ thread: 'c1', isNew: false });
  expect(requests[0]?.json).toEqual({ user_ids: [BOT, 'u-42'], is_distinct: true, strict: true });
  const anew = act('thread.open', { userIds: ['u-42'], anew: true, name: 'A-77' }, { channel_url: 'c2' });
  expect(await anew.done).toEqual({ thread: 'c2', isNew: true });
  expect(anew.requests[0]?.json).toMatchObject({ is_distinct: false, name: 'A-77' });
});

test('invites members and lists them', async () => {
  const invited = act('member.invite', { thread: THREAD, userIds: ['u-43'] }, {});
  expect(await invited.done).toEqual({ invited: ['u-43'] });
  expect(invited.requests[0]?.json).toEqual({ user_ids: ['u-43'], inviter_id: BOT });
  const answer = { members: [{ user_id: 'u-42', nickname: 'Zoë', state: 'joined' }, {}], next: 'n' };
  expect(await act('member.list', { thread: THREAD }, answer).done).toEqual({
    ...{ members: [{ userId: 'u-42', name: 'Zoë', state: 'joined' }], next: 'n' },
  });
});

test('a refused action says why', async () => {
  const { io } = inOrder(refusal(400201));
  const opened = sendbird.actions?.['thread.open']?.run({ userIds: ['nobody'] }, SETTINGS, io);
  await expect(opened).rejects.toMatchObject({ kind: 'rejected', details: { providerCode: '400201' } });
});

test.each([
  ['no sender', { senderId: undefined }],
  ['a sender with a space', { senderId: 'biz bot' }],
  ['no token', { apiToken: undefined }],
  ['no application', { applicationId: '' }],
  ['a sender of no type', { senderType: 'robot' }],
  ['plain http elsewhere', { baseUrl: 'http://sendbird.example.com' }],
])('refuses settings with %s', (_name, change) => {
  expect(sendbird.settings.safeParse({ ...CREDENTIAL, ...change }).success).toBe(false);
});

test('senders of one application are accounts of one connection, by ids of their own', () => {
  const other = settingsWith({ senderId: 'sales' });
  expect(sendbird.connection(other)).toEqual(sendbird.connection(SETTINGS));
  expect([SETTINGS, other].map((one) => sendbird.externalId(one))).toEqual([`${APP_ID}/${BOT}`, `${APP_ID}/sales`]);
});
