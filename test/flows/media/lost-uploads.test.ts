/** Files that were uploaded and that the provider lost: given to it anew within the same send, by every channel that uploads. */
import { jest } from '@jest/globals';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OutboundContent } from '../../../contract/message.ts';
import { whatsapp as connector } from '../../../service/src/channels/whatsapp/index.ts';
import { DIALOG360_DEFAULTS } from '../../sandbox/dialog360/defaults.ts';
import { startDialog360Sandbox } from '../../sandbox/dialog360/sandbox.ts';
import { ACCOUNT, ANA, BEN, closeApps, closing, DAY, HOUR, startApp, type App } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { postsChange } from '../../support/meta-messages.ts';
import { ANA as PSID, startMetaApp } from '../channels/meta-fixture.ts';

afterEach(async () => {
  jest.restoreAllMocks();
  await closeApps();
});

const PNG = Buffer.from('89504e470d0a1a0a', 'hex');
type Ref = { channel: string; externalId: string };

interface Scene {
  app: App;
  ref: Ref;
  to: string;
  losesFiles(): void;
  /** The person writes, so that they may be answered. */
  greets(): Promise<void>;
  /** What the provider took, as it came. */
  taken(): object[];
  requests(): { path: string; fields: Readonly<Record<string, unknown>> }[];
}

async function whatsapp(env: Record<string, string> = {}): Promise<Scene> {
  const app = await startApp({ env, sandbox: { autoStatuses: [] } });
  const { sandbox } = app;
  const greets = async () => {
    for (const from of [ANA, BEN]) await sandbox.customer.sends({ from, text: 'hi' });
    await app.idle();
  };
  await greets();
  return { ...of(sandbox), app, greets, ref: ACCOUNT, to: `+${ANA}` };
}

async function dialog360(): Promise<Scene> {
  const app = await startApp({ registered: false });
  const sandbox = await startDialog360Sandbox({ clock: app.clock, throughputPerSecond: null, autoStatuses: [] });
  closing(() => sandbox.close());
  const ref = { channel: 'dialog360', externalId: DIALOG360_DEFAULTS.phoneNumberId };
  const settings = { ...DIALOG360_DEFAULTS, baseUrl: sandbox.url };
  const { body } = await app.call('PUT', `/v1/accounts/dialog360/${ref.externalId}`, { settings });
  sandbox.subscribe((body as { webhookUrl: string }).webhookUrl);
  const greets = async () => {
    await sandbox.customer.sends({ from: ANA, text: 'hi' });
    await app.idle();
  };
  await greets();
  return { ...of(sandbox), app, greets, ref, to: `+${ANA}` };
}

async function meta(platform: 'messenger' | 'instagram'): Promise<Scene> {
  const scene = await startMetaApp(platform, { autoStatuses: [] });
  closing(() => scene.sandbox.close());
  const { app, account } = scene;
  const greets = async () => {
    await scene.customer.sends({ from: PSID, text: 'hi' });
    await app.idle();
  };
  await greets();
  const ref = { channel: account.channel, externalId: account.externalId };
  return { ...of({ ...scene, requests: () => scene.sandbox.requests() }), app, greets, ref, to: PSID };
}

type Provider = Pick<Scene, 'losesFiles' | 'requests'> & { listReceivedMessages(): object[] };
const of = ({ losesFiles, requests, listReceivedMessages }: Provider) => ({
  losesFiles,
  requests,
  taken: listReceivedMessages,
});

const SCENES = { whatsapp, dialog360, messenger: () => meta('messenger'), instagram: () => meta('instagram') } as const;
const NAMES = Object.keys(SCENES) as (keyof typeof SCENES)[];

const upload = async ({ app, ref }: Scene, bytes = PNG) => {
  const query = `channel=${ref.channel}&externalId=${ref.externalId}&filename=dot.png`;
  const { body } = await app.call('POST', `/v1/media?${query}`, bytes, { 'content-type': 'image/png' });
  return body as { id: string; reused: boolean };
};
const uploads = ({ requests }: Scene) =>
  requests().filter(({ path }) => /\/(?:media|message_attachments)$/.test(path)).length;
const picture = (mediaId: string): OutboundContent => ({ type: 'image', mediaId });
const sends = ({ app, ref, to }: Scene, content: OutboundContent, more = {}) =>
  app.sent('', { account: ref, to, content, ...more });

const media = () => {
  if (connector.media === undefined) throw new Error('WhatsApp has files');
  return connector.media;
};

async function kept({ dataDir }: App): Promise<string[]> {
  const all = await readdir(join(dataDir, 'files'), { recursive: true, withFileTypes: true }).catch(() => []);
  return all.filter((one) => one.isFile()).map(({ name }) => name);
}

async function goes(app: App): Promise<void> {
  await app.idle();
  await eventually(async () => (await kept(app)).length === 0, 'the bytes to be gone');
}

describe.each(NAMES)('%s', (name) => {
  test('a file that is lost is uploaded anew within the send, and goes out once', async () => {
    const scene = await SCENES[name]();
    const { id: lost } = await upload(scene);
    scene.losesFiles();
    const message = await sends(scene, picture(lost));
    const view = await scene.app.reaches(message, 'sent');
    expect(view.attempts?.map(({ outcome }) => outcome)).toEqual(['invalid', 'accepted']);
    expect(scene.taken()).toHaveLength(1);
    expect(uploads(scene)).toBe(2);
    const { mediaId } = view.content as { mediaId: string };
    expect(mediaId).not.toBe(lost);
    expect(JSON.stringify(scene.taken())).toContain(mediaId);
    // Whoever uploads it now, and whoever still names what was lost, get the new one.
    expect(await upload(scene)).toMatchObject({ id: mediaId, reused: true });
    const late = await sends(scene, picture(lost));
    expect((await scene.app.reaches(late, 'sent')).content).toMatchObject({ mediaId });
    expect(uploads(scene)).toBe(2);
    expect(scene.taken()).toHaveLength(2);
  });

  test('where its bytes are not kept any more, the message says what to do, and the next upload is a new one', async () => {
    const scene = await SCENES[name]();
    const { id: lost } = await upload(scene);
    scene.app.advance(9 * DAY);
    await goes(scene.app);
    await scene.greets();
    scene.losesFiles();
    const message = await sends(scene, picture(lost));
    const { error, attempts } = await scene.app.reaches(message, 'failed');
    expect(error).toMatchObject({ code: 'invalid', message: expect.stringContaining('upload it again') });
    expect(attempts).toHaveLength(1);
    expect(scene.taken()).toHaveLength(0);
    expect(await upload(scene)).toMatchObject({ reused: false });
  });
});

const ids = async ({ app }: Scene) =>
  (await app.read('SELECT provider_id FROM uploads')).map((row) => row['provider_id']);

test.each<[string, (id: string) => OutboundContent]>([
  ['a document', (mediaId) => ({ type: 'document', mediaId, filename: 'a.pdf' })],
  [
    'the header of buttons',
    (mediaId) => ({
      type: 'buttons',
      text: 'well?',
      header: { type: 'document', mediaId },
      buttons: [{ id: 'y', title: 'Yes' }],
    }),
  ],
  ["a body of the provider's", (id) => ({ type: 'native', body: { type: 'document', document: { id } } })],
])('%s is sent with the new file', async (_what, content) => {
  const scene = await whatsapp();
  const query = `channel=whatsapp&externalId=${ACCOUNT.externalId}&filename=a.pdf`;
  const pdf = { 'content-type': 'application/pdf' };
  const { body } = await scene.app.call('POST', `/v1/media?${query}`, Buffer.from('%PDF'), pdf);
  scene.losesFiles();
  await scene.app.reaches(await sends(scene, content((body as { id: string }).id)), 'sent');
  expect(JSON.stringify(scene.taken())).toContain(String((await ids(scene))[0]));
  expect(scene.taken()).toHaveLength(1);
});

test('many messages that name one lost file upload it once, and each goes out once', async () => {
  const scene = await whatsapp();
  const { id } = await upload(scene);
  scene.losesFiles();
  const sent = await Promise.all(Array.from({ length: 12 }, () => sends(scene, picture(id))));
  for (const one of sent) await scene.app.reaches(one, 'sent');
  expect(scene.taken()).toHaveLength(12);
  expect(uploads(scene)).toBe(2);
});

describe('a status of what was taken', () => {
  const tells = async (scene: Scene, details: string) => {
    const { id, to } = scene.taken().at(-1) as { id: string; to: { waId: string } };
    const errors = [
      { code: 131053, title: 'Media upload error', message: 'Media upload error', error_data: { details } },
    ];
    const timestamp = String(Math.floor(scene.app.clock.now() / 1000));
    const statuses = [{ id, status: 'failed', timestamp, recipient_id: to.waId, errors }];
    await postsChange(scene.app, 'messages', { messaging_product: 'whatsapp', statuses });
  };

  test('that says that the file is not there any more: it goes out anew with the file', async () => {
    const scene = await whatsapp();
    const { id } = await upload(scene);
    const message = await sends(scene, picture(id));
    await scene.app.reaches(message, 'sent');
    await tells(scene, 'The media has expired');
    const view = await scene.app.reaches(message, 'sent');
    expect(view.attempts?.map(({ outcome }) => outcome)).toEqual(['invalid', 'accepted']);
    expect((view.content as { mediaId: string }).mediaId).not.toBe(id);
    expect(uploads(scene)).toBe(2);
  });

  test('that says that a link leads nowhere is about the link', async () => {
    const scene = await whatsapp();
    const message = await sends(scene, { type: 'image', link: 'https://files.example.com/a.png' });
    await scene.app.reaches(message, 'sent');
    await tells(scene, 'Downloading media from weblink failed with http code 404, status message Not Found');
    const { attempts } = await scene.app.reaches(message, 'failed');
    expect(attempts).toHaveLength(1);
    expect(scene.taken()).toHaveLength(1);
  });
});

test('an upload that does not go through is repeated with the send; nothing is uncertain by it', async () => {
  const scene = await whatsapp();
  const { id } = await upload(scene);
  scene.losesFiles();
  scene.app.sandbox.faults.next({ kind: 'server_error', on: 'media', times: 2 });
  const message = await sends(scene, picture(id));
  await scene.app.idle();
  expect((await scene.app.message(message)).status).toBe('queued');
  for (let n = 0; n < 4; n++) {
    scene.app.advance(HOUR / 4);
    await scene.app.idle();
  }
  await scene.app.reaches(message, 'sent');
  expect(scene.taken()).toHaveLength(1);
});

test('a provider that loses whatever it is given gets the message three times, and it fails', async () => {
  const scene = await whatsapp();
  const { id } = await upload(scene);
  scene.losesFiles();
  jest.spyOn(media(), 'upload').mockResolvedValue({ providerId: '4711' });
  const message = await sends(scene, picture(id));
  const { attempts } = await scene.app.reaches(message, 'failed');
  expect(attempts?.map(({ outcome }) => outcome)).toEqual(['invalid', 'invalid', 'invalid']);
});

test('an id that was not got from here is not known here', async () => {
  const scene = await whatsapp();
  const { error, attempts } = await scene.app.reaches(await sends(scene, picture('4711')), 'failed');
  expect(error).toMatchObject({ code: 'invalid', providerCode: '100' });
  expect(attempts).toHaveLength(1);
});

describe('the bytes', () => {
  test('go with the person they were sent to; the message to another still goes out', async () => {
    const scene = await whatsapp();
    const { app } = scene;
    const { id } = await upload(scene);
    await app.reaches(await sends(scene, picture(id)), 'sent');
    expect(await kept(app)).toHaveLength(1);
    const query = `channel=whatsapp&externalId=${ACCOUNT.externalId}&address=%2B${ANA}`;
    expect((await app.call('DELETE', `/v1/contacts?${query}`)).status).toBe(202);
    await goes(app);
    expect(await ids(scene)).toEqual([]);
    await app.reaches(await sends({ ...scene, to: `+${BEN}` }, picture(id)), 'sent');
  });

  test.each<[string, Record<string, string>, number, number]>([
    ['eight days', {}, 7 * DAY, 2 * DAY],
    ['as long as what is said', { PARLEY_KEEP_BODIES: '1d' }, DAY / 2, DAY],
  ])('are kept for %s after they were last brought', async (_what, env, before, after) => {
    const scene = await whatsapp(env);
    const { app } = scene;
    await upload(scene);
    app.advance(before);
    await upload(scene);
    app.advance(before);
    await app.idle();
    expect(await kept(app)).toHaveLength(1);
    app.advance(after);
    await goes(app);
  });

  test('that the folder does not take are uploaded all the same, with a line in the log', async () => {
    const scene = await whatsapp();
    await writeFile(join(scene.app.dataDir, 'files'), 'no folder');
    const { id } = await upload(scene);
    await scene.app.reaches(await sends(scene, picture(id)), 'sent');
    expect(scene.app.log.lines).toContainEqual(expect.objectContaining({ msg: 'The bytes of an upload are not kept' }));
  });
});
