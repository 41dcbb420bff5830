/** Whatever is saved and deleted, in whichever order and by however many processes: accounts stand together by their secrets alone. */
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { Accounts } from '../../service/src/connectors/accounts.ts';
import type { RawRequest } from '../../service/src/connectors/connector.ts';
import type { LiveAccount } from '../../service/src/connectors/live.ts';
import { makeIds } from '../../service/src/core/ids.ts';
import { parseEncryptionKeys, SecretBox } from '../../service/src/platform/secret-box.ts';
import type { Ledger } from '../../service/src/store/ledger.ts';
import { manualClock } from '../sandbox/kit/clock.ts';

const CHANNEL = 'messenger';
const PAGES = ['1', '2', '3', '4'] as const;
const SECRETS = ['red', 'green', 'blue'] as const;

/** A Page is saved with these secrets, and perhaps with its application's id; with no secret it is deleted. */
interface Change {
  page: string;
  secrets: string[];
  appId: string | undefined;
}

const change: fc.Arbitrary<Change> = fc.record({
  page: fc.constantFrom(...PAGES),
  secrets: fc.subarray([...SECRETS], { minLength: 0, maxLength: 2 }),
  appId: fc.constantFrom(undefined, '11', '22'),
});

const sealer = new SecretBox(parseEncryptionKeys(`first:${'ab'.repeat(32)}`));

/** Makes an `Accounts` for each process. */
function processes(ledgers: readonly Ledger[]): Promise<Accounts[]> {
  const clock = manualClock(1_750_000_000_000);
  const outbox = { enqueue: async () => undefined };
  return Promise.all(ledgers.map((ledger) => Accounts.load({ ledger, sealer, clock, ids: makeIds(clock), outbox })));
}

async function make(accounts: Accounts, { page, secrets, appId }: Change): Promise<void> {
  if (secrets.length > 0) {
    const settings = { pageId: page, pageAccessToken: 'token', appSecret: secrets, appId };
    await accounts.put(CHANNEL, page, { settings });
    return;
  }
  const known = (await accounts.refreshed()).list().find(({ externalId }) => externalId === page);
  if (known) await accounts.remove(known.id);
}

const secretsOf = ({ channel, settings }: LiveAccount) => channel.connection(settings).secrets;

/** Groups accounts by the secrets that they share, be it by way of others. */
function together(accounts: readonly LiveAccount[]): string[][] {
  let groups: LiveAccount[][] = [];
  for (const account of accounts) {
    const isNear = (group: LiveAccount[]) =>
      group.some((other) => secretsOf(other).some((secret) => secretsOf(account).includes(secret)));
    const near = groups.filter(isNear);
    groups = [...groups.filter((group) => !near.includes(group)), [...near.flat(), account]];
  }
  return sorted(groups.map((group) => group.map(({ externalId }) => externalId)));
}

const sorted = (groups: string[][]) =>
  groups.map((group) => group.sort()).sort((a, b) => (String(a) < String(b) ? -1 : 1));

/** Groups accounts by the connection below which they hang. */
function below(accounts: Accounts): string[][] {
  const groups = new Map<string, string[]>();
  for (const account of accounts.list()) {
    const { id } = accounts.connectionOf(account);
    groups.set(id, [...(groups.get(id) ?? []), account.externalId]);
  }
  return sorted([...groups.values()]);
}

function signedBy(secret: string): RawRequest {
  const body = Buffer.from(JSON.stringify({ object: 'page', entry: [] }));
  const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
  return { method: 'POST', url: '', headers: { 'x-hub-signature-256': signature }, query: {}, body };
}

/** Lists the Pages that a webhook reaches that comes to a URL and is signed by a secret; undefined: it is refused. */
function reached(accounts: Accounts, endpoint: string, secret: string): string[] | undefined {
  const called = accounts.connections.byEndpoint(CHANNEL, endpoint);
  try {
    return called && accounts.connections.verify(called, signedBy(secret), 0).accounts.map((one) => one.externalId);
  } catch {
    return undefined;
  }
}

/**
 * Holds `accounts` to what must be true at any time: who shares secrets stands together, every URL that a Page was told (`told`) reaches it with any
 * secret that it has, and a secret that nobody has any more reaches nobody.
 */
function holds(accounts: Accounts, told: ReadonlyMap<string, ReadonlySet<string>>): void {
  expect(below(accounts)).toEqual(together(accounts.list()));
  for (const account of accounts.list()) {
    for (const endpoint of told.get(account.externalId) ?? []) {
      for (const secret of secretsOf(account))
        expect(reached(accounts, endpoint, secret)).toContain(account.externalId);
    }
  }
  const unknown = SECRETS.filter((secret) => !accounts.list().some((one) => secretsOf(one).includes(secret)));
  for (const endpoint of [...told.values()].flatMap((all) => [...all])) {
    for (const secret of unknown) expect(reached(accounts, endpoint, secret)).toBeUndefined();
  }
}

export function describePlacement(name: string, open: () => Promise<Ledger[]>, numRuns: number): void {
  test(`accounts stand together by their secrets, at every URL they were told: ${name}`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(change, { minLength: 1, maxLength: 3 }), { maxLength: 8 }), async (rounds) => {
        const all = await processes(await open());
        const told = new Map<string, Set<string>>(PAGES.map((page) => [page, new Set()]));
        for (const changes of rounds) {
          await Promise.all(changes.map((one, i) => make(all[i % all.length] as Accounts, one)));
          for (const accounts of all) {
            await accounts.refreshed();
            for (const account of accounts.list()) {
              told.get(account.externalId)?.add(accounts.connectionOf(account).endpoint);
            }
            holds(accounts, told);
          }
          expect(below(all.at(-1) as Accounts)).toEqual(below(all[0] as Accounts));
        }
      }),
      { numRuns },
    );
  });
}
