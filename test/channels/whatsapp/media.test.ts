import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { whatsapp } from '../../../service/src/channels/whatsapp/index.ts';
import { alwaysAnswering, inOrder, json, NOW } from '../../conformance/fake-io.ts';
import { APP_ID, GRAPH, graphError, PHONE_ID, SETTINGS, settingsWith } from './support.ts';

const media = whatsapp.media;
if (!media) throw new Error('WhatsApp has media');

const URL_OF_FILE = 'https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1';
const resolved = (url = URL_OF_FILE) => json(200, { url, mime_type: 'image/jpeg', sha256: 'x', file_size: 5, id: '9' });
const FILE = { stream: () => Readable.from(['bytes']), filename: 'a.jpg', mimeType: 'image/jpeg', bytes: 5 };

describe('download', () => {
  test('resolves, then streams with the token', async () => {
    const { io, requests } = inOrder(resolved(), json(200, 'bytes'));
    const { stream, mimeType, bytes } = await media.download({ providerId: '9' }, SETTINGS, io);
    expect({ mimeType, bytes, body: await text(stream) }).toEqual({ mimeType: 'image/jpeg', bytes: 5, body: 'bytes' });
    expect(requests).toMatchObject([
      { method: 'GET', url: `${GRAPH}/9`, query: { phone_number_id: PHONE_ID } },
      { method: 'GET', url: URL_OF_FILE, headers: { authorization: 'Bearer EAAtesttoken123' } },
    ]);
  });

  test('resolves again, once, when the URL ran out', async () => {
    const { io, requests } = inOrder(resolved(), json(404, ''), resolved(), json(200, 'bytes'));
    await expect(media.download({ providerId: '9' }, SETTINGS, io)).resolves.toMatchObject({ bytes: 5 });
    expect(requests).toHaveLength(4);
  });

  test.each([
    ['the file is gone twice', [resolved(), json(404, ''), resolved(), json(404, '')]],
    ['the id is unknown', [graphError(100)]],
    ['the id is unknown of old', [graphError(33, 404)]],
    ['the answer has no URL', [json(200, {})]],
  ])('%s: media_gone', async (_name, answers) => {
    const { io } = inOrder(...answers);
    await expect(media.download({ providerId: '9' }, SETTINGS, io)).rejects.toMatchObject({
      status: 410,
      code: 'media_gone',
    });
  });

  test.each([
    ['http://lookaside.fbsbx.com/x'],
    ['https://fbsbx.com.evil.example/x'],
    ['https://evilfbsbx.com/x'],
    ['https://169.254.169.254/x'],
    ['not a url'],
  ])('the token never goes to %s', async (url) => {
    const { io, requests } = inOrder(resolved(url));
    await expect(media.download({ providerId: '9' }, SETTINGS, io)).rejects.toMatchObject({ kind: 'rejected' });
    expect(requests).toHaveLength(1);
  });

  test.each([['https://scontent.xx.fbcdn.net/x'], ['https://mmg.whatsapp.net/x'], ['https://graph.facebook.com/x']])(
    '%s is Meta',
    async (url) => {
      await expect(
        media.download({ providerId: '9' }, SETTINGS, inOrder(resolved(url), json(200, '')).io),
      ).resolves.toBeDefined();
    },
  );

  test('a stand-in may serve files itself', async () => {
    const settings = settingsWith({ baseUrl: 'http://127.0.0.1:9' });
    const { io } = inOrder(resolved('http://127.0.0.1:9/file'), json(200, ''));
    await expect(media.download({ providerId: '9' }, settings, io)).resolves.toBeDefined();
  });

  test.each([
    [401, 'settings'],
    [503, 'unreachable'],
  ])('HTTP %i is %s', async (status, kind) => {
    const { io } = inOrder(resolved(), json(status, ''));
    await expect(media.download({ providerId: '9' }, SETTINGS, io)).rejects.toMatchObject({ kind });
  });
});

describe('upload', () => {
  test.each([
    ['image/jpeg', 'image/jpeg'],
    ['audio/ogg', 'audio/ogg; codecs=opus'],
    ['text/plain; charset=utf-8', 'text/plain'],
  ])('%s as %s', async (mimeType, type) => {
    const { io, requests } = alwaysAnswering(json(200, { id: '77' }));
    const uploaded = await media.upload?.({ ...FILE, mimeType }, SETTINGS, io);
    expect(uploaded).toEqual({ providerId: '77', expiresAt: NOW + 30 * 86_400_000 });
    expect(requests).toMatchObject([
      {
        method: 'POST',
        url: `${GRAPH}/${PHONE_ID}/media`,
        form: [
          { name: 'messaging_product', value: 'whatsapp' },
          { name: 'type', value: type },
          { name: 'file', value: { filename: 'a.jpg', contentType: type, bytes: 5 } },
        ],
      },
    ]);
  });

  test.each([
    ['a type that is not taken', { mimeType: 'application/zip' }, /application\/zip, only .*image\/jpeg/],
    ['a file that is too large', { bytes: 5 * 1024 * 1024 + 1 }, /may have 5242880 bytes; this one has 5242881/],
  ])('%s is refused without a call', async (_name, change, message) => {
    const { io, requests } = alwaysAnswering(json(200, { id: '77' }));
    const upload = media.upload?.({ ...FILE, ...change }, SETTINGS, io);
    await expect(upload).rejects.toMatchObject({ kind: 'invalid', message: expect.stringMatching(message) });
    expect(requests).toEqual([]);
  });
});

test('a sample file goes through an upload session', async () => {
  const { io, requests } = inOrder(json(200, { id: 'upload:abc?sig=x' }), json(200, { h: '4::aW' }));
  await expect(media.uploadExample?.(FILE, SETTINGS, io)).resolves.toEqual({ handle: '4::aW' });
  expect(requests).toMatchObject([
    {
      method: 'POST',
      url: `${GRAPH}/${APP_ID}/uploads`,
      query: { file_name: 'a.jpg', file_length: 5, file_type: 'image/jpeg' },
    },
    {
      method: 'POST',
      url: `${GRAPH}/upload:abc?sig=x`,
      headers: { authorization: 'OAuth EAAtesttoken123', file_offset: '0' },
    },
  ]);
  const without = settingsWith({ appId: undefined });
  await expect(media.uploadExample?.(FILE, without, io)).rejects.toMatchObject({ kind: 'settings' });
});

test.each([
  ['image/png', 'image'],
  ['IMAGE/JPEG', 'image'],
  ['image/webp', 'sticker'],
  ['audio/ogg; codecs=opus', 'audio'],
  ['video/3gpp', 'video'],
  ['application/pdf', 'document'],
  ['application/zip', undefined],
  ['', undefined],
])('%s is sent as %s', (mimeType, kind) => {
  expect(media.kindOf(mimeType)).toBe(kind);
});
