import { Connections } from '../../service/src/connectors/connections.ts';
import type { Removal } from '../../service/src/connectors/connector.ts';
import type { LiveAccount, LiveConnection } from '../../service/src/connectors/live.ts';
import { Provisioning } from '../../service/src/connectors/provisioning.ts';
import { findChannel } from '../../service/src/channels/registry.ts';
import { ParleyError } from '../../service/src/core/errors.ts';
import { answering } from '../conformance/fake-io.ts';

const { io } = answering(() => new Error('nobody is to be asked'));
const LOCAL = 'http://127.0.0.1:3000';
const PUBLIC = 'https://parley.example';

interface Own {
  application?: string;
}

type Provision = (url: string) => Promise<unknown>;

function accountOf(provision?: Provision, remove?: (removal: Removal<unknown>) => Promise<unknown>): LiveAccount {
  const power = provision && { provisioning: { provision, remove } };
  const channel = { id: 'c', name: 'C', connection: ({ application }: Own) => ({ key: '', application }), ...power };
  return { id: 'acc', connectionId: 'cnn', settings: { application: 'A' }, channel } as unknown as LiveAccount;
}

const others = [{ settings: { of: 'another' } }] as unknown as LiveAccount[];

function provisioning(publicUrl: string | undefined, left = others, parted: [string, string][] = []): Provisioning {
  const connections = new Connections();
  const dates = { createdAt: 0, updatedAt: 0 };
  const rows = ['end', 'of A', 'of B', 'far'].map((endpoint) => {
    const id = endpoint === 'end' ? 'cnn' : endpoint;
    return { id, connector: 'whatsapp', endpoint, learned: null, mergedInto: null, ...dates };
  });
  const endpoints = rows.map(({ id, endpoint }) => ({ endpoint, connectionId: id }));
  connections.store(rows, [{ endpoint: 'former', connectionId: 'cnn' }, ...endpoints], () => ({}));
  for (const [application, connectionId] of parted) {
    const channel = { ...findChannel('whatsapp'), connection: accountOf().channel.connection };
    const own = { id: connectionId, connectionId, former: null, settings: { application, phoneNumberId: '1' } };
    connections.attach({ ...own, channel } as unknown as LiveAccount);
  }
  connections.link(['of A', 'of B'].map((intoId) => ({ fromId: 'cnn', intoId })));
  const connection = { ...connections.find('cnn'), accounts: left } as LiveConnection;
  const accounts = { connectionOf: () => connection, connections, learn: async () => ({}) };
  return new Provisioning({ accounts, io, publicUrl, localUrl: () => LOCAL });
}

test.each([
  [PUBLIC, `${PUBLIC}/webhooks/c/end`],
  [undefined, `${LOCAL}/webhooks/c/end`],
])('with the public URL %s webhooks come to %s', (publicUrl, url) => {
  expect(provisioning(publicUrl).webhookUrl(accountOf())).toBe(url);
});

test('a channel is pointed at the public address and its steps are told', async () => {
  const told: string[] = [];
  const steps = [{ step: 'webhook', ok: true }];
  const account = accountOf(async (url) => {
    told.push(url);
    return steps;
  });
  expect(await provisioning(PUBLIC).provision(account)).toEqual(steps);
  expect(told).toEqual([`${PUBLIC}/webhooks/c/end`]);
});

test('without a public address the provider is asked nothing, and it is said what to set', async () => {
  const account = accountOf(async () => {
    throw new Error('asked');
  });
  const [step] = await provisioning(undefined).provision(account);
  expect(step).toMatchObject({ ok: false, blocking: true, detail: expect.stringContaining('PARLEY_PUBLIC_URL') });
});

test('of a channel that lets nobody set its webhook it is said what to enter by hand', async () => {
  const detail = expect.stringContaining(`enter ${PUBLIC}/webhooks/c/end there by hand`);
  expect(await provisioning(PUBLIC).provision(accountOf())).toEqual([
    { step: 'webhook', ok: false, blocking: true, detail },
  ]);
  const [step] = await provisioning(undefined).provision(accountOf());
  expect(step).toMatchObject({ ok: false, blocking: true, detail: expect.stringContaining('PARLEY_PUBLIC_URL') });
});

test('an address that may not be called is a step that failed; a defect stays one', async () => {
  const failing = (error: Error) => provisioning(PUBLIC).provision(accountOf(() => Promise.reject(error)));
  const [step] = await failing(new ParleyError(400, 'forbidden_url', 'The address is private'));
  expect(step).toMatchObject({ ok: false, blocking: true, detail: 'The address is private' });
  await expect(failing(new TypeError('a defect'))).rejects.toThrow('a defect');
});

const nothing = async () => [];

test('of an account that goes, the channel is told every URL of its connection, and who is left below it', async () => {
  const told: unknown[] = [];
  const steps = [{ step: 'webhook', ok: true }];
  const account = accountOf(nothing, async (removal) => {
    told.push(removal);
    return steps;
  });
  expect(await provisioning(PUBLIC).remove(account)).toEqual(steps);
  const webhookUrls = [`${PUBLIC}/webhooks/c/end`, `${PUBLIC}/webhooks/c/former`];
  expect(told).toEqual([{ webhookUrls, others: [{ of: 'another' }] }]);
});

test('accounts of the same application that parted from it are among those who are left, with their URLs', async () => {
  const told: Removal<unknown>[] = [];
  const account = accountOf(nothing, async (removal) => (told.push(removal), []));
  const parted: [string, string][] = [
    ['A', 'of A'],
    ['B', 'of B'],
    ['A', 'far'],
  ];
  await provisioning(PUBLIC, [], parted).remove(account);
  const webhookUrls = ['end', 'former', 'of A'].map((endpoint) => `${PUBLIC}/webhooks/c/${endpoint}`);
  expect(told).toEqual([{ webhookUrls, others: [{ application: 'A', phoneNumberId: '1' }] }]);
});

test.each([
  ['a channel that takes nothing back', accountOf(nothing)],
  ['a channel whose webhook was entered by hand', accountOf()],
])('%s: it is said what stays, once nobody answers there any more', async (_name, account) => {
  expect(await provisioning(PUBLIC).remove(account)).toEqual([]);
  const [step] = await provisioning(PUBLIC, []).remove(account);
  expect(step).toMatchObject({ ok: false, detail: expect.stringContaining(`${PUBLIC}/webhooks/c/end`) });
});

test('nothing is taken back where nothing was set up', async () => {
  const remove = () => Promise.reject(new Error('asked'));
  expect(await provisioning(undefined).remove(accountOf(nothing, remove))).toEqual([]);
  expect(await provisioning(undefined, []).remove(accountOf())).toEqual([]);
});
