/** Two services over one PostgreSQL and one Redis: what a webhook tells a part of is told by either, in order, once. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ParleyEvent } from '../../../contract/event.ts';
import { loadConfig } from '../../../service/src/config/config.ts';
import { makeLogger } from '../../../service/src/platform/logger.ts';
import { startService, type RunningService } from '../../../service/src/service.ts';
import { ANA, BEN, closeApps, closing, MINUTE, startApp, type App } from '../../support/app.ts';
import { databases } from '../../support/databases.ts';
import { keysAnd } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import { sharedRedis } from '../../support/shared-servers.ts';
import { byReference } from '../inbound/by-reference.ts';

const { migrated } = databases();
const { provider, restore } = byReference();

afterEach(async () => {
  await closeApps();
  restore();
});

async function second(app: App, env: Record<string, string>): Promise<RunningService> {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-second-'));
  closing(() => rm(dataDir, { recursive: true, force: true }));
  const own = { PARLEY_DATA_DIR: dataDir, PARLEY_PORT: '0', PARLEY_ALLOW_PRIVATE_PROVIDERS: 'loopback' };
  const config = loadConfig({ ...env, ...own });
  const service = await startService(config, makeLogger({ level: 'silent' }), { clock: app.clock, random: () => 0.5 });
  closing(() => service.stop());
  return service;
}

const textOf = ({ message }: ParleyEvent) => (message?.content as { text?: string }).text;
const ownOf = (events: ParleyEvent[], address: string) =>
  events.filter(({ contact }) => contact?.identities.some((one) => one.address === address)).map(textOf);

test('webhooks come to both, and one of them ends meanwhile', async () => {
  const env = keysAnd(await migrated(), (await sharedRedis()).url);
  const app = await startApp({ env });
  const other = await second(app, env);
  const workflow = await app.listen();
  const endpoint = new URL(app.account.webhookUrl).pathname;
  const texts = Array.from({ length: 12 }, (_, i) => (i % 3 === 2 ? `${i}` : `… ${i}`));
  const said = texts.map((text) => (text.startsWith('…') ? `${text.slice(2)}, the whole of it` : text));
  let isWithOther = false;
  for (const text of texts) {
    for (const from of [ANA, BEN]) {
      isWithOther = !isWithOther;
      provider.isAway = text.includes('4');
      app.sandbox.subscribe((isWithOther ? other.url : app.url) + endpoint);
      const { delivery } = await app.sandbox.customer.sends({ from, text });
      expect((await delivery?.done)?.outcome).toBe('delivered');
    }
  }
  await app.stop();
  provider.isAway = false;
  await eventually(() => {
    app.clock.advance(MINUTE);
    other.pipelines.driver.wake();
    return workflow.taken().length >= 2 * texts.length;
  }, 'everything to be told');
  const events = [...new Map(workflow.taken().map((event) => [event.id, event])).values()];
  for (const person of [ANA, BEN]) expect(ownOf(events, person)).toEqual(said);
});
