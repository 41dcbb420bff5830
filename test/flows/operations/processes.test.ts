/** Real processes over one PostgreSQL and one Redis: together they keep what one alone keeps. */
import type { Account, MessageView } from '../../../contract/api.ts';
import type { ParleyEvent } from '../../../contract/event.ts';
import { startWhatsAppSandbox, type WhatsAppSandbox } from '../../sandbox/whatsapp/sandbox.ts';
import { ACCOUNT, ANA, BEN, sandboxSettings } from '../../support/app.ts';
import { databases } from '../../support/databases.ts';
import { keysAnd } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import { query } from '../../support/postgres.ts';
import { startReceiver, type Receiver } from '../../support/receiver.ts';
import type { RedisServer } from '../../support/redis.ts';
import { sharedRedis } from '../../support/shared-servers.ts';
import { closeProcesses, makeServiceProcess, type ServiceProcess } from '../../support/service-process.ts';

type Role = 'all' | 'web' | 'worker';

const { empty } = databases();
let redis: RedisServer;
let sandbox: WhatsAppSandbox;
let workflow: Receiver;
let url: string;

beforeEach(async () => {
  redis = await sharedRedis();
  sandbox = await startWhatsAppSandbox({ throughputPerSecond: null, limitPairRate: false });
  workflow = await startReceiver();
  url = await empty();
});
afterEach(async () => {
  await closeProcesses();
  await workflow.close();
  await sandbox.close();
});

async function startProcesses(...roles: Role[]): Promise<ServiceProcess[]> {
  const keys = keysAnd(url, redis.url);
  const processes: ServiceProcess[] = [];
  for (const role of roles) {
    const one = await makeServiceProcess({ ...keys, PARLEY_ROLE: role });
    await one.start();
    processes.push(one);
  }
  return processes;
}

/** The account is put and the workflow subscribed at the first; webhooks go to the last that takes them. */
async function register(processes: readonly ServiceProcess[], webhooksTo: ServiceProcess): Promise<void> {
  const [first] = processes as [ServiceProcess];
  const path = `/v1/accounts/whatsapp/${ACCOUNT.externalId}`;
  const { body } = await first.call('PUT', path, { settings: sandboxSettings(sandbox) });
  const events = ['message.received', 'message.status'];
  await first.call('POST', '/v1/subscriptions', { url: workflow.url, events, account: ACCOUNT, maxBatch: 5 });
  sandbox.subscribe(webhooksTo.url + new URL((body as Account).webhookUrl).pathname);
}

async function send(by: ServiceProcess, to: string, text: string): Promise<string> {
  const body = { account: ACCOUNT, to: `+${to}`, content: { type: 'text', text } };
  const answer = await by.call('POST', '/v1/messages', body, { 'idempotency-key': `${to} ${text}` });
  expect(answer.status).toBe(202);
  return (answer.body as { id: string }).id;
}

const message = async (by: ServiceProcess, id: string) =>
  (await by.call('GET', `/v1/messages/${id}`)).body as MessageView;
const textOf = ({ message: said }: ParleyEvent) => (said?.content as { text?: string }).text;
const sentTo = (to: string) =>
  sandbox.listReceivedMessages().flatMap(({ body }) => {
    const { to: whom, text } = body as { to?: string; text?: { body?: string } };
    return whom?.replace('+', '') === to ? [text?.body] : [];
  });
const jobsLeft = async () =>
  (await query(url, "select * from jobs where kind not in ('maintenance', 'settle')")).length;

test.each<[string, Role[]]>([
  ['two that do everything', ['all', 'all']],
  ['one for the web and two that work', ['web', 'worker', 'worker']],
])(
  '%s: all that is said arrives once and in order, whoever is told',
  async (_name, roles) => {
    const processes = await startProcesses(...roles);
    const webs = processes.filter((_, i) => roles[i] !== 'worker');
    await register(processes, webs.at(-1) as ServiceProcess);
    const people = [ANA, BEN];
    const texts = Array.from({ length: 12 }, (_, i) => `text ${i}`);
    await Promise.all(people.map((from) => sandbox.customer.sends({ from, text: 'hello' })));
    await workflow.took(2, 'message.received');
    await Promise.all([
      ...people.map(async (from) => {
        for (const text of texts) await sandbox.customer.sends({ from, text });
      }),
      ...people.map(async (to) => {
        for (const [i, text] of texts.entries()) await send(webs[i % webs.length] as ServiceProcess, to, text);
      }),
    ]);
    const all = people.length * texts.length;
    await eventually(() => sandbox.listReceivedMessages().length >= all, 'all sends');
    await workflow.took(all + 2, 'message.received');
    await eventually(async () => (await jobsLeft()) === 0, 'all work to be done');
    for (const person of people) {
      expect(sentTo(person)).toEqual(texts);
      const events = new Map(workflow.taken().map((event) => [event.id, event]));
      const own = [...events.values()].filter(({ contact }) =>
        contact?.identities.some((one) => one.address === person),
      );
      expect(own.filter(({ type }) => type === 'message.received').map(textOf)).toEqual(['hello', ...texts]);
    }
    for (const one of processes) expect(one.output).not.toMatch(/"level":(50|60|"error"|"fatal")/);
  },
  60_000,
);

test('what one is told, the others know at once: accounts, their new settings, their end, subscriptions', async () => {
  const [one, two] = (await startProcesses('all', 'all')) as [ServiceProcess, ServiceProcess];
  await register([one], two);
  // Not known to the second when it started: neither the account nor who listens.
  const { delivery } = await sandbox.customer.sends({ from: ANA, text: 'hello' });
  expect((await delivery?.done)?.outcome).toBe('delivered');
  await workflow.took(1, 'message.received');
  const id = await send(two, ANA, 'hello yourself');
  await eventually(async () => (await message(one, id)).status === 'read', 'the message to be read');
  const path = `/v1/accounts/whatsapp/${ACCOUNT.externalId}`;
  const settings = sandboxSettings(sandbox, { verifyToken: 'another one' });
  const changed = (await one.call('PUT', path, { settings })).body as Account;
  const handshake = `hub.mode=subscribe&hub.verify_token=another%20one&hub.challenge=42`;
  const endpoint = `${two.url}${new URL(changed.webhookUrl).pathname}`;
  const answered = async (status: number) => (await fetch(`${endpoint}?${handshake}`)).status === status;
  await eventually(() => answered(200), 'the second to know the new settings', 3_000);
  expect((await one.call('DELETE', `/v1/accounts/${changed.id}`)).status).toBe(200);
  await eventually(() => answered(404), 'the second to know that the account is gone', 3_000);
}, 60_000);

test('one that is killed in the middle of its sends: another one finishes them, and asks nobody twice', async () => {
  const [web, first, second] = (await startProcesses('web', 'worker', 'worker')) as [
    ServiceProcess,
    ServiceProcess,
    ServiceProcess,
  ];
  await register([web], web);
  await sandbox.customer.sends({ from: ANA, text: 'hello' });
  await workflow.took(1, 'message.received');
  await second.end('SIGTERM');
  sandbox.settings.autoStatuses = [];
  sandbox.faults.next({ kind: 'slow', delayMs: 2_000 });
  const ids = [await send(web, ANA, 'one'), await send(web, ANA, 'two'), await send(web, ANA, 'three')];
  await eventually(() => sandbox.faults.pending() === 0, 'the first call');
  await first.end('SIGKILL');
  await second.start();
  await eventually(async () => (await message(web, ids[2] as string)).status === 'sent', 'the last to be sent', 60_000);
  const statuses = await Promise.all(ids.map(async (id) => (await message(web, id)).status));
  expect(statuses).toEqual(['uncertain', 'sent', 'sent']);
  expect(ids.map((id) => sandbox.acceptedCountFor(id)).slice(1)).toEqual([1, 1]);
  expect(sandbox.acceptedCountFor(ids[0] as string)).toBeLessThanOrEqual(1);
}, 100_000);
