import { Calls } from '../../service/src/events/calls.ts';

test('who works is never kept waiting, those in trouble share what they may use', () => {
  const calls = new Calls(2);
  for (const id of ['bad-1', 'bad-2', 'bad-3']) calls.begin(id)?.(false);
  const [first, second, third] = ['bad-1', 'bad-2', 'bad-3'].map((id) => calls.begin(id));
  expect([first, second, third].map((endCall) => endCall !== undefined)).toEqual([true, true, false]);
  for (let i = 0; i < 10; i++) expect(calls.begin('good')).toBeDefined();
  second?.(false);
  expect(calls.begin('bad-3')).toBeDefined();
});

test('a call that was taken ends the trouble, of whatever shard it was', () => {
  const calls = new Calls(1);
  calls.begin('a')?.(false);
  calls.begin('b')?.(false);
  const held = calls.begin('a');
  expect(calls.begin('b')).toBeUndefined();
  held?.(true);
  const again = [calls.begin('a'), calls.begin('a'), calls.begin('b')];
  expect(again.map((endCall) => endCall !== undefined)).toEqual([true, true, true]);
});

test('one that is over is forgotten', () => {
  const calls = new Calls(0);
  calls.begin('a')?.(false);
  expect(calls.begin('a')).toBeUndefined();
  calls.forget('a');
  expect(calls.begin('a')).toBeDefined();
});
