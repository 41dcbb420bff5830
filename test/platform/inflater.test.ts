import { gzipSync } from 'node:zlib';
import { BodyBudget } from '../../service/src/platform/body-budget.ts';
import { Inflater } from '../../service/src/platform/inflater.ts';

const MIB = 1024 * 1024;

test('what comes out is bounded by what came in, though the limit is far; short bodies may become 64 KiB', async () => {
  const inflater = new Inflater(new BodyBudget(MIB));
  const bomb = gzipSync(Buffer.alloc(16 * MIB));
  await expect(inflater.inflate(bomb, 'gzip', 64 * MIB)).rejects.toMatchObject({
    status: 413,
    code: 'body_too_large',
    message: `The body inflates to more than ${100 * bomb.length} bytes.`,
  });
  const short = Buffer.alloc(64 * 1024);
  expect(await inflater.inflate(gzipSync(short), 'gzip', 64 * MIB)).toEqual(short);
});

test('those that wait for their turn count in the budget: the oldest is refused, the others come in turn', async () => {
  const body = gzipSync(Buffer.alloc(1_000, 'a'));
  const budget = new BodyBudget(8 * body.length);
  const inflater = new Inflater(budget);
  const inflating = Array.from({ length: 8 }, () => inflater.inflate(body, 'gzip', MIB));
  // The first four are under way already, and taken from the budget first; the fifth waits.
  budget.reserve(() => undefined).grow(5 * body.length);
  const outcomes = await Promise.allSettled(inflating);
  expect(outcomes.map(({ status }) => status)).toEqual([
    ...Array<string>(4).fill('fulfilled'),
    'rejected',
    ...Array<string>(3).fill('fulfilled'),
  ]);
  expect(outcomes[4]).toMatchObject({ reason: { status: 503, code: 'overloaded' } });
});
