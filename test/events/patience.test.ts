/** What follows when a call is not taken. */
import {
  failingMs,
  GIVE_UP_MS,
  LONGEST_GAP_MS,
  MAX_SUSPECTS,
  REFUSALS,
  stepAfter,
} from '../../service/src/events/patience.ts';
import type { Failure, Step } from '../../service/src/events/patience.ts';

const one = { subscriptionId: 's', shard: 1, events: 1, bytes: 100 };
const several = { ...one, events: 5 };
const apart = { ...one, shard: 4711 };
const calm: Failure = {
  ...{ outcome: 'refused', call: one, subscription: { once: false, failedAt: null } },
  ...{ failingMs: 0, tries: 0, refusals: 0, suspects: 0 },
};
const failing = { once: false, failedAt: 1 };
const waiting = { once: true, failedAt: 1 };

test.each<[string, Partial<Failure>, Step]>([
  ['several are refused', { call: several }, 'less'],
  ['several are too large', { outcome: 'too_large', call: several }, 'less'],
  ['nobody is there for several', { outcome: 'away', call: several }, 'wait'],
  ['one is refused, after others were taken', {}, 'isolate'],
  ['one is too large, after others were taken', { outcome: 'too_large' }, 'isolate'],
  ['nobody is there for one, after others were taken', { outcome: 'away' }, 'isolate'],
  ['one is refused in bad times', { subscription: failing }, 'isolate'],
  ['one is refused in bad times, as many were', { subscription: failing, suspects: MAX_SUSPECTS }, 'wait'],
  ['one is refused, as many were, but others are taken', { suspects: MAX_SUSPECTS }, 'isolate'],
  ['one that stands apart is refused', { call: apart }, 'wait'],
  ['one that stands apart is refused while others are taken', { call: apart, refusals: REFUSALS }, 'put_aside'],
  ['nobody is there for it while others are taken', { outcome: 'away', call: apart, refusals: REFUSALS }, 'put_aside'],
  ['one that stands apart is refused while nothing is taken', { call: apart, tries: 9_999 }, 'wait'],
  ['so it is for a week', { call: apart, tries: REFUSALS, failingMs: GIVE_UP_MS }, 'put_aside'],
  ['so it is for a week, and it is new', { call: apart, tries: 1, failingMs: GIVE_UP_MS }, 'wait'],
  ['several that stand apart are refused', { call: { ...apart, events: 2 } }, 'less'],
  ['nobody is there for a week', { outcome: 'away', failingMs: GIVE_UP_MS }, 'end'],
  [
    'nobody is there for a week, for one that stands apart',
    { outcome: 'away', call: apart, failingMs: GIVE_UP_MS },
    'end',
  ],
  [
    'everything is refused for a week',
    { subscription: failing, suspects: MAX_SUSPECTS, failingMs: GIVE_UP_MS },
    'wait',
  ],
  ['the workflow is gone', { outcome: 'gone' }, 'end'],
  ['a reply is refused', { subscription: waiting }, 'wait'],
  ['nobody is there for a reply', { subscription: waiting, outcome: 'away' }, 'wait'],
  ['an execution is over', { subscription: waiting, outcome: 'gone' }, 'end'],
])('%s', (_name, change, step) => {
  expect(stepAfter({ ...calm, ...change })).toBe(step);
});

test.each<[string, number | null, number, number]>([
  ['the first that is not taken', null, 1_000_000, 0],
  ['the next, a second later', 1_000_000, 1_001_000, 6_000],
  ['after the service was off for a week', 1_000_000, 1_000_000 + GIVE_UP_MS, 5_000 + LONGEST_GAP_MS],
  ['after the clock was set back', 1_000_000, 0, 5_000],
])('time counts from try to try: %s', (_name, failedAt, now, total) => {
  expect(failingMs({ failingMs: 5_000, failedAt }, now)).toBe(total);
});
