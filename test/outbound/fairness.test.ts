/** Who is served when more waits than can be sent: every account, replies before campaigns, and campaigns all the same. */
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../../service/src/core/clock.ts';
import { watchedClock } from '../../service/src/core/watched-clock.ts';
import { eventually } from '../support/eventually.ts';
import { tempLedgers } from '../support/temp-ledger.ts';
import { OutboundFixture, type FixtureOptions } from './fixture.ts';

const open = tempLedgers();
const fixtures: OutboundFixture[] = [];

async function start(options: FixtureOptions = {}): Promise<OutboundFixture> {
  const fixture = await new OutboundFixture(await open(), { clock: watchedClock(systemClock), ...options }).start();
  fixtures.push(fixture);
  for (const account of ['1', '2']) await fixture.account(account);
  return fixture;
}

afterEach(async () => {
  for (const fixture of fixtures.splice(0)) await fixture.stop();
});

const person = (n: number) => `+1555${String(1_000_000 + n)}`;

async function many(fixture: OutboundFixture, account: string, count: number, purpose: 'reply' | 'campaign', from = 0) {
  const all = Array.from({ length: count }, (_, n) => n);
  for (let n = 0; n < count; n += 250)
    await Promise.all(all.slice(n, n + 250).map((i) => fixture.send(account, person(from + i), { purpose })));
}

test('a reply of one account goes within a second although another has 5,000 campaign messages to send', async () => {
  const fixture = await start({ capabilities: { throughput: { perSecond: 80 } } });
  const take = fixture.answer;
  fixture.answer = async (call) => {
    await pause(150);
    return take(call);
  };
  await many(fixture, '1', 5_000, 'campaign');
  const startedAt = performance.now();
  const { id } = await fixture.send('2', person(9_999));
  await eventually(() => fixture.calls.some(({ message }) => message.id === id), 'the reply to be sent');
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  const { id: own } = await fixture.send('1', person(9_998));
  const before = fixture.calls.length;
  await eventually(() => fixture.calls.some(({ message }) => message.id === own), 'the reply of the busy account');
  // Of one slot at most.
  expect(fixture.calls.findIndex(({ message }) => message.id === own) - before).toBeLessThan(16);
}, 120_000);

test('replies overtake campaigns, and a fifth is left to these', async () => {
  const fixture = await start({ capabilities: { throughput: { perSecond: 100 } } });
  const campaigns = new Set<string>();
  // So many that they last, however slow the machine promises the replies.
  const promised = Array.from({ length: 400 }, (_, n) => fixture.send('1', person(n), { purpose: 'campaign' }));
  for (const { id } of await Promise.all(promised)) campaigns.add(id);
  const from = fixture.calls.length;
  await many(fixture, '1', 120, 'reply', 1_000);
  await eventually(() => fixture.calls.length >= from + 100, 'most to be sent');
  // While both wait; the first few may have been on their way.
  const during = fixture.calls.slice(from + 20, from + 80).map(({ message }) => campaigns.has(message.id));
  const share = during.filter(Boolean).length / during.length;
  expect(share).toBeGreaterThanOrEqual(0.1);
  expect(share).toBeLessThanOrEqual(0.4);
}, 60_000);

test('an account whose provider hangs leaves room for the others', async () => {
  const fixture = await start();
  const take = fixture.answer;
  let release: () => void = () => undefined;
  const hanging = new Promise<void>((resolve) => (release = resolve));
  fixture.answer = async (call) => {
    if (call.account === '1') await hanging;
    return take(call);
  };
  await many(fixture, '1', 600, 'reply');
  await eventually(() => fixture.calls.length >= 100, 'many calls that hang');
  await many(fixture, '2', 300, 'reply', 5_000);
  const ofOther = () => fixture.calls.filter(({ account }) => account === '2').length;
  await eventually(() => ofOther() === 300, 'all of the other account');
  expect(fixture.calls.length - ofOther()).toBeLessThan(256);
  release();
}, 60_000);
