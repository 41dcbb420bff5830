/** Meta answers "unknown error" although the message went out: its echo settles it before it is repeated. */
import type { JsonObject } from '../../sandbox/kit/json.ts';
import { META_DEFAULTS } from '../../sandbox/meta/defaults.ts';
import { eventually } from '../../support/eventually.ts';
import { ANA, closeMetaApps, startMetaApp, type MetaApp } from './meta-fixture.ts';

afterEach(closeMetaApps);

/** The echo of what went out, of which the stand-in itself knows nothing; Instagram repeats none of our ids. */
function echo(meta: MetaApp, platform: 'messenger' | 'instagram', id: string, text: string): JsonObject {
  const account = platform === 'messenger' ? META_DEFAULTS.pageId : META_DEFAULTS.igUserId;
  const ours = platform === 'messenger' ? { metadata: id } : {};
  const message = { is_echo: true, mid: 'm_late', app_id: Number(META_DEFAULTS.appId), text, ...ours };
  return { sender: { id: account }, recipient: { id: ANA }, timestamp: meta.app.clock.now(), message };
}

test.each(['messenger', 'instagram'] as const)('%s: it is not shown twice', async (platform) => {
  const meta = await startMetaApp(platform);
  await meta.customer.sends({ from: ANA, text: 'hi' });
  await meta.app.idle();
  meta.sandbox.faults.next({ kind: 'server_error' });
  const id = await meta.sent({ type: 'text', text: 'once' });
  await eventually(async () => {
    const [attempt] = (await meta.app.read('SELECT outcome FROM attempts')) as { outcome: string | null }[];
    return attempt?.outcome ?? undefined;
  }, 'an attempt that failed');
  await meta.webhooks.emit(echo(meta, platform, id, 'once'))?.first;
  await meta.app.idle();
  meta.app.advance(60_000);
  await meta.app.idle();
  expect(await meta.app.message(id)).toMatchObject({ status: 'sent', providerMessageId: 'm_late' });
  expect(meta.listReceivedMessages()).toEqual([]);
});
