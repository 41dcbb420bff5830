import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { dialog360 } from '../../../service/src/channels/dialog360/index.ts';
import { alwaysAnswering, inOrder, json, NOW } from '../../conformance/fake-io.ts';
import { graphError } from '../whatsapp/support.ts';
import { API, proxyError, SETTINGS, settingsWith } from './support.ts';

const media = dialog360.media;
if (!media) throw new Error('360dialog has media');

const PATH = '/whatsapp_business/attachments/?mid=1&ext=2&hash=3%2F4';
const resolved = (url = `https://lookaside.fbsbx.com${PATH}`) =>
  json(200, { url, mime_type: 'image/jpeg', sha256: 'x', file_size: 5, id: '9' });
const FILE = { stream: () => Readable.from(['bytes']), filename: 'a.jpg', mimeType: 'image/jpeg', bytes: 5 };

describe('download', () => {
  test('resolves, then streams the same path from 360dialog with the key', async () => {
    const { io, requests } = inOrder(resolved(), json(200, 'bytes'));
    const { stream, mimeType, bytes } = await media.download({ providerId: '9' }, SETTINGS, io);
    expect({ mimeType, bytes, body: await text(stream) }).toEqual({ mimeType: 'image/jpeg', bytes: 5, body: 'bytes' });
    const headers = { 'd360-api-key': 'd360-key-of-the-number' };
    expect(requests).toMatchObject([
      { method: 'GET', url: `${API}/9`, headers },
      { method: 'GET', url: `${API}${PATH}`, headers },
    ]);
  });

  test.each([
    ['http://lookaside.fbsbx.com/x'],
    ['https://lookaside.fbsbx.com:8443/x'],
    ['https://user@lookaside.fbsbx.com/x'],
    ['https://lookaside.fbsbx.com.evil.example/x'],
    ['https://evil-lookaside.fbsbx.com/x'],
    ['https://scontent.lookaside.fbsbx.com/x'],
    ['https://fbsbx.com/x'],
    ['https://scontent.xx.fbcdn.net/x'],
    ['https://graph.facebook.com/x'],
    ['https://waba-v2.360dialog.io/x'],
    ['https://169.254.169.254/x'],
    ['//lookaside.fbsbx.com/x'],
    ['not a url'],
  ])('%s is refused before the key goes anywhere', async (url) => {
    const { io, requests } = inOrder(resolved(url));
    await expect(media.download({ providerId: '9' }, SETTINGS, io)).rejects.toMatchObject({ kind: 'rejected' });
    expect(requests).toHaveLength(1);
  });

  test.each([
    ['the URL ran out', [resolved(), json(404, '')]],
    ['the file went', [resolved(), json(410, '')]],
    ['Meta does not know the id', [graphError(100)]],
    ['Meta no longer knows the id', [graphError(33, 404)]],
    ['360dialog does not know the id', [proxyError(404, 'Not Found')]],
    ['the answer has no URL', [json(200, {})]],
  ])('%s: media_gone, and it is not looked up again', async (_name, answers) => {
    const { io, requests } = inOrder(...answers);
    await expect(media.download({ providerId: '9' }, SETTINGS, io)).rejects.toMatchObject({
      status: 410,
      code: 'media_gone',
    });
    expect(requests).toHaveLength(answers.length);
  });

  test.each([
    [401, 'settings'],
    [429, 'throttled'],
    [503, 'unreachable'],
    [500, 'unreachable'],
  ])('HTTP %i of the look-up or of the file is %s', async (status, kind) => {
    const lookUp = inOrder(json(status, ''));
    await expect(media.download({ providerId: '9' }, SETTINGS, lookUp.io)).rejects.toMatchObject({ kind });
    expect(lookUp.requests).toHaveLength(1);
    await expect(
      media.download({ providerId: '9' }, SETTINGS, inOrder(resolved(), json(status, '')).io),
    ).rejects.toMatchObject({
      kind,
    });
  });

  test('an id is a part of the path and nothing more', async () => {
    const { io, requests } = inOrder(resolved(), json(200, ''));
    await media.download({ providerId: '../health_status?x=' }, SETTINGS, io);
    expect(requests[0]?.url).toBe(`${API}/..%2Fhealth_status%3Fx%3D`);
  });

  test('a stand-in serves the path too', async () => {
    const { io, requests } = inOrder(resolved(), json(200, ''));
    await media.download({ providerId: '9' }, settingsWith({ baseUrl: 'http://127.0.0.1:9' }), io);
    expect(requests[1]?.url).toBe(`http://127.0.0.1:9${PATH}`);
  });
});

test('uploads by /media, with its type', async () => {
  const { io, requests } = alwaysAnswering(json(200, { id: '77' }));
  const uploaded = await media.upload?.({ ...FILE, mimeType: 'audio/ogg' }, SETTINGS, io);
  expect(uploaded).toEqual({ providerId: '77', expiresAt: NOW + 30 * 86_400_000 });
  expect(requests).toMatchObject([
    {
      ...{ method: 'POST', url: `${API}/media` },
      form: [
        { name: 'messaging_product', value: 'whatsapp' },
        { name: 'type', value: 'audio/ogg; codecs=opus' },
        { name: 'file', value: { filename: 'a.jpg', contentType: 'audio/ogg; codecs=opus', bytes: 5 } },
      ],
    },
  ]);
});

test.each([
  ['a type that is not taken', { mimeType: 'application/zip' }],
  ['a file that is too large', { bytes: 5 * 1024 * 1024 + 1 }],
])('%s is refused without a call', async (_name, change) => {
  const { io, requests } = alwaysAnswering(json(200, { id: '77' }));
  await expect(media.upload?.({ ...FILE, ...change }, SETTINGS, io)).rejects.toMatchObject({ kind: 'invalid' });
  expect(requests).toEqual([]);
});

test('has no sample files of templates', () => {
  expect(media.uploadExample).toBeUndefined();
});
