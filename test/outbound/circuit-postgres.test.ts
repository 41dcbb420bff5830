/** The circuit of an account, where several processes send through it. */
import { SendError } from '../../service/src/core/errors.ts';
import { systemClock } from '../../service/src/core/clock.ts';
import { watchedClock } from '../../service/src/core/watched-clock.ts';
import { eventually } from '../support/eventually.ts';
import { postgresLedgers } from '../support/postgres-ledgers.ts';
import { OutboundFixture } from './fixture.ts';

const { openMany } = postgresLedgers();
const fixtures: OutboundFixture[] = [];

afterEach(async () => {
  for (const fixture of fixtures.splice(0)) await fixture.stop();
});

test('one alert is raised by all of them, and a change made in one lets all go on, each message once', async () => {
  for (const ledger of await openMany(2))
    fixtures.push(await new OutboundFixture(ledger, { clock: watchedClock(systemClock) }).start());
  const [one, other] = fixtures as [OutboundFixture, OutboundFixture];
  await one.account('1');
  let works = false;
  for (const fixture of fixtures) {
    const take = fixture.answer;
    fixture.answer = (call) => {
      if (!works) throw new SendError('settings', 'The token expired');
      return take(call);
    };
  }
  const sends = Array.from({ length: 30 }, (_, n) => one.send('1', `+1555000${String(1_000 + n)}`));
  const ids = (await Promise.all(sends)).map(({ id }) => id);
  const { reader } = one.ledger;
  await eventually(async () => {
    const [account] = await reader.selectFrom('accounts').select('pausedAt').execute();
    return account?.pausedAt;
  }, 'the account to be paused');
  const queued = reader.selectFrom('messages').select('id').where('status', '=', 'queued');
  expect(await queued.execute()).toHaveLength(ids.length);
  works = true;
  const before = one.calls.length + other.calls.length;
  await one.account('1');
  for (const id of ids) await one.reaches(id, 'sent');
  expect(one.calls.length + other.calls.length - before).toBe(ids.length);
  const events = await reader.selectFrom('events').select('type').where('type', 'like', 'account.%').execute();
  expect(events.map(({ type }) => type)).toEqual(['account.alert', 'account.changed']);
}, 60_000);
