/** Files: from which hosts they are taken, and what is uploaded how. */
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { MediaFile } from '../../../service/src/connectors/connector.ts';
import { instagram } from '../../../service/src/channels/instagram/index.ts';
import { messenger } from '../../../service/src/channels/messenger/index.ts';
import { alwaysAnswering, inOrder, json } from '../../conformance/fake-io.ts';

const PAGE = messenger.settings.parse({ pageId: '1234567890', pageAccessToken: 'EAAtoken123' });
const ACCOUNT = instagram.settings.parse({ loginType: 'instagram', igUserId: '17841', accessToken: 'IGAAtoken123' });
const { media } = messenger;
if (!media?.upload) throw new Error('Messenger has files');

const FILE: MediaFile = {
  stream: () => Readable.from(['x']),
  filename: 'Ärger "1".png',
  mimeType: 'image/png; x=1',
  bytes: 1,
};

describe('download', () => {
  const OK = json(200, 'photo', { 'content-type': 'image/jpeg', 'content-length': '5' });

  test.each([
    'https://scontent.xx.fbcdn.net/v/1.jpg?oh=1',
    'https://cdn.fbsbx.com/v/1',
    'https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=1',
    'https://scontent.cdninstagram.com/v/1.jpg',
    'https://graph.facebook.com/files/1',
  ])('%s is fetched, without the token', async (url) => {
    const { io, requests } = alwaysAnswering(OK);
    const { stream, ...about } = await media.download({ providerId: url }, PAGE, io);
    expect(about).toEqual({ mimeType: 'image/jpeg', bytes: 5 });
    expect((await buffer(stream)).toString()).toBe('photo');
    expect(requests).toEqual([{ method: 'GET', url, headers: { 'user-agent': 'parley' } }]);
  });

  test.each([
    'http://scontent.xx.fbcdn.net/v/1.jpg',
    'https://fbcdn.net.evil.example/1',
    'https://evilfbcdn.net/1',
    'https://127.0.0.1/1',
    'https://169.254.169.254/latest/meta-data',
    'file:///etc/passwd',
    'not a url',
    '',
  ])('%j is not', async (url) => {
    const { io, requests } = alwaysAnswering(OK);
    await expect(media.download({ providerId: url }, PAGE, io)).rejects.toMatchObject({
      name: 'SendError',
      kind: 'rejected',
    });
    expect(requests).toEqual([]);
  });

  test.each([403, 404, 410])('%i: the file is gone', async (status) => {
    const { io } = alwaysAnswering(json(status, ''));
    await expect(media.download({ providerId: 'https://cdn.fbsbx.com/1' }, PAGE, io)).rejects.toMatchObject({
      code: 'media_gone',
    });
  });

  test('another failure passes', async () => {
    const { io } = alwaysAnswering(json(503, ''));
    await expect(media.download({ providerId: 'https://cdn.fbsbx.com/1' }, PAGE, io)).rejects.toMatchObject({
      kind: 'unreachable',
    });
  });

  test('it may be elsewhere at Meta, but not anywhere', async () => {
    const moved = (location: string) => json(302, '', { location });
    const { io } = inOrder(moved('https://scontent.cdninstagram.com/2'), OK);
    await expect(media.download({ providerId: 'https://lookaside.fbsbx.com/1' }, PAGE, io)).resolves.toMatchObject({
      bytes: 5,
    });
    const { io: out } = inOrder(moved('https://evil.example/2'));
    await expect(media.download({ providerId: 'https://lookaside.fbsbx.com/1' }, PAGE, out)).rejects.toMatchObject({
      kind: 'rejected',
    });
    const { io: round, requests } = alwaysAnswering(moved('https://lookaside.fbsbx.com/1'));
    await expect(media.download({ providerId: 'https://lookaside.fbsbx.com/1' }, PAGE, round)).rejects.toMatchObject({
      kind: 'rejected',
    });
    expect(requests).toHaveLength(4);
  });
});

describe('upload', () => {
  test('is multipart, reusable, with an ASCII name', async () => {
    const { io, requests } = alwaysAnswering(json(200, { attachment_id: 1857777774821032 }));
    await expect(media.upload?.(FILE, PAGE, io)).resolves.toEqual({ providerId: '1857777774821032' });
    const [request] = requests;
    expect(request?.url).toBe('https://graph.facebook.com/v25.0/1234567890/message_attachments');
    expect(request?.form).toEqual([
      { name: 'message', value: '{"attachment":{"type":"image","payload":{"is_reusable":true}}}' },
      {
        name: 'filedata',
        value: { stream: FILE.stream, filename: '_rger _1_.png', contentType: 'image/png', bytes: 1 },
      },
    ]);
  });

  test('for Instagram says so', async () => {
    const { io, requests } = alwaysAnswering(json(200, { attachment_id: '7' }));
    await instagram.media?.upload?.({ ...FILE, mimeType: 'application/pdf' }, ACCOUNT, io);
    expect(requests[0]?.url).toBe('https://graph.instagram.com/v25.0/17841/message_attachments');
    expect(requests[0]?.form?.slice(0, 2)).toEqual([
      { name: 'platform', value: 'instagram' },
      { name: 'message', value: '{"attachment":{"type":"file","payload":{"is_reusable":true}}}' },
    ]);
  });

  test.each([
    [messenger.id, { mimeType: 'application/x-msdownload' }, /does not take files/],
    [messenger.id, { bytes: 26 * 1024 * 1024 }, /may have/],
    [instagram.id, { bytes: 9 * 1024 * 1024 }, /may have/],
    [instagram.id, { mimeType: 'text/plain' }, /does not take files/],
  ])('%s refuses %j before any byte goes out', async (id, change, reason) => {
    const { io, requests } = alwaysAnswering(json(200, { attachment_id: '7' }));
    const file = { ...FILE, ...change };
    const uploading =
      id === 'messenger' ? media.upload?.(file, PAGE, io) : instagram.media?.upload?.(file, ACCOUNT, io);
    await expect(uploading).rejects.toMatchObject({ kind: 'invalid', message: expect.stringMatching(reason) });
    expect(requests).toEqual([]);
  });

  test('an answer without an id is no upload', async () => {
    const { io } = alwaysAnswering(json(200, {}));
    await expect(media.upload?.(FILE, PAGE, io)).rejects.toMatchObject({ kind: 'rejected' });
  });
});
