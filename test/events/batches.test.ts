/** How much goes into one call, by what was taken and what was not. */
import { Batches } from '../../service/src/events/batches.ts';

const place = { subscriptionId: 'sub_1', shard: 3 };
const other = { subscriptionId: 'sub_2', shard: 3 };
const call = { ...place, events: 50, bytes: 1_000 };

test('a call that is refused is followed by smaller ones, those of other places are not', () => {
  const batches = new Batches();
  batches.refused(call);
  expect([place, { ...place, shard: 4 }, other].map((one) => batches.count(one, 50, false))).toEqual([25, 50, 50]);
  batches.acknowledged({ ...call, events: 25 }, 50);
  expect(batches.count(place, 50, false)).toBe(50);
});

test.each<[string, (batches: Batches) => void]>([
  ['refused', (batches) => batches.refused(call)],
  ['was too large for', (batches) => batches.tooLarge(call)],
  ['was not there for', (batches) => batches.away(place)],
])('nothing is left of what a subscription %s when it has ended', (_name, happen) => {
  const batches = new Batches();
  happen(batches);
  batches.forget(place.subscriptionId);
  expect([batches.count(place, 50, false), batches.bytes(place)]).toEqual([50, new Batches().bytes(place)]);
});
