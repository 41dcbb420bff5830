import fc from 'fast-check';
import { iso } from '../../service/src/core/clock.ts';
import { makeIds } from '../../service/src/core/ids.ts';

const START = 1_750_000_000_000;

/** The ids made while the clock shows these instants, one after the other. */
function idsAt(instants: readonly number[]): string[] {
  let turn = 0;
  const ids = makeIds({ now: () => instants[turn++ % instants.length] ?? START });
  return instants.map(() => ids.next('msg'));
}

test.each<[string, number[]]>([
  ['stopped', new Array<number>(2_000).fill(START)],
  ['running backwards', Array.from({ length: 2_000 }, (_, i) => START - i)],
  ['jumping', Array.from({ length: 2_000 }, (_, i) => START + ((i * 7_919) % 101) * 3_600_000)],
])('ids ascend and never tie under a clock %s', (_name, instants) => {
  const made = idsAt(instants);
  expect(new Set(made).size).toBe(made.length);
  expect([...made].sort()).toEqual(made);
});

test('ids ascend and never tie under any clock', () => {
  const instants = fc.array(fc.integer({ min: 0, max: 2 ** 47 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(instants, (shown) => {
      const made = idsAt(shown);
      expect(new Set(made).size).toBe(made.length);
      expect([...made].sort()).toEqual(made);
    }),
  );
});

test('even the largest random tail leaves room to count', () => {
  const ids = makeIds({ now: () => START }, () => new Uint8Array(10).fill(0xff));
  const made = Array.from({ length: 1_000 }, () => ids.next('evt'));
  expect([...made].sort()).toEqual(made);
  expect(new Set(made.map((id) => id.slice(0, 14))).size).toBe(1);
});

test('an id says what it names, and is short and safe in URLs', () => {
  const ids = makeIds({ now: () => START });
  expect(ids.next('acc')).toMatch(/^acc_[0-9a-z]{26}$/);
  expect(ids.next('sub')).toMatch(/^sub_[0-9a-z]{26}$/);
});

test('two sources at the same instant do not collide', () => {
  const clock = { now: () => START };
  const [one, other] = [makeIds(clock), makeIds(clock)];
  const made = Array.from({ length: 500 }, () => [one.next('msg'), other.next('msg')]).flat();
  expect(new Set(made).size).toBe(1_000);
});

test.each<[number | null | undefined, string | undefined]>([
  [START, '2025-06-15T15:06:40.000Z'],
  [0, '1970-01-01T00:00:00.000Z'],
  [null, undefined],
  [undefined, undefined],
])('the instant %s is shown as %s', (at, shown) => {
  expect(iso(at)).toBe(shown);
});
