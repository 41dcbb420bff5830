/** Connections as the webhook path asks for them: what it costs must not grow with how many there are. */
import { jest } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { Connections } from '../../service/src/connectors/connections.ts';
import type { RawRequest } from '../../service/src/connectors/connector.ts';
import type { LiveAccount, LiveConnection } from '../../service/src/connectors/live.ts';
import { findChannel } from '../../service/src/channels/registry.ts';

const MANY = 1_000;
/** Secrets that a webhook may be tried with: that of the connection called, and those of a few others. */
const FEW = 9;
const channel = findChannel('messenger');
const secretOf = (i: number) => `secret ${i}`;

afterEach(() => jest.restoreAllMocks());

interface Given {
  /** Of which connection; default: its own. */
  below?: number;
  /** From which it moved. */
  from?: number;
  movedAt?: number;
  updatedAt?: number;
  secret?: string;
}

const connectionId = (i: number) => `cnn_${i}`;

function accountOf(i: number, given: Given = {}): LiveAccount {
  const { below = i, from, movedAt = 0, updatedAt = i, secret = secretOf(below) } = given;
  return {
    id: `acc_${String(i).padStart(6, '0')}`,
    channel,
    connectionId: connectionId(below),
    former: from === undefined ? null : { connectionId: connectionId(from), until: movedAt },
    settings: { pageId: String(i), appSecret: secret },
    updatedAt,
  } as LiveAccount;
}

/** Connections `cnn_0`, `cnn_1`, … at the endpoints `e0`, `e1`, …, with these accounts, changed one after the other. */
function connectionsOf(count: number, accounts: readonly LiveAccount[]): Connections {
  const connections = new Connections();
  const dates = { createdAt: 0, updatedAt: 0 };
  const rows = Array.from({ length: count }, (_, i) => {
    return { id: connectionId(i), connector: channel.id, endpoint: `e${i}`, learned: null, mergedInto: null, ...dates };
  });
  const endpoints = rows.map(({ id, endpoint }) => ({ endpoint, connectionId: id }));
  connections.store(rows, endpoints, () => ({}));
  for (const account of accounts) connections.attach(account);
  connections.link(
    accounts.flatMap(({ connectionId: intoId, former }) =>
      former === null ? [] : [{ fromId: former.connectionId, intoId }],
    ),
  );
  return connections;
}

const each = (count: number) => Array.from({ length: count }, (_, i) => accountOf(i));
const calledAt = (connections: Connections, i: number) => connections.byEndpoint(channel.id, `e${i}`) as LiveConnection;

function signedBy(secret: string): RawRequest {
  const body = Buffer.from(JSON.stringify({ object: 'page', entry: [] }));
  const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
  return { method: 'POST', url: '', headers: { 'x-hub-signature-256': signature }, query: {}, body };
}

const verified = (connections: Connections, at: number, secret: string) =>
  connections.verify(calledAt(connections, at), signedBy(secret), 0).id;

test('a webhook that nobody signed is tried with few secrets, however many connections there are', () => {
  const connections = connectionsOf(MANY, each(MANY));
  const verify = jest.spyOn(channel, 'verify');
  expect(() => verified(connections, 0, 'of nobody')).toThrow('The signature does not fit the body.');
  expect(verify.mock.calls.length).toBeLessThanOrEqual(FEW);
});

test.each<[string, Given[], number]>([
  ['went away from the one called, long before others changed', [{ below: 0 }, { below: 1, from: 0 }], 0],
  ['went away from others that had', [{ below: 0 }, { below: 1, from: 0 }, { below: 2, from: 1 }], 0],
  ['stayed when those below the one called went', [{ below: 1 }, { below: 0, from: 1 }], 0],
])('one that is signed by the secret of accounts that %s is known', (_, given, at) => {
  const early = given.map((one, i) => accountOf(i, { ...one, updatedAt: 0 }));
  const later = each(MANY).slice(early.length);
  const connections = connectionsOf(MANY, [...early, ...later]);
  const other = early.at(-1)?.connectionId === connectionId(at) ? 1 : early.length - 1;
  expect(verified(connections, at, secretOf(other))).toBe(connectionId(other));
});

test('one that is signed by a secret that came in last is known', () => {
  expect(verified(connectionsOf(MANY, each(MANY)), 0, secretOf(MANY - 1))).toBe(connectionId(MANY - 1));
});

test('a pause of an account changes no order', () => {
  const connections = connectionsOf(MANY, each(MANY));
  for (const account of each(FEW * 2)) connections.attach({ ...account, perSecond: 80 }, account);
  expect(verified(connections, 0, secretOf(MANY - 1))).toBe(connectionId(MANY - 1));
});

test('the URL of a connection that all have left leads to those who went, else nowhere', () => {
  const connections = connectionsOf(3, [accountOf(0, { below: 1, from: 0 })]);
  expect(calledAt(connections, 0).id).toBe(connectionId(1));
  expect(verified(connections, 0, secretOf(1))).toBe(connectionId(1));
  expect(calledAt(connections, 2)).toBeUndefined();
});

test('whether an address is that of an account elsewhere is looked up, however many there are', () => {
  const connections = connectionsOf(MANY, each(MANY));
  const called = calledAt(connections, 0);
  const keys = jest.spyOn(channel, 'connection');
  expect(connections.hasElsewhere(called, String(MANY - 1))).toBe(true);
  expect(connections.hasElsewhere(called, 'nobody')).toBe(false);
  expect(connections.hasElsewhere(called, '0')).toBe(false);
  expect(keys.mock.calls.length).toBeLessThanOrEqual(FEW);
});

test('accounts that went since a webhook came are found, and no others', () => {
  const HOUR = 3_600_000;
  const gone = each(MANY)
    .slice(1)
    .map((_, i) => accountOf(i + 1, { from: 0, movedAt: i * HOUR }));
  const connections = connectionsOf(MANY, [accountOf(0), ...gone]);
  const now = (MANY - 4) * HOUR;
  expect(connections.findAt(connectionId(0), now)?.accounts.map(({ id }) => id)).toEqual(
    [0, MANY - 3, MANY - 2, MANY - 1].map((i) => accountOf(i).id),
  );
  expect(connections.findAt(connectionId(1), now)?.accounts).toHaveLength(1);
});

test('to read the accounts below a connection costs no more than to look at each', () => {
  const accounts = each(MANY).map((_, i) => accountOf(i, { below: 0 }));
  const addresses = jest.spyOn(channel, 'addresses');
  const keys = jest.spyOn(channel, 'connection');
  const connections = connectionsOf(1, accounts);
  const called = calledAt(connections, 0);
  expect(called.named.get(String(MANY - 1))).toEqual([accounts.at(-1)]);
  expect(called.proofs).toHaveLength(1);
  expect(addresses.mock.calls.length).toBeLessThanOrEqual(3 * MANY);
  expect(keys.mock.calls.length).toBeLessThanOrEqual(3 * MANY);
});
