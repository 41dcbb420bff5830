/** Notifications that nobody has room for. */
import { EventEmitter } from 'node:events';
import type { Queue } from 'bull';
import { Notifier } from '../../service/src/outbox/notifier.ts';
import { eventually } from '../support/eventually.ts';

type Received = (job: { name: string; data: { hops: number } }) => Promise<void>;

/** A queue that takes a millisecond for each notification, as a server would. */
function fakeQueue() {
  const sent: number[] = [];
  let received: Received | undefined;
  const client = { status: 'ready', ping: async () => 'PONG', config: async () => [] };
  const queue = {
    client: Object.assign(new EventEmitter(), client),
    setWorkerName: async () => undefined,
    close: async () => undefined,
    process: async (_: string, listener: Received) => void (received = listener),
    add: (name: string, data: { hops: number }, { delay }: { delay: number }) =>
      new Promise<void>((added) => {
        sent.push(performance.now());
        setTimeout(added, 1);
        setTimeout(() => void received?.({ name, data }), 1 + delay);
      }),
  };
  return { queue: Object.assign(new EventEmitter(), queue) as unknown as Queue, sent };
}

const silent = { info: () => undefined, warn: () => undefined };

test('go from process to process for a while only, however many there were', async () => {
  const { queue, sent } = fakeQueue();
  const notifier = new Notifier(silent);
  notifier.attach(queue);
  notifier.listen(() => false);
  const startedAt = performance.now();
  await eventually(() => {
    for (let n = 0; n < 10; n++) notifier.notify('send');
    return performance.now() - startedAt > 500;
  }, 'many notifications');
  await eventually(() => performance.now() - (sent.at(-1) ?? 0) > 250, 'silence');
  expect(sent.length).toBeLessThan(300);
});

test('are taken by the first process that has room', async () => {
  const { queue } = fakeQueue();
  const notifier = new Notifier(silent);
  notifier.attach(queue);
  let received = 0;
  notifier.listen(() => ++received > 3);
  notifier.notify('send');
  await eventually(() => received === 4, 'the notification to be taken');
});
