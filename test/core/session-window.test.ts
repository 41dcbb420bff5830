import fc from 'fast-check';
import type { WindowRule } from '../../contract/channel.ts';
import type { WindowOpener } from '../../contract/event.ts';
import {
  answered,
  freeUntil,
  isOpen,
  joined,
  NO_WINDOW,
  opened,
  sessionState,
  type SessionWindow,
} from '../../service/src/core/session-window.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const RULE: WindowRule = { lengthMs: DAY, freeEntryMs: 72 * HOUR, outside: ['template'] };
const T = 1_750_000_000_000;

type Step = { do: 'open'; at: number; by: WindowOpener } | { do: 'answer' | 'free'; at: number };

const at = fc.integer({ min: T - 5 * DAY, max: T + 5 * DAY });
const opening = fc.record({
  do: fc.constant('open' as const),
  at,
  by: fc.constantFrom<WindowOpener>('message', 'call', 'ad', 'welcome'),
});
const step: fc.Arbitrary<Step> = fc.oneof(opening, fc.record({ do: fc.constantFrom('answer', 'free'), at }));

function take(window: SessionWindow, one: Step): SessionWindow {
  if (one.do === 'open') return opened(window, RULE, one.at, one.by);
  return one.do === 'answer' ? answered(window, RULE, one.at) : freeUntil(window, one.at);
}

const run = (steps: readonly Step[], from = NO_WINDOW) => steps.reduce(take, from);

describe('whatever happens', () => {
  test('no step makes the window or the free time shorter', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let window = NO_WINDOW;
        for (const one of steps) {
          const next = take(window, one);
          expect(next.expiresAt ?? -Infinity).toBeGreaterThanOrEqual(window.expiresAt ?? -Infinity);
          expect(next.freeUntil ?? -Infinity).toBeGreaterThanOrEqual(window.freeUntil ?? -Infinity);
          window = next;
        }
      }),
    );
  });

  test('the end of the window is the latest opening and a window’s length, in any order and however often each came', () => {
    const shuffled = fc
      .array(opening, { minLength: 1, maxLength: 12 })
      .chain((steps) =>
        fc.tuple(fc.constant(steps), fc.shuffledSubarray([...steps, ...steps], { minLength: steps.length * 2 })),
      );
    fc.assert(
      fc.property(shuffled, ([steps, again]) => {
        const latest = Math.max(...steps.map((one) => one.at));
        expect(run(steps).expiresAt).toBe(latest + DAY);
        expect(run(again).expiresAt).toBe(latest + DAY);
        expect(steps.filter((one) => one.at === latest).map((one) => one.by)).toContain(run(again).openedBy);
      }),
    );
  });

  test('two windows joined are never shorter than either, whichever comes first', () => {
    const windows = fc.array(step, { maxLength: 6 }).map((steps) => run(steps));
    fc.assert(
      fc.property(windows, windows, (one, other) => {
        const both = joined(one, other);
        for (const member of ['expiresAt', 'adAt', 'freeUntil'] as const) {
          const latest = Math.max(one[member] ?? -Infinity, other[member] ?? -Infinity);
          expect(both[member] ?? -Infinity).toBe(latest);
          expect(joined(other, one)[member]).toBe(both[member]);
        }
        expect([one, other].some((w) => w.expiresAt === both.expiresAt && w.openedBy === both.openedBy)).toBe(true);
      }),
    );
  });

  test('a step leaves the window it was given as it was', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), step, (steps, last) => {
        const window = Object.freeze({ ...run(steps) });
        const before = { ...window };
        take(window, last);
        expect(window).toEqual(before);
      }),
    );
  });
});

test('a late, old message changes neither the end nor what opened the window', () => {
  const window = opened(NO_WINDOW, RULE, T, 'message');
  expect(opened(window, RULE, T - HOUR, 'call')).toEqual(window);
});

test.each<[string, SessionWindow, number, boolean]>([
  ['never opened', NO_WINDOW, T, false],
  ['just opened', opened(NO_WINDOW, RULE, T, 'message'), T, true],
  ['a moment before the end', opened(NO_WINDOW, RULE, T, 'message'), T + DAY - 1, true],
  ['at the end', opened(NO_WINDOW, RULE, T, 'message'), T + DAY, false],
  ['free time alone opens nothing', freeUntil(NO_WINDOW, T + DAY), T, false],
])('open or not: %s', (_name, window, now, open) => {
  expect(isOpen(window, RULE, now)).toBe(open);
  expect(sessionState(window, RULE, now).open).toBe(open);
  expect(isOpen(window, undefined, now)).toBe(true);
});

describe('the free entry point of an ad', () => {
  const fromAd = opened(NO_WINDOW, RULE, T, 'ad');

  test.each<[string, SessionWindow, number, number | null]>([
    ['an answer at once', fromAd, T, T + 72 * HOUR],
    ['an answer in the last moment', fromAd, T + DAY, T + DAY + 72 * HOUR],
    ['an answer too late', fromAd, T + DAY + 1, null],
    ['a message taken before the contact came', fromAd, T - 1, null],
    ['an answer to someone who came without an ad', opened(NO_WINDOW, RULE, T, 'message'), T, null],
    ['an earlier free time that ends later', freeUntil(fromAd, T + 100 * HOUR), T, T + 100 * HOUR],
  ])('%s', (_name, window, answerAt, free) => {
    expect(answered(window, RULE, answerAt).freeUntil).toBe(free);
  });

  test('starts with the first answer only', () => {
    const window = answered(fromAd, RULE, T + HOUR);
    expect(answered(window, RULE, T + 2 * HOUR)).toEqual(window);
  });

  test('is not lost by news of a message that was sent before', () => {
    const window = answered(answered(fromAd, RULE, T - HOUR), RULE, T + HOUR);
    expect(window.freeUntil).toBe(T + 73 * HOUR);
  });

  test('is kept by what the contact does afterwards', () => {
    const window = answered(opened(fromAd, RULE, T + HOUR, 'message'), RULE, T + 2 * HOUR);
    expect(window.freeUntil).toBe(T + 74 * HOUR);
  });

  test('is unknown to a channel without one', () => {
    const { freeEntryMs: _, ...plain } = RULE;
    expect(answered(fromAd, plain, T)).toBe(fromAd);
  });
});

test.each<[string, SessionWindow, number, object]>([
  ['nothing known', NO_WINDOW, T, { open: false }],
  [
    'open',
    opened(NO_WINDOW, RULE, T, 'call'),
    T,
    { open: true, expiresAt: new Date(T + DAY).toISOString(), openedBy: 'call' },
  ],
  [
    'over, the free time too',
    freeUntil(opened(NO_WINDOW, RULE, T, 'message'), T + DAY),
    T + DAY,
    { open: false, expiresAt: new Date(T + DAY).toISOString(), openedBy: 'message' },
  ],
  [
    'free',
    freeUntil(opened(NO_WINDOW, RULE, T, 'ad'), T + DAY),
    T,
    {
      open: true,
      expiresAt: new Date(T + DAY).toISOString(),
      openedBy: 'ad',
      freeUntil: new Date(T + DAY).toISOString(),
    },
  ],
])('as it is shown: %s', (_name, window, now, shown) => {
  expect(sessionState(window, RULE, now)).toEqual(shown);
});
