/** Rings that nobody has room for. */
import { EventEmitter } from 'node:events';
import type { Queue } from 'bull';
import { Bell } from '../../service/src/outbox/notifier.ts';
import { eventually } from '../support/eventually.ts';

type Heard = (job: { name: string; data: { hops: number } }) => Promise<void>;

/** A queue that takes a millisecond for each ring, as a server would. */
function fakeQueue() {
  const rings: number[] = [];
  let heard: Heard | undefined;
  const client = { status: 'ready', ping: async () => 'PONG', config: async () => [] };
  const queue = {
    client: Object.assign(new EventEmitter(), client),
    process: async (_: string, listener: Heard) => void (heard = listener),
    add: (name: string, data: { hops: number }, { delay }: { delay: number }) =>
      new Promise<void>((added) => {
        rings.push(performance.now());
        setTimeout(added, 1);
        setTimeout(() => void heard?.({ name, data }), 1 + delay);
      }),
  };
  return { queue: Object.assign(new EventEmitter(), queue) as unknown as Queue, rings };
}

const silent = { info: () => undefined, warn: () => undefined };

test('go from process to process for a while only, however many there were', async () => {
  const { queue, rings } = fakeQueue();
  const bell = new Bell(silent);
  bell.attach(queue);
  bell.listen(() => false);
  const startedAt = performance.now();
  await eventually(() => {
    for (let n = 0; n < 10; n++) bell.ring('send');
    return performance.now() - startedAt > 500;
  }, 'many rings');
  await eventually(() => performance.now() - (rings.at(-1) ?? 0) > 250, 'silence');
  expect(rings.length).toBeLessThan(300);
});

test('are taken by the first process that has room', async () => {
  const { queue } = fakeQueue();
  const bell = new Bell(silent);
  bell.attach(queue);
  let heard = 0;
  bell.listen(() => ++heard > 3);
  bell.ring('send');
  await eventually(() => heard === 4, 'the ring to be taken');
});
