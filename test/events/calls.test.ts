import { Calls } from '../../service/src/events/calls.ts';

test('who works is never kept waiting, those in trouble share what they may use', () => {
  const calls = new Calls(2);
  for (const id of ['bad-1', 'bad-2', 'bad-3']) calls.enter(id)?.(false);
  const [first, second, third] = ['bad-1', 'bad-2', 'bad-3'].map((id) => calls.enter(id));
  expect([first, second, third].map((leave) => leave !== undefined)).toEqual([true, true, false]);
  for (let i = 0; i < 10; i++) expect(calls.enter('good')).toBeDefined();
  second?.(false);
  expect(calls.enter('bad-3')).toBeDefined();
});

test('a call that was taken ends the trouble, of whatever shard it was', () => {
  const calls = new Calls(1);
  calls.enter('a')?.(false);
  calls.enter('b')?.(false);
  const held = calls.enter('a');
  expect(calls.enter('b')).toBeUndefined();
  held?.(true);
  const again = [calls.enter('a'), calls.enter('a'), calls.enter('b')];
  expect(again.map((leave) => leave !== undefined)).toEqual([true, true, true]);
});

test('one that is over is forgotten', () => {
  const calls = new Calls(0);
  calls.enter('a')?.(false);
  expect(calls.enter('a')).toBeUndefined();
  calls.forget('a');
  expect(calls.enter('a')).toBeDefined();
});
