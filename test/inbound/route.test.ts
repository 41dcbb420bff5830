/** Whom the facts of a webhook are for, among the accounts below one connection. */
import fc from 'fast-check';
import type { ChannelEvent } from '../../service/src/channels/channel.ts';
import { Connections } from '../../service/src/connectors/connections.ts';
import type { RawRequest, SettingsOf } from '../../service/src/connectors/connector.ts';
import type { LiveAccount, LiveConnection } from '../../service/src/connectors/live.ts';
import { findChannel } from '../../service/src/channels/registry.ts';
import { route } from '../../service/src/inbound/route.ts';

const REQUEST = { method: 'POST', url: '', headers: {}, query: {}, body: Buffer.alloc(0) } satisfies RawRequest;
const ROW = {
  id: 'cnn',
  connector: 'messenger',
  endpoint: 'e',
  learned: null,
  mergedInto: null,
  createdAt: 0,
  updatedAt: 0,
};

/** How often the webhook was read. */
let readings: number;

interface Own {
  addresses: string[];
}

/** Accounts `acc_0`, `acc_1`, … with these addresses; each reads a webhook of `told` facts by its own eyes. */
function connectionOf(addresses: string[][], told: (string | string[] | undefined)[]): LiveConnection {
  readings = 0;
  const channel = {
    ...findChannel('messenger'),
    addresses: (settings: unknown) => (settings as Own).addresses,
    connection: () => ({ key: '', secrets: [] }),
    parse: (_request: RawRequest, settings: unknown, settingsOf: SettingsOf<unknown> = () => undefined) => {
      readings += 1;
      return told.map((address, i) => ({
        ...{ type: 'unsupported' as const, dedupeKey: String(i), raw: null },
        ...(address !== undefined && { address }),
        data: { reason: JSON.stringify(settingsOf([address ?? []].flat()) ?? settings) },
      })) as unknown as ChannelEvent[];
    },
  };
  const connections = new Connections();
  connections.store([ROW], [], () => ({}));
  addresses.forEach((own, i) => {
    const account = { id: `acc_${i}`, connectionId: 'cnn', former: null, channel, settings: { addresses: own } };
    connections.attach(account as unknown as LiveAccount);
  });
  return { ...(connections.find('cnn') as LiveConnection), channel };
}

const routed = (addresses: string[][], ...told: (string | string[] | undefined)[]) => {
  const { targets, strays } = route(connectionOf(addresses, told), REQUEST);
  return { heard: targets.map(({ account, event }) => `${event.dedupeKey} by ${account.id}`), strays };
};

test("an address of another connection is nobody's here, whatever may be anybody's", () => {
  const connection = connectionOf(
    [['a', 'any']],
    [
      ['b', 'any'],
      ['c', 'any'],
    ],
  );
  const { targets, strays } = route(connection, REQUEST, (address) => address === 'b');
  expect(targets.map(({ event }) => event.dedupeKey)).toEqual(['1']);
  expect(strays).toEqual(['b']);
});

test.each<[string, string[][], (string | string[] | undefined)[], string[], string[]]>([
  ['its one account', [['a']], ['a'], ['0 by acc_0'], []],
  ['another account', [['a'], ['b']], ['b'], ['0 by acc_1'], []],
  [
    'several that share an address',
    [
      ['a', 'w'],
      ['b', 'w'],
    ],
    ['w'],
    ['0 by acc_0', '0 by acc_1'],
    [],
  ],
  ['the first address that anybody has', [['a'], ['s']], [['x', 's', 'a']], ['0 by acc_1'], []],
  ['the oldest, when it is about the connection', [['a'], ['b']], [undefined], ['0 by acc_0'], []],
  ['nobody here', [['a']], ['b', 'c', 'b', 'a'], ['3 by acc_0'], ['b', 'c']],
  ['nobody at all any more', [], ['a'], [], ['']],
])('a fact is for %s', (_name, addresses, told, heard, strays) => {
  expect(routed(addresses, ...told)).toEqual({ heard, strays });
});

/** Who hears of it when something happens to these WABAs; accounts `acc_1`, `acc_2`, … know theirs or not. */
function heardOfWabas(channelId: 'whatsapp' | 'dialog360', known: (string | undefined)[], ...wabas: string[]) {
  const channel = findChannel(channelId);
  const connections = new Connections();
  connections.store([{ ...ROW, connector: channelId }], [], () => ({}));
  known.forEach((wabaId, i) => {
    const settings = { phoneNumberId: String(i + 1), wabaId };
    connections.attach({
      id: `acc_${i + 1}`,
      connectionId: 'cnn',
      former: null,
      channel,
      settings,
    } as unknown as LiveAccount);
  });
  const change = { field: 'account_alerts', value: { alert_type: 'OBA_APPROVED' } };
  const entry = wabas.map((id) => ({ id, time: 1_739_321_024, changes: [change] }));
  const body = Buffer.from(JSON.stringify({ object: 'whatsapp_business_account', entry }));
  const { targets, strays } = route(connections.find('cnn') as LiveConnection, { ...REQUEST, body });
  return {
    heard: targets.map(({ account, event }) => `${(event.raw as typeof change).field} by ${account.id}`),
    strays,
  };
}

describe.each(['whatsapp', 'dialog360'] as const)('what happens to a WABA of %s', (channelId) => {
  test.each<[string, (string | undefined)[], string[], string[], string[]]>([
    ['the account that knows it', [undefined, '222'], ['222'], ['acc_2'], []],
    ['the account that knows none, when nobody knows it', ['222', undefined], ['333'], ['acc_2'], []],
    ['each its own', [undefined, '222', '333'], ['333', '222', '444'], ['acc_1', 'acc_2', 'acc_3'], []],
    ['the one account there is, though it knows none', [undefined], ['222'], ['acc_1'], []],
    ['nobody here, when all know another', ['222'], ['333'], [], ['waba:333']],
  ])('is for %s', (_name, known, wabas, accounts, strays) => {
    const { heard, strays: left } = heardOfWabas(channelId, known, ...wabas);
    expect(heard.sort()).toEqual(accounts.map((id) => `account_alerts by ${id}`));
    expect(left).toEqual(strays);
  });
});

test('what a Page does by itself is for that Page, also when an older one reads it first', () => {
  const channel = findChannel('messenger');
  const connections = new Connections();
  connections.store([ROW], [], () => ({}));
  for (const pageId of ['1001', '1002']) {
    const settings = { pageId, inboxAppId: '1' };
    connections.attach({
      id: `acc_${pageId}`,
      connectionId: 'cnn',
      former: null,
      channel,
      settings,
    } as unknown as LiveAccount);
  }
  const reaction = { mid: 'm_1', action: 'react', emoji: '❤' };
  const messaging = [{ sender: { id: '1002' }, recipient: { id: '24681' }, timestamp: 1_739_321_024_000, reaction }];
  const body = Buffer.from(JSON.stringify({ object: 'page', entry: [{ id: '1002', messaging }] }));
  const { targets, strays } = route(connections.find('cnn') as LiveConnection, { ...REQUEST, body });
  expect(targets.map(({ account }) => account.id)).toEqual(['acc_1002']);
  expect(strays).toEqual([]);
});

test('a webhook is read once, however many accounts it is for', () => {
  const names = Array.from({ length: 200 }, (_, i) => `account ${i}`);
  const connection = connectionOf(
    names.map((name) => [name]),
    names,
  );
  expect(route(connection, REQUEST).targets).toHaveLength(200);
  expect(readings).toBe(1);
});

test('what is for an account is read with its own settings', () => {
  const { targets } = route(connectionOf([['a'], ['b']], ['a', 'b']), REQUEST);
  for (const { account, event } of targets) {
    expect(event).toMatchObject({ data: { reason: JSON.stringify(account.settings) } });
  }
});

test('every fact is heard or kept, in order for each account', () => {
  const address = fc.constantFrom('a', 'b', 'c', 'd');
  const accounts = fc.array(fc.uniqueArray(address, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 4 });
  const told = fc.array(fc.oneof(address, fc.array(address, { minLength: 1, maxLength: 2 }), fc.constant(undefined)));
  fc.assert(
    fc.property(accounts, told, (own, facts) => {
      const { targets, strays } = route(connectionOf(own, facts), REQUEST);
      facts.forEach((fact, i) => {
        const isHeard = targets.some(({ event }) => event.dedupeKey === String(i));
        expect(isHeard || strays.includes([fact ?? []].flat()[0] ?? '')).toBe(true);
      });
      for (const { id } of new Set(targets.map(({ account }) => account))) {
        const keys = targets.filter(({ account }) => account.id === id).map(({ event }) => Number(event.dedupeKey));
        expect(keys).toEqual([...keys].sort((a, b) => a - b));
        expect(new Set(keys).size).toBe(keys.length);
      }
    }),
  );
});
