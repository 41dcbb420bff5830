import { text } from 'node:stream/consumers';
import { twilioSms, twilioWhatsApp } from '../../../service/src/channels/twilio/index.ts';
import { inOrder, json, NOW } from '../../conformance/fake-io.ts';
import { MEDIA_URL } from './fixtures/webhooks.ts';
import { SMS, smsWith, twilioError } from './support.ts';

const download = (url: string, io: Parameters<typeof media.download>[2], settings = SMS) =>
  media.download({ providerId: url }, settings, io);
const media = twilioSms.media as NonNullable<typeof twilioSms.media>;
const STORED = 'https://media.storage.example/ME1?sig=1';
const to = (location: string, status = 307) => json(status, '', { location });
const file = (headers = {}) => json(200, 'bytes', { 'content-type': 'image/jpeg', ...headers });

test('goes on to the storage without the credentials', async () => {
  const { io, requests } = inOrder(to(STORED), file({ 'content-length': '5' }));
  const found = await download(MEDIA_URL, io);
  expect(found).toMatchObject({ mimeType: 'image/jpeg', bytes: 5 });
  await expect(text(found.stream)).resolves.toBe('bytes');
  expect(requests.map(({ url }) => url)).toEqual([MEDIA_URL, STORED]);
  expect(requests[0]?.headers?.['authorization']).toMatch(/^Basic /);
  expect(requests[1]?.headers).toBeUndefined();
});

test('answers what Twilio hands out itself', async () => {
  const { io } = inOrder(file());
  await expect(download(MEDIA_URL, io)).resolves.toMatchObject({ mimeType: 'image/jpeg' });
});

test.each([
  ['http from https', to('http://media.storage.example/ME1')],
  ['nowhere', to('https://')],
])('a redirect to %s is not followed', async (_name, answer) => {
  const { io, requests } = inOrder(answer);
  await expect(download(MEDIA_URL, io)).rejects.toMatchObject({ kind: 'rejected' });
  expect(requests).toHaveLength(1);
});

test('redirects without end are given up', async () => {
  const { io, requests } = inOrder(to(STORED), to(STORED), to(STORED), to(STORED));
  await expect(download(MEDIA_URL, io)).rejects.toMatchObject({ kind: 'rejected' });
  expect(requests).toHaveLength(4);
});

test.each([
  ['https://evil.example/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1'],
  ['https://twilio.com.evil.example/a'],
  ['http://api.twilio.com/a'],
  ['no url'],
])('%s gets no credentials', async (url) => {
  const { io, requests } = inOrder();
  await expect(download(url, io)).rejects.toMatchObject({ kind: 'rejected' });
  expect(requests).toEqual([]);
});

test('a stand-in is trusted, a region of Twilio too', async () => {
  const own = inOrder(file());
  const settings = smsWith({ baseUrl: 'http://127.0.0.1:4012' });
  await expect(download('http://127.0.0.1:4012/Media/ME1', own.io, settings)).resolves.toBeDefined();
  const region = inOrder(file());
  await expect(download('https://api.ie1.twilio.com/Media/ME1', region.io)).resolves.toBeDefined();
});

const createdAt = (msAgo: number) => json(200, { sid: 'MM1', date_created: new Date(NOW - msAgo).toUTCString() });
const MISSING = twilioError(20404, 404);

test.each([
  [
    'of a new message comes a little later',
    createdAt(10_000),
    { kind: 'unreachable', details: { retryAfterMs: 5_000 } },
  ],
  ['of an old message is gone', createdAt(60 * 60_000), { status: 410, code: 'media_gone' }],
  ['of a message that is gone is gone', twilioError(20404, 404), { status: 410, code: 'media_gone' }],
  ['is not known when Twilio does not answer', twilioError(20503, 503), { kind: 'unreachable' }],
])('a missing file %s', async (_name, answer, error) => {
  const { io, requests } = inOrder(MISSING, answer);
  await expect(download(MEDIA_URL, io)).rejects.toMatchObject(error);
  expect(requests[1]?.url).toMatch(/\/Messages\/SM00000000000000000000000000000012\.json$/);
});

describe.each([-10, 10])('while Twilio’s clock is %i minutes ahead of ours, a missing file', (minutes) => {
  const aheadMs = minutes * 60_000;
  const answer = (agoMs: number) => ({
    ...createdAt(agoMs - aheadMs),
    headers: { date: new Date(NOW + aheadMs).toUTCString() },
  });

  test.each([
    ['of a new message comes a little later', 10_000, { kind: 'unreachable' }],
    ['of an old message is gone', 6 * 60_000, { code: 'media_gone' }],
  ])('%s', async (_name, agoMs, error) => {
    await expect(download(MEDIA_URL, inOrder(MISSING, answer(agoMs)).io)).rejects.toMatchObject(error);
  });
});

test('a missing file is not gone by our clock alone', async () => {
  const { io } = inOrder(MISSING, createdAt(10 * 60_000));
  await expect(download(MEDIA_URL, io)).rejects.toMatchObject({ kind: 'unreachable' });
});

test('a refused download says why', async () => {
  await expect(download(MEDIA_URL, inOrder(twilioError(20003, 401)).io)).rejects.toMatchObject({ kind: 'settings' });
});

test.each([
  ['image/webp', undefined, 'sticker'],
  ['image/gif', 'image', undefined],
  ['audio/ogg; codecs=opus', 'audio', 'audio'],
  ['text/vcard', 'document', 'document'],
  ['application/zip', undefined, undefined],
])('%s is sent as %s by MMS, as %s on WhatsApp', (mimeType, mms, whatsapp) => {
  expect(media.kindOf(mimeType)).toBe(mms);
  expect(twilioWhatsApp.media?.kindOf(mimeType)).toBe(whatsapp);
});
