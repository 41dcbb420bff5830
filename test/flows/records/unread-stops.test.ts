/** A stop that waits in a webhook while its sender is erased holds afterwards, and nothing else is left of what they said. */
import type { OutboundContent } from '../../../contract/message.ts';
import { SANDBOX_DEFAULTS } from '../../sandbox/whatsapp/defaults.ts';
import { ANA, BEN, closeApps, MINUTE, sandboxSettings, startApp, type App } from '../../support/app.ts';
import { says } from '../../support/meta-messages.ts';

afterEach(closeApps);

const NEWS: OutboundContent = { type: 'template', name: 'news', language: 'en_US' };
const SECRET = 'my secret is 4711';
const METADATA = {
  display_phone_number: SANDBOX_DEFAULTS.displayPhoneNumber,
  phone_number_id: SANDBOX_DEFAULTS.phoneNumberId,
};

let made = 0;
const stamp = (app: App, minute = 0) => String(Math.floor(app.clock.now() / 1000) + minute * 60);
const text = (body: string, minute?: number) => (app: App) => ({
  field: 'messages',
  value: {
    messages: [{ from: ANA, id: `wamid.${++made}`, timestamp: stamp(app, minute), type: 'text', text: { body } }],
  },
});
const preference = (value: string, minute?: number) => (app: App) => ({
  field: 'user_preferences',
  value: {
    contacts: [{ profile: { name: 'Ana' }, wa_id: ANA }],
    user_preferences: [{ wa_id: ANA, category: 'marketing_messages', value, timestamp: stamp(app, minute) }],
  },
});
const refusal = (app: App) => ({
  field: 'messages',
  value: {
    statuses: [
      {
        ...{ id: 'wamid.out', status: 'failed', recipient_id: ANA, timestamp: stamp(app) },
        errors: [{ code: 131050, title: 'User has stopped marketing messages' }],
      },
    ],
  },
});

type Waiting = (app: App) => { field: string; value: object };

/** A webhook that was accepted a moment ago, and waits to be read. */
async function waits(app: App, { field, value }: ReturnType<Waiting>): Promise<void> {
  const change = { field, value: { messaging_product: 'whatsapp', metadata: METADATA, ...value } };
  const body = Buffer.from(
    JSON.stringify({
      object: 'whatsapp_business_account',
      entry: [{ id: SANDBOX_DEFAULTS.wabaId, changes: [change] }],
    }),
  );
  await app.service.ledger.write(async ({ db }) => {
    const { connectionId } = await db.selectFrom('accounts').select('connectionId').executeTakeFirstOrThrow();
    const request = JSON.stringify({ method: 'POST', url: '/', headers: {}, query: {} });
    const row = { connectionId, receivedAt: app.clock.now(), request, body, digest: `digest ${++made}` };
    await db
      .insertInto('receipts')
      .values({ ...row, processedAt: null } as never)
      .execute();
  });
}

async function erased(waiting: readonly Waiting[], settings: Record<string, string> = {}): Promise<App> {
  const app = await startApp();
  app.sandbox.templates.seed({ name: 'news', category: 'MARKETING', components: [{ type: 'BODY', text: 'News' }] });
  const path = `/v1/accounts/whatsapp/${app.account.externalId}`;
  await app.call('PUT', path, { settings: sandboxSettings(app.sandbox, settings) });
  await says(app, { from: ANA }, 'hello');
  for (const one of waiting) await waits(app, one(app));
  const answer = await app.call('DELETE', `/v1/contacts?channel=whatsapp&address=%2B${ANA}`);
  expect(answer.status).toBe(202);
  // The next webhook lets them all be read.
  await says(app, { from: BEN }, 'me too');
  app.advance(2 * MINUTE);
  await app.idle();
  return app;
}

async function tried(app: App): Promise<string> {
  const answer = await app.send('', { content: NEWS, to: `+${ANA}` });
  return answer.status === 202 ? 'sent' : (answer.body as { code: string }).code;
}

test.each<[string, Waiting[], string, Record<string, string>]>([
  ['a word', [text('STOP')], 'opted_out', {}],
  ['a sentence', [text('please stop sending me messages')], 'opted_out', {}],
  ["the provider's own means", [preference('stop')], 'opted_out', {}],
  ["the provider's refusal of a message", [refusal], 'opted_out', {}],
  ['a word that was taken back', [text('STOP', -5), text('START', -4)], 'sent', {}],
  ['a word that was taken back, told in the other order', [text('START', -4), text('STOP', -5)], 'opted_out', {}],
  ['a yes', [text('START'), preference('resume')], 'sent', {}],
  ['something else', [text(SECRET)], 'sent', {}],
  ['a word where words are not read', [text('STOP')], 'sent', { stopWords: 'off' }],
  ["the provider's means where words are not read", [preference('stop')], 'opted_out', { stopWords: 'off' }],
])('%s', async (_name, waiting, expected, settings) => {
  const app = await erased([...waiting, text(SECRET)], settings);
  expect(await tried(app)).toBe(expected);
  for (const table of ['events', 'messages', 'contacts', 'identities', 'suppressions', 'cursors']) {
    const rows = JSON.stringify(await app.read(`SELECT * FROM ${table}`));
    expect([table, rows.includes('4711')]).toEqual([table, false]);
    if (expected === 'opted_out') expect([table, rows.includes(ANA)]).toEqual([table, false]);
  }
  expect(await app.read("SELECT id FROM events WHERE type = 'contact.preference'")).toEqual([]);
});
