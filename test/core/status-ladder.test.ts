import fc from 'fast-check';
import type { MessageStatus } from '../../contract/message.ts';
import { climb, isAccepted } from '../../service/src/core/status-ladder.ts';

/** From the lowest step to the highest. */
const LADDER: readonly MessageStatus[] = [
  'held',
  'queued',
  'uncertain',
  'unknown',
  'sent',
  'failed',
  'delivered',
  'read',
  'played',
];

const statuses = fc.array(fc.constantFrom(...LADDER), { minLength: 1, maxLength: 12 });
const end = (steps: readonly MessageStatus[]) => steps.reduce(climb, 'queued');

test('every step up is taken, every other one is not', () => {
  for (const [at, current] of LADDER.entries()) {
    for (const [to, next] of LADDER.entries()) expect(climb(current, next)).toBe(to > at ? next : current);
  }
});

test('whatever comes, in whatever order, no step goes back', () => {
  fc.assert(
    fc.property(statuses, (steps) => {
      let current: MessageStatus = 'queued';
      for (const next of steps) {
        const reached = climb(current, next);
        expect(LADDER.indexOf(reached)).toBeGreaterThanOrEqual(LADDER.indexOf(current));
        current = reached;
      }
    }),
  );
});

test('the same statuses end the same in any order and however often each came', () => {
  const orders = statuses.chain((steps) =>
    fc.tuple(fc.constant(steps), fc.shuffledSubarray([...steps, ...steps], { minLength: steps.length * 2 })),
  );
  fc.assert(fc.property(orders, ([steps, again]) => expect(end(again)).toBe(end(steps))));
});

test.each<[MessageStatus, boolean]>([
  ['held', false],
  ['queued', false],
  ['uncertain', false],
  ['unknown', false],
  ['sent', true],
  ['failed', false],
  ['delivered', true],
  ['read', true],
  ['played', true],
])('%s: accepted %s', (status, accepted) => {
  expect(isAccepted(status)).toBe(accepted);
});
