/** How much is sent into an outage, and how soon all goes on after it. */
import fc from 'fast-check';
import { SEND_ERROR_KINDS, SendError, type SendErrorKind } from '../../service/src/core/errors.ts';
import { Breaker } from '../../service/src/outbound/breaker.ts';
import { manualClock } from '../sandbox/kit/clock.ts';
import { eventually } from '../support/eventually.ts';
import { tempLedgers } from '../support/temp-ledger.ts';
import { OutboundFixture } from './fixture.ts';

const START = 1_750_000_000_000;
const SECOND = 1_000;
const LONGEST_MS = 30 * SECOND;
const PROBE_MS = 60 * SECOND;
const ACCOUNT = 'acc_1';
const errorOf = (kind: SendErrorKind) => new SendError(kind, 'The provider says so');

function breakerAt(clock = manualClock(START)) {
  const said: string[] = [];
  const log = {
    info: (_: object, text: string) => void said.push(text),
    warn: (_: object, text: string) => void said.push(text),
  };
  return { breaker: new Breaker({ clock, log }), clock, said };
}

test.each(SEND_ERROR_KINDS.map((kind) => [kind, kind === 'uncertain'] as const))(
  'an answer of the kind %s holds the others back: %s',
  (kind, holds) => {
    const { breaker } = breakerAt();
    breaker.answered(ACCOUNT, errorOf(kind));
    expect(breaker.probe(ACCOUNT) !== undefined).toBe(holds);
    expect(breaker.probe('acc_2')).toBeUndefined();
  },
);

test('what is about one message alone holds nothing back', () => {
  const { breaker } = breakerAt();
  breaker.answered(ACCOUNT, new SendError('uncertain', 'Who knows', { scope: 'message' }));
  expect(breaker.probe(ACCOUNT)).toBeUndefined();
});

test.each([
  ['accepted', 'goes on'],
  ...['session_closed', 'opted_out', 'rejected', 'throttled', 'settings'].map((kind) => [kind, 'goes on']),
  ...['uncertain', 'unreachable', 'unavailable'].map((kind) => [kind, 'waits longer']),
  ['invalid', 'is tried by another'],
])('when the probe is answered %s, the account %s', (kind, then) => {
  const { breaker, clock, said } = breakerAt();
  breaker.answered(ACCOUNT, errorOf('uncertain'));
  clock.advance(SECOND);
  expect(breaker.probe(ACCOUNT)).toBe(0);
  expect(breaker.probe(ACCOUNT)).toBe(PROBE_MS);
  breaker.answered(ACCOUNT, kind === 'accepted' ? kind : errorOf(kind as SendErrorKind));
  const waitMs = breaker.probe(ACCOUNT);
  expect(waitMs).toBe({ 'goes on': undefined, 'waits longer': 2 * SECOND, 'is tried by another': 0 }[then]);
  expect(said).toHaveLength(then === 'goes on' ? 2 : 1);
});

test('many that were under way together make it wait no longer than one', () => {
  const { breaker } = breakerAt();
  for (let n = 0; n < 50; n++) breaker.answered(ACCOUNT, errorOf('uncertain'));
  expect(breaker.probe(ACCOUNT)).toBe(SECOND);
});

test('a probe that was not made is made by the next, and one that nobody answers by another a minute later', () => {
  const { breaker, clock } = breakerAt();
  breaker.answered(ACCOUNT, errorOf('uncertain'));
  clock.advance(SECOND);
  breaker.probe(ACCOUNT);
  breaker.cancelProbe(ACCOUNT);
  expect(breaker.probe(ACCOUNT)).toBe(0);
  clock.advance(PROBE_MS);
  expect(breaker.probe(ACCOUNT)).toBe(0);
});

test.each([-3_600_000, 3_600_000])('a clock that jumps by %i ms makes no pause longer or shorter', (jumpMs) => {
  const { breaker, clock } = breakerAt();
  breaker.answered(ACCOUNT, errorOf('uncertain'));
  clock.jump(jumpMs);
  expect(breaker.probe(ACCOUNT)).toBe(SECOND);
  clock.advance(SECOND);
  expect(breaker.probe(ACCOUNT)).toBe(0);
});

test('whatever a provider answers and when, an outage takes few, and all goes on soon after it', () => {
  const outage = fc.record({
    outageMs: fc.integer({ min: 0, max: 600_000 }),
    latencyMs: fc.integer({ min: 0, max: 90_000 }),
  });
  const kinds = fc.array(fc.constantFrom<SendErrorKind>('uncertain', 'unreachable', 'unavailable'), { minLength: 1 });
  fc.assert(
    fc.property(outage, kinds, ({ outageMs, latencyMs }, answers) => {
      const { breaker, clock } = breakerAt();
      breaker.answered(ACCOUNT, errorOf('uncertain'));
      let probes = 0;
      const underWay: { dueAt: number; isIn: boolean }[] = [];
      const stepMs = SECOND;
      const endsAt = START + outageMs;
      for (let waitMs = breaker.probe(ACCOUNT); waitMs !== undefined; waitMs = breaker.probe(ACCOUNT)) {
        if (waitMs === 0) {
          probes += 1;
          underWay.push({ dueAt: clock.now() + latencyMs, isIn: clock.now() < endsAt });
        }
        clock.advance(stepMs);
        for (const probe of underWay.splice(0)) {
          if (probe.dueAt > clock.now()) underWay.push(probe);
          else
            breaker.answered(
              ACCOUNT,
              probe.isIn ? errorOf(answers[probes % answers.length] as SendErrorKind) : 'accepted',
            );
        }
      }
      expect(clock.now()).toBeLessThan(endsAt + LONGEST_MS + 2 * (latencyMs + stepMs) + SECOND);
      expect(probes).toBeLessThanOrEqual(7 + outageMs / LONGEST_MS);
    }),
  );
});

describe('in the pipeline', () => {
  const open = tempLedgers();

  test('what waits behind an answer that proves nothing is sent after the outage, whatever was planned for the probe', async () => {
    const fixture = await new OutboundFixture(await open()).start();
    await fixture.account('1');
    const take = fixture.answer;
    fixture.answer = () => {
      throw errorOf('uncertain');
    };
    const { id: lost } = await fixture.send('1', '+15550001111');
    await fixture.reaches(lost, 'uncertain');
    fixture.answer = take;
    const sends = Array.from({ length: 20 }, (_, n) => fixture.send('1', `+1555000${2000 + n}`));
    const ids = (await Promise.all(sends)).map(({ id }) => id);
    await fixture.ledger.write(async () => undefined);
    expect(fixture.calls).toHaveLength(1);
    await eventually(() => {
      fixture.advance(SECOND);
      return fixture.calls.length > 1;
    }, 'the probe');
    for (const id of ids) await fixture.reaches(id, 'sent');
    expect(fixture.failures).toEqual([]);
    await fixture.stop();
  });
});
