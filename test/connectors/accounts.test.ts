import { inspect } from 'node:util';
import { settingsDigest } from '../../contract/signature.ts';
import { Accounts } from '../../service/src/connectors/accounts.ts';
import type { LiveAccount } from '../../service/src/connectors/live.ts';
import { findChannel } from '../../service/src/channels/registry.ts';
import { ParleyError } from '../../service/src/core/errors.ts';
import { makeIds } from '../../service/src/core/ids.ts';
import { makeEncryptionKey, parseEncryptionKeys, SecretBox } from '../../service/src/platform/secret-box.ts';
import type { Ledger } from '../../service/src/store/ledger.ts';
import { manualClock } from '../sandbox/kit/clock.ts';
import { tempLedgers } from '../support/temp-ledger.ts';

const CHANNEL = 'whatsapp';
const ID = '1234567890';
const TOKEN = 'EAAG-very-secret-token';
const settings = { accessToken: TOKEN, phoneNumberId: ID, wabaId: '42', appSecret: ['app-secret-1', 'app-secret-2'] };
const changed = { ...settings, accessToken: 'EAAG-another' };
/** By which webhooks name the account. */
const [ADDRESS = ''] = findChannel(CHANNEL).addresses(settings);
const ref = (of?: Record<string, unknown>) => {
  return { channel: CHANNEL, externalId: ID, ...(of && { settingsDigest: settingsDigest(of) }) };
};

const open = tempLedgers();
const clock = manualClock(1_750_000_000_000);
const ids = makeIds(clock);
const sealer = new SecretBox(parseEncryptionKeys(`first:${'ab'.repeat(32)}`));
/** Keys of the jobs that were promised. */
const promised: string[] = [];
const outbox = { enqueue: async (_tx: unknown, { key }: { key: string }) => void promised.push(key) };
const load = (ledger: Ledger, box = sealer) => Accounts.load({ ledger, sealer: box, clock, ids, outbox });
/** Accounts below the connection that is called at a URL. */
const called = (of: Accounts, endpoint: string, channel = CHANNEL) =>
  of.connections.byEndpoint(channel, endpoint)?.accounts;

let ledger: Ledger;
let accounts: Accounts;

beforeEach(async () => {
  ledger = await open();
  accounts = await load(ledger);
});

/** Without the channel, whose schemas make endless differences. */
const plain = (list: LiveAccount[]) => list.map(({ channel, ...account }) => ({ ...account, channel: channel.id }));

const rows = () => ledger.reader.selectFrom('accounts').selectAll().execute();

describe('registering', () => {
  test('makes the account known by its id, its endpoint, its name and its address', async () => {
    const { account, created } = await accounts.put(CHANNEL, ID, { name: 'Shop', settings });
    expect(created).toBe(true);
    expect(account).toMatchObject({ externalId: ID, name: 'Shop', digest: settingsDigest(settings) });
    const endpoint = accounts.connectionOf(account).endpoint;
    expect(endpoint).toMatch(/^[\w-]{24}$/);
    expect(accounts.list()).toEqual([account]);
    expect(accounts.find(account.id)).toBe(account);
    expect(called(accounts, endpoint)).toEqual([account]);
    expect(called(accounts, endpoint, 'other')).toBeUndefined();
    expect(called(accounts, 'other')).toBeUndefined();
    expect(await accounts.required(ref(settings))).toBe(account);
    const named = accounts.connections.find(account.connectionId)?.named;
    expect(named?.get(ADDRESS)).toEqual([account]);
    expect(named?.get('nobody')).toBeUndefined();
  });

  test('again changes what is known and keeps id, endpoint, name and age', async () => {
    const { account: first } = await accounts.put(CHANNEL, ID, { name: 'Shop', settings });
    clock.advance(1_000);
    const { account: second, created } = await accounts.put(CHANNEL, ID, { settings: changed });
    expect(created).toBe(false);
    expect(second).toMatchObject({
      id: first.id,
      connectionId: first.connectionId,
      name: 'Shop',
      createdAt: first.createdAt,
    });
    expect(second.updatedAt).toBe(first.updatedAt + 1_000);
    expect(second.settings).toMatchObject({ accessToken: 'EAAG-another' });
    expect(accounts.list()).toEqual([second]);
  });

  test('by several callers at the same time makes one account, readable after a restart', async () => {
    const put = await Promise.all(
      [settings, settings, changed, settings].map((of) => accounts.put(CHANNEL, ID, { settings: of })),
    );
    expect(new Set(put.map(({ account }) => account.id)).size).toBe(1);
    expect(put.map(({ created }) => created)).toEqual([true, false, false, false]);
    expect(await rows()).toHaveLength(1);
    const again = await load(ledger);
    expect(plain(again.list())).toEqual(plain(accounts.list()));
    expect(called(again, again.connectionOf(again.list()[0] as LiveAccount).endpoint)).toEqual(again.list());
  });

  test.each<[string, string, Record<string, unknown>, string[]]>([
    ['a bad and a missing member', ID, { phoneNumberId: 'x', wabaId: '1' }, ['accessToken', 'phoneNumberId']],
    ['another account’s settings', '999', settings, []],
  ])('refuses %s, tells which, shows no value and stores nothing', async (_name, externalId, given, fields) => {
    const refused = await accounts.put(CHANNEL, externalId, { settings: given }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ status: 400, code: 'invalid_settings' });
    const errors = ((refused as ParleyError).extra.errors ?? []) as { field: string }[];
    expect(errors.map((error) => error.field).sort()).toEqual(fields);
    expect(inspect(refused, { depth: 9 })).not.toContain(TOKEN);
    expect(await rows()).toEqual([]);
    expect(accounts.list()).toEqual([]);
  });

  test('on a channel that is not there is refused', async () => {
    await expect(accounts.put('pigeon', ID, { settings })).rejects.toMatchObject({ code: 'unknown_channel' });
  });
});

describe('an account that a caller names', () => {
  test.each<[string, Record<string, unknown> | undefined, boolean]>([
    ['with the settings it was registered with', settings, true],
    ['with the same settings in another order', Object.fromEntries(Object.entries(settings).reverse()), true],
    ['without a digest', undefined, true],
    ['with other settings', changed, false],
    ['with a member more', { ...settings, appId: '7' }, false],
  ])('%s', async (_name, of, found) => {
    await accounts.put(CHANNEL, ID, { settings });
    const find = () => accounts.required(ref(of));
    if (found) expect(await find()).toMatchObject({ externalId: ID });
    else await expect(find()).rejects.toMatchObject({ status: 409, code: 'account_required' });
  });

  test('and is unknown has to be registered', async () => {
    const unknown = { status: 409, code: 'account_required' };
    await expect(accounts.required(ref(settings))).rejects.toMatchObject(unknown);
    const pigeon = { channel: 'pigeon', externalId: ID };
    await expect(accounts.required(pigeon)).rejects.toMatchObject({ status: 404, code: 'unknown_channel' });
  });
});

describe('at rest', () => {
  test('secrets cannot be read', async () => {
    await accounts.put(CHANNEL, ID, { settings });
    const stored = JSON.stringify(await rows());
    for (const secret of [TOKEN, ...settings.appSecret]) expect(stored).not.toContain(secret);
  });

  test('a restart knows the account as it was', async () => {
    await accounts.put(CHANNEL, ID, { name: 'Shop', settings });
    expect(plain((await load(ledger)).list())).toEqual(plain(accounts.list()));
  });

  test.each<[string, string]>([
    ['a key of another id', makeEncryptionKey()],
    ['another key of the same id', `first:${'cd'.repeat(32)}`],
  ])('%s is told at the start, without a secret', async (_name, keys) => {
    await accounts.put(CHANNEL, ID, { settings });
    const refused = await load(ledger, new SecretBox(parseEncryptionKeys(keys))).catch((error: unknown) => error);
    expect((refused as Error).message).toMatch(
      /not configured\. Add it to PARLEY_ENCRYPTION_KEY|could not be decrypted/,
    );
    expect(inspect(refused, { depth: 9 })).not.toMatch(/EAAG|app-secret|abab|cdcd/);
  });

  test('settings copied from one account to another cannot be read', async () => {
    await accounts.put(CHANNEL, ID, { settings });
    await ledger.write((tx) => tx.db.updateTable('accounts').set({ id: 'acc_stolen' }).execute());
    await expect(load(ledger)).rejects.toThrow('could not be decrypted');
  });
});

describe('what a provider made for a connection', () => {
  test('is kept sealed, and of two processes that make it at the same time the first counts', async () => {
    const { account } = await accounts.put(CHANNEL, ID, { settings });
    const other = await load(ledger);
    const [mine, theirs] = [{ webhookSecret: 'of the first' }, { webhookSecret: 'of the second' }];
    expect(await accounts.learn(account, mine, {})).toEqual(mine);
    expect(await other.learn(account, theirs, {})).toEqual(mine);
    expect(await other.learn(account, theirs, mine)).toEqual(theirs);
    for (const known of [other, await load(ledger)]) expect(known.connectionOf(account).learned).toEqual(theirs);
    const [row] = await ledger.reader.selectFrom('connections').select('learned').execute();
    expect(row?.learned).not.toContain('of the second');
  });

  test('goes with the last account below it', async () => {
    const { account: one } = await accounts.put(CHANNEL, ID, { settings });
    const { account: two } = await accounts.put(CHANNEL, '2222222222', {
      settings: { ...settings, phoneNumberId: '2222222222' },
    });
    await accounts.learn(one, { webhookSecret: 'made' }, {});
    await accounts.remove(one.id);
    expect(accounts.connectionOf(two).learned).toEqual({ webhookSecret: 'made' });
    await accounts.remove(two.id);
    expect(accounts.connectionOf(two).learned).toEqual({});
  });
});

describe('deleting', () => {
  test('forgets the account everywhere, its secrets first', async () => {
    const { account } = await accounts.put(CHANNEL, ID, { settings });
    const endpoint = accounts.connectionOf(account).endpoint;
    expect(await accounts.remove(account.id)).toEqual(account);
    expect(await accounts.remove(account.id)).toBeUndefined();
    for (const known of [accounts, await load(ledger)]) {
      expect(known.list()).toEqual([]);
      expect(known.find(account.id)).toBeUndefined();
      expect(called(known, endpoint)).toBeUndefined();
      await expect(known.required(ref())).rejects.toMatchObject({ code: 'account_required' });
    }
    expect(await rows()).toMatchObject([{ id: account.id, settings: '', settingsDigest: '' }]);
  });

  test('and registering again revives it under the same id and webhook address', async () => {
    const { account } = await accounts.put(CHANNEL, ID, { settings });
    await accounts.remove(account.id);
    const { account: revived, created } = await accounts.put(CHANNEL, ID, { settings: changed });
    expect(created).toBe(true);
    expect(revived).toMatchObject({ id: account.id, connectionId: account.connectionId });
    expect(plain((await load(ledger)).list())).toEqual(plain([revived]));
    expect(called(accounts, accounts.connectionOf(account).endpoint)).toEqual([revived]);
  });

  test('while it is being registered leaves what the ledger says', async () => {
    const { account } = await accounts.put(CHANNEL, ID, { settings });
    await Promise.all([accounts.remove(account.id), accounts.put(CHANNEL, ID, { settings: changed })]);
    expect(plain((await load(ledger)).list())).toEqual(plain(accounts.list()));
    expect(accounts.list()).toHaveLength(1);
  });
});

describe('accounts with a secret in common', () => {
  const OTHER = '2222222222';
  const other = { ...settings, phoneNumberId: OTHER };

  test('hang below one connection; one that has none in common any more has its own', async () => {
    const { account: one } = await accounts.put(CHANNEL, ID, { settings });
    const { account: two } = await accounts.put(CHANNEL, OTHER, { settings: other });
    expect(two.connectionId).toBe(one.connectionId);
    const changedSecret = { ...other, appSecret: 'app-secret-3' };
    const { account: apart } = await accounts.put(CHANNEL, OTHER, { settings: changedSecret });
    expect(apart.connectionId).not.toBe(one.connectionId);
    const endpoint = accounts.connectionOf(apart).endpoint;
    const { account: again } = await accounts.put(CHANNEL, OTHER, {
      settings: { ...other, appSecret: 'app-secret-2' },
    });
    expect(again.connectionId).toBe(one.connectionId);
    expect(called(accounts, endpoint)).toEqual([one, again]);
  });

  test('that an earlier release kept apart are joined at the start, with their URLs and what waits to be read', async () => {
    const { account: one } = await accounts.put(CHANNEL, ID, { settings });
    const { account: two } = await accounts.put(CHANNEL, OTHER, { settings: other });
    await ledger.write(async ({ db }) => {
      const row = { id: 'cnn_of_two', connector: CHANNEL, endpoint: 'old-url', createdAt: 1, updatedAt: 1 };
      await db.insertInto('connections').values(row).execute();
      await db.insertInto('endpoints').values({ endpoint: 'old-url', connectionId: row.id }).execute();
      await db.updateTable('accounts').set({ connectionId: row.id }).where('id', '=', two.id).execute();
      const receipt = { connectionId: row.id, receivedAt: 1, request: '{}', body: Buffer.from('b'), digest: '' };
      await db
        .insertInto('receipts')
        .values({ ...receipt, processedAt: null })
        .execute();
    });
    promised.length = 0;
    const known = await load(ledger);
    const [first, second] = known.list();
    expect(first?.connectionId).toBe(second?.connectionId);
    for (const endpoint of [accounts.connectionOf(one).endpoint, 'old-url']) {
      expect(called(known, endpoint)?.map(({ id }) => id)).toEqual([one.id, two.id]);
    }
    const waiting = await ledger.reader.selectFrom('receipts').select('connectionId').execute();
    expect(waiting).toEqual([{ connectionId: first?.connectionId }]);
    expect(promised).toEqual([`normalize:${first?.connectionId}`]);
  });

  test('are found by the connection that another one took in, also by a process that did not hear of it', async () => {
    await accounts.put(CHANNEL, ID, { settings });
    const { account: apart } = await accounts.put(CHANNEL, OTHER, {
      settings: { ...other, appSecret: 'app-secret-3' },
    });
    const stale = await load(ledger);
    const { account: joined } = await accounts.put(CHANNEL, OTHER, { settings: other });
    expect(joined.connectionId).not.toBe(apart.connectionId);
    expect(accounts.connections.find(apart.connectionId)).toBe(accounts.connectionOf(joined));
    const removed = await stale.remove(apart.id);
    expect(removed?.connectionId).toBe(joined.connectionId);
    expect(stale.connectionOf(removed as LiveAccount).id).toBe(joined.connectionId);
    expect(await accounts.remove(apart.id)).toBeUndefined();
  });

  test.each<[string, string[], string[][]]>([
    ['leaves and comes back, as when two people save it with what they know', ['old'], [['new'], ['old']]],
    ['holds others together and does not', ['old', 'new'], [['old'], ['old', 'new']]],
  ])('that %s makes no more connections each time', async (_name, first, turns) => {
    const put = (id: string, appSecret: string[]) =>
      accounts.put(CHANNEL, id, { settings: { ...settings, phoneNumberId: id, appSecret } });
    await put(ID, ['old']);
    await put(OTHER, first);
    await put('3333333333', first.slice(-1));
    const stored = () => ledger.reader.selectFrom('connections').select('id').execute();
    const told = new Set<string>();
    for (let i = 0; i < 10; i++) {
      for (const turn of turns) await put(OTHER, turn);
      for (const account of accounts.list()) told.add(accounts.connectionOf(account).endpoint);
    }
    expect((await stored()).length).toBeLessThanOrEqual(2);
    expect(told.size).toBeLessThanOrEqual(2);
  });

  test('without any secret each has a connection of its own', async () => {
    const bare = ({ appSecret: _, ...rest }: Record<string, unknown>) => rest;
    const { account: one } = await accounts.put(CHANNEL, ID, { settings: bare(settings) });
    const { account: two } = await accounts.put(CHANNEL, OTHER, { settings: bare(other) });
    expect(one.connectionId).not.toBe(two.connectionId);
  });
});
