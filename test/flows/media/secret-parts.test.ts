/** A file that takes a secret to be read: the service reads it, and nobody is told the secret. */
import { jest } from '@jest/globals';
import type { ChannelEvent } from '../../../service/src/channels/channel.ts';
import { whatsapp } from '../../../service/src/channels/whatsapp/index.ts';
import { ANA, closeApps, startApp } from '../../support/app.ts';
import { placesOf } from '../../support/ledger-file.ts';

afterEach(async () => {
  jest.restoreAllMocks();
  await closeApps();
});

const KEY = 'the-key-of-the-file';

/** WhatsApp, as if it encrypted the files of its customers. */
function encryptFiles() {
  const { parse, media } = whatsapp;
  if (media === undefined) throw new Error('WhatsApp has files');
  const addKey = (event: ChannelEvent): ChannelEvent =>
    event.type === 'message.received' && 'media' in event.content
      ? { ...event, content: { ...event.content, media: { ...event.content.media, secret: { key: KEY } } } }
      : event;
  jest.spyOn(whatsapp, 'parse').mockImplementation((...given) => parse(...given).map(addKey));
  return jest.spyOn(media, 'download');
}

test('it is handed to the channel, and stands nowhere in the clear: not in workflows, the ledger, the log, answers', async () => {
  const download = encryptFiles();
  const app = await startApp();
  const workflow = await app.listen({ includeRaw: true });
  const content = Buffer.from('a picture');
  await app.sandbox.customer.sends({ from: ANA, image: { content } });
  const [event] = await workflow.took(1);
  const { media } = event?.message?.content as { media: { id: string } };
  const headers = { authorization: `Bearer ${app.key}` };
  const answer = await fetch(`${app.url}/v1/media/${media.id}`, { headers });
  expect(Buffer.from(await answer.arrayBuffer())).toEqual(content);
  expect(download.mock.calls.map(([ref]) => ref)).toEqual([{ providerId: expect.any(String), secret: { key: KEY } }]);
  const told = [...workflow.deliveries.map(({ raw }) => raw), app.log.text, JSON.stringify([...answer.headers])];
  expect(told.join()).not.toContain(KEY);
  expect(placesOf(app.dataDir, KEY)).toEqual([]);
});

test('a file that takes none costs no sealing', async () => {
  const app = await startApp();
  const workflow = await app.listen();
  await app.sandbox.customer.sends({ from: ANA, image: { content: Buffer.from('a picture') } });
  await workflow.took(1);
  expect(await app.read('SELECT secret FROM media')).toEqual([{ secret: null }]);
});
