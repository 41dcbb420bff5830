import fc from 'fast-check';
import type { WindowRule } from '../../contract/channel.ts';
import type { WindowOpener } from '../../contract/event.ts';
import {
  answered,
  closed,
  freeUntil,
  isOpen,
  joined,
  NO_WINDOW,
  opened,
  personUntil,
  reopened,
  sessionState,
  type SessionWindow,
} from '../../service/src/core/session-window.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const RULE: WindowRule = { lengthMs: DAY, freeEntryMs: 72 * HOUR, outside: ['template'] };
/** Messenger's: an ad opens it for a week, a link for less; people have a week. */
const UNEVEN: WindowRule = { lengthMs: DAY, lengthsMs: { ad: 7 * DAY, link: HOUR }, personMs: 7 * DAY, outside: [] };
const T = 1_750_000_000_000;

type Step = { do: 'open'; at: number; by: WindowOpener } | { do: 'answer' | 'free'; at: number };

const at = fc.integer({ min: T - 5 * DAY, max: T + 5 * DAY });
const opening = fc.record({
  do: fc.constant('open' as const),
  at,
  by: fc.constantFrom<WindowOpener>('message', 'button', 'reaction', 'link', 'call', 'ad', 'welcome'),
});
const step: fc.Arbitrary<Step> = fc.oneof(opening, fc.record({ do: fc.constantFrom('answer', 'free'), at }));

function take(window: SessionWindow, one: Step, rule = RULE): SessionWindow {
  if (one.do === 'open') return opened(window, rule, one.at, one.by);
  return one.do === 'answer' ? answered(window, rule, one.at) : freeUntil(window, one.at);
}

const run = (steps: readonly Step[], rule = RULE) => steps.reduce((window, one) => take(window, one, rule), NO_WINDOW);

describe('whatever happens', () => {
  test('no step makes the window or the free time shorter', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.constantFrom(RULE, UNEVEN), (steps, rule) => {
        let window = NO_WINDOW;
        for (const one of steps) {
          const next = take(window, one, rule);
          expect(next.heardAt ?? -Infinity).toBeGreaterThanOrEqual(window.heardAt ?? -Infinity);
          expect(next.expiresAt ?? -Infinity).toBeGreaterThanOrEqual(window.expiresAt ?? -Infinity);
          expect(next.freeUntil ?? -Infinity).toBeGreaterThanOrEqual(window.freeUntil ?? -Infinity);
          window = next;
        }
      }),
    );
  });

  test('the end of the window is the latest that an opening gives, in any order and however often each came', () => {
    const shuffled = fc
      .array(opening, { minLength: 1, maxLength: 12 })
      .chain((steps) =>
        fc.tuple(fc.constant(steps), fc.shuffledSubarray([...steps, ...steps], { minLength: steps.length * 2 })),
      );
    fc.assert(
      fc.property(shuffled, fc.constantFrom(RULE, UNEVEN), ([steps, again], rule) => {
        const endOf = (one: { at: number; by: WindowOpener }) => one.at + (rule.lengthsMs?.[one.by] ?? rule.lengthMs);
        const latest = Math.max(...steps.map(endOf));
        const heardAt = Math.max(...steps.map((one) => one.at));
        expect(run(steps, rule)).toMatchObject({ expiresAt: latest, heardAt });
        expect(run(again, rule)).toMatchObject({ expiresAt: latest, heardAt });
        expect(steps.filter((one) => endOf(one) === latest).map((one) => one.by)).toContain(run(again, rule).openedBy);
        const personEnd = rule.personMs === undefined ? null : heardAt + rule.personMs;
        expect(personUntil(run(again, rule), rule)).toBe(personEnd);
      }),
    );
  });

  test('two windows joined are never shorter than either, whichever comes first', () => {
    const windows = fc.array(step, { maxLength: 6 }).map((steps) => run(steps));
    fc.assert(
      fc.property(windows, windows, (one, other) => {
        const both = joined(one, other);
        for (const member of ['expiresAt', 'adAt', 'freeUntil', 'heardAt'] as const) {
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

test('someone who came from an ad has its longer window, and keeps it when they write', () => {
  const window = opened(opened(NO_WINDOW, UNEVEN, T, 'ad'), UNEVEN, T + HOUR, 'message');
  expect(window).toMatchObject({ expiresAt: T + 7 * DAY, openedBy: 'ad', heardAt: T + HOUR });
  expect(opened(window, UNEVEN, T + 6.5 * DAY, 'message')).toMatchObject({
    expiresAt: T + 7.5 * DAY,
    openedBy: 'message',
  });
});

test('without a rule only when the contact was heard is noted', () => {
  expect(opened(NO_WINDOW, undefined, T, 'message')).toEqual({ ...NO_WINDOW, heardAt: T });
});

test.each<[string, WindowRule | undefined, number, object]>([
  ['while the session is open', UNEVEN, T, { open: true, personUntil: new Date(T + 7 * DAY).toISOString() }],
  ['when it is over', UNEVEN, T + DAY, { open: false, personUntil: new Date(T + 7 * DAY).toISOString() }],
])('a person’s time is shown %s', (_name, rule, now, shown) => {
  expect(sessionState(opened(NO_WINDOW, rule, T, 'message'), rule, now)).toMatchObject(shown);
});

test.each<[string, WindowRule | undefined, number]>([
  ['when it is over', UNEVEN, T + 7 * DAY],
  ['where people have no more time than programs', RULE, T],
  ['where there is no rule', undefined, T],
])('no person’s time is shown %s', (_name, rule, now) => {
  expect(sessionState(opened(NO_WINDOW, rule, T, 'message'), rule, now)).not.toHaveProperty('personUntil');
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
  [
    'left while it was open and free',
    closed(freeUntil(opened(NO_WINDOW, RULE, T, 'ad'), T + DAY), T + HOUR),
    T + HOUR,
    { open: false, closedAt: new Date(T + HOUR).toISOString() },
  ],
])('as it is shown: %s', (_name, window, now, shown) => {
  expect(sessionState(window, RULE, now)).toEqual(shown);
});

describe('a contact who leaves', () => {
  const open = opened(NO_WINDOW, RULE, T, 'message');
  const left = closed(open, T + HOUR);

  test('closes the conversation, and opens it by what they do next', () => {
    expect(isOpen(open, RULE, T + 2 * HOUR)).toBe(true);
    expect(isOpen(left, RULE, T + 2 * HOUR)).toBe(false);
    expect(isOpen(opened(left, RULE, T + 2 * HOUR, 'message'), RULE, T + 3 * HOUR)).toBe(true);
    expect(reopened(left, T + 2 * HOUR)).toEqual(open);
  });

  test('closes also where there are no windows', () => {
    expect(isOpen(closed(NO_WINDOW, T), undefined, T)).toBe(false);
    expect(isOpen(opened(closed(NO_WINDOW, T), undefined, T, 'message'), undefined, T)).toBe(true);
  });

  test('late news changes nothing', () => {
    expect(closed(open, T - 1)).toBe(open);
    expect(opened(left, RULE, T, 'message').closedAt).toBe(T + HOUR);
    expect(reopened(left, T)).toBe(left);
    expect(closed(left, T).closedAt).toBe(T + HOUR);
  });

  test('who is one with somebody who came back is there', () => {
    const back = opened(NO_WINDOW, RULE, T + 2 * HOUR, 'message');
    expect(joined(left, back).closedAt).toBeNull();
    expect(joined(open, left).closedAt).toBe(T + HOUR);
  });
});
