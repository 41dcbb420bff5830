import { Readings } from '../../service/src/platform/body-budget.ts';

function make(maxBytes: number) {
  const away: string[] = [];
  const readings = new Readings(maxBytes);
  return { away, readings, begin: (name: string) => readings.begin(() => away.push(name)) };
}

test('the bytes of all are bounded: who has been reading the longest is turned away first', () => {
  const { away, readings, begin } = make(100);
  const [slow, second, third] = [begin('slow'), begin('second'), begin('third')];
  slow.more(50);
  third.more(30);
  second.more(20);
  expect(away).toEqual([]);
  third.more(1);
  expect(away).toEqual(['slow']);
  expect(readings.bytes).toBe(51);
  third.more(60);
  expect(away).toEqual(['slow', 'second']);
  expect(readings.bytes).toBe(91);
});

test('what was read or turned away no longer counts', () => {
  const { away, readings, begin } = make(100);
  const [first, second] = [begin('first'), begin('second')];
  first.more(60);
  second.more(60);
  first.more(1_000);
  second.end();
  second.end();
  second.more(1_000);
  expect(away).toEqual(['first']);
  expect(readings.bytes).toBe(0);
});

test('one that alone is too much is turned away, too', () => {
  const { away, begin } = make(100);
  begin('huge').more(101);
  expect(away).toEqual(['huge']);
});
