/** Files: sent from a binary field, by link and by media ID, uploaded once; and those of contacts, fetched to binary. */
import type { IDataObject } from 'n8n-workflow';
import type { JsonObject } from '../../sandbox/kit/json.ts';
import { ANA, closeApps, DAY, type App } from '../../support/app.ts';
import { accepted, anaWrites, fileItem, type NodeFixture, startNodes, uploads } from './node-fixture.ts';

let nodes: NodeFixture;
let app: App;

beforeAll(async () => {
  nodes = await startNodes();
}, 60_000);
afterAll(() => nodes.stop());
beforeEach(async () => {
  app = await nodes.fresh();
  await anaWrites(app);
});
afterEach(closeApps);

const send = (kind: string, parameters: IDataObject): IDataObject => ({
  ...{ resource: 'message', operation: 'send', to: `+${ANA}`, kind },
  ...parameters,
});

describe('a file to send', () => {
  const opus = Buffer.concat([Buffer.from('OggS'), Buffer.alloc(24), Buffer.from('OpusHead')]);

  test.each<[string, Buffer, string, string, IDataObject, JsonObject]>([
    ['image', Buffer.from('jpg'), 'image/jpeg', 'a.jpg', { caption: 'Look' }, { caption: 'Look' }],
    ['video', Buffer.from('mp4'), 'video/mp4', 'a.mp4', { caption: 'Look' }, { caption: 'Look' }],
    ['audio', opus, 'audio/ogg', 'a.ogg', { voice: true }, { voice: true }],
    ['audio', Buffer.from('mp3'), 'audio/mpeg', 'a.mp3', {}, {}],
    ['document', Buffer.from('%PDF'), 'application/pdf', 'a.pdf', {}, { filename: 'a.pdf' }],
    ['document', Buffer.from('%PDF'), 'application/pdf', 'a.pdf', { filename: 'b ä.pdf' }, { filename: 'b ä.pdf' }],
    ['sticker', Buffer.from('webp'), 'image/webp', 'a.webp', {}, {}],
  ])('%s from a binary field (%#)', async (kind, content, mimeType, fileName, parameters, more) => {
    const items = [fileItem(content, mimeType, fileName)];
    await nodes.output(send(kind, { mediaSource: 'binary', binaryField: 'data', ...parameters }), { items });
    const [body] = await accepted(app);
    expect(body).toEqual({ type: kind, [kind]: { id: expect.stringMatching(/^\d+$/), ...more } });
    expect(uploads(app)).toHaveLength(1);
    expect(uploads(app)[0]?.includes(content)).toBe(true);
  });

  test.each(['image', 'video', 'audio', 'document', 'sticker'])('%s by a link', async (kind) => {
    await nodes.output(send(kind, { mediaSource: 'url', mediaUrl: ' https://example.com/file ' }));
    expect(await accepted(app)).toEqual([{ type: kind, [kind]: { link: 'https://example.com/file' } }]);
  });

  test('uploaded once is sent by its media ID, and the same bytes are not uploaded again', async () => {
    const items = [fileItem('png', 'image/png', 'a.png')];
    const upload = { resource: 'media', operation: 'upload', binaryField: 'data' };
    const [first] = await nodes.output(upload, { items });
    const [again] = await nodes.output(upload, { items });
    expect(first?.json).toMatchObject({ mimeType: 'image/png', bytes: 3, reused: false });
    expect(again?.json).toMatchObject({ mediaId: first?.json['mediaId'], reused: true });
    await nodes.output(send('image', { mediaSource: 'id', mediaId: '={{ $json.mediaId }}' }), {
      items: [first ?? { json: {} }],
    });
    await nodes.output(send('image', { mediaSource: 'binary' }), { items });
    const image = { type: 'image', image: { id: first?.json['mediaId'] } };
    expect(await accepted(app, 2)).toEqual([image, image]);
    expect(uploads(app)).toHaveLength(1);
  });

  test('stand in headers and on the cards of a carousel', async () => {
    const items = [fileItem('png', 'image/png', 'a.png')];
    const header = { headerType: 'image', headerMediaSource: 'binary', headerBinaryField: 'data' };
    await nodes.output(send('buttons', { text: 'Tea?', ...header, buttons: { button: [{ title: 'Yes' }] } }), {
      items,
    });
    const card = (title: string) => ({ file: 'data', fileType: 'image', body: title, replies: `${title}=Buy` });
    await nodes.output(send('carousel', { text: 'Look', cards: { card: [card('one'), card('two')] } }), { items });
    const image = { type: 'image', image: { id: expect.stringMatching(/^\d+$/) as string } };
    const [buttons, carousel] = await accepted(app, 2);
    expect(buttons).toMatchObject({ interactive: { header: image } });
    expect(carousel).toMatchObject({
      interactive: {
        action: {
          cards: [
            {
              card_index: 0,
              header: image,
              body: { text: 'one' },
              action: { buttons: [{ quick_reply: { id: 'one' } }] },
            },
            {
              card_index: 1,
              header: image,
              body: { text: 'two' },
              action: { buttons: [{ quick_reply: { id: 'two' } }] },
            },
          ],
        },
      },
    });
    expect(uploads(app)).toHaveLength(1);
  });
});

describe('the file of a contact', () => {
  test.each<[string, IDataObject, string]>([
    ['under the name the contact gave', {}, 'Rechnung ä.pdf'],
    ['under a name of its own', { options: { filename: 'invoice.pdf' } }, 'invoice.pdf'],
  ])('is downloaded to binary %s', async (_name, parameters, fileName) => {
    const content = Buffer.alloc(300_000, 'parley');
    const workflow = await app.listen();
    await app.sandbox.customer.sends({ from: ANA, document: { content, filename: 'Rechnung ä.pdf' } });
    const [event] = await workflow.took(1);
    const { media } = event?.message?.content as { media: { id: string } };
    const download = {
      resource: 'media',
      operation: 'download',
      mediaId: media.id,
      outputField: 'file',
      ...parameters,
    };
    const [item] = await nodes.output(download);
    const binary = item?.binary?.['file'];
    expect(item?.json).toMatchObject({ mediaId: media.id, mimeType: 'application/pdf', fileName });
    expect(binary && (await nodes.engine.readBinary(binary)).equals(content)).toBe(true);
  });

  test('that the provider keeps no longer is said to be gone', async () => {
    const workflow = await app.listen();
    await app.sandbox.customer.sends({ from: ANA, image: {} });
    const [event] = await workflow.took(1);
    const { media } = event?.message?.content as { media: { id: string } };
    app.clock.advance(8 * DAY);
    const { message } = await nodes.failure({ resource: 'media', operation: 'download', mediaId: media.id });
    expect(message).toMatch(/^The file is no longer there: /);
  });
});

describe('a file that cannot be sent', () => {
  test.each<[string, string, Buffer, RegExp]>([
    [
      'of a type that WhatsApp does not take',
      'application/zip',
      Buffer.from('PK'),
      /type that cannot be sent: .*'application\/zip'/,
    ],
    [
      'that is too large',
      'image/png',
      Buffer.alloc(5 * 1024 * 1024 + 1),
      /^The file is too large: .*at most 5242880 bytes/,
    ],
    ['that is empty', 'image/png', Buffer.alloc(0), /empty/],
  ])('%s is refused before anything is sent', async (_name, mimeType, content, message) => {
    const items = [fileItem(content, mimeType, 'a')];
    expect((await nodes.failure(send('image', { mediaSource: 'binary' }), { items })).message).toMatch(message);
    expect(uploads(app)).toEqual([]);
    expect(app.sandbox.listReceivedMessages()).toEqual([]);
  });

  test('in a binary field that is not there names the field', async () => {
    const { message } = await nodes.failure(send('image', { mediaSource: 'binary', binaryField: 'photo' }));
    expect(message).toMatch(/photo/);
  });
});
