import { BodyBudget } from '../../service/src/platform/body-budget.ts';

function make(maxBytes: number) {
  const evicted: string[] = [];
  const budget = new BodyBudget(maxBytes);
  return { evicted, budget, reserve: (name: string) => budget.reserve(() => evicted.push(name)) };
}

test('the bytes of all are bounded: who has been reading the longest is evicted first', () => {
  const { evicted, budget, reserve } = make(100);
  const [slow, second, third] = [reserve('slow'), reserve('second'), reserve('third')];
  slow.grow(50);
  third.grow(30);
  second.grow(20);
  expect(evicted).toEqual([]);
  third.grow(1);
  expect(evicted).toEqual(['slow']);
  expect(budget.bytes).toBe(51);
  third.grow(60);
  expect(evicted).toEqual(['slow', 'second']);
  expect(budget.bytes).toBe(91);
});

test('what was read or evicted no longer counts', () => {
  const { evicted, budget, reserve } = make(100);
  const [first, second] = [reserve('first'), reserve('second')];
  first.grow(60);
  second.grow(60);
  first.grow(1_000);
  second.release();
  second.release();
  second.grow(1_000);
  expect(evicted).toEqual(['first']);
  expect(budget.bytes).toBe(0);
});

test('one that alone is too much is evicted, too', () => {
  const { evicted, reserve } = make(100);
  reserve('huge').grow(101);
  expect(evicted).toEqual(['huge']);
});
