/** What the handlers read in jobs, those that earlier versions left in the table among them, and what they refuse. */
import { DELIVER, deliverJob, expireJob } from '../../service/src/events/shards.ts';
import { holdJob, TO_SEND, uncertainJob, WAITING } from '../../service/src/outbound/jobs.ts';
import { readPayload, type PayloadSchema } from '../../service/src/outbox/payload.ts';
import type { Job } from '../../service/src/store/job.store.ts';

const jobWith = (payload: unknown) => ({ seq: 7, kind: 'made', key: 'made:1', payload }) as Job;
const since = 1_750_000_000_000;

test.each<{ name: string; schema: PayloadSchema<unknown>; payload: unknown }>([
  { name: 'a send', schema: TO_SEND, payload: { messageId: 'msg_1' } },
  { name: 'a hold', schema: WAITING, payload: holdJob('msg_1', since, { ifSessionClosed: 'hold' }).payload },
  { name: 'a wait for a status', schema: WAITING, payload: uncertainJob('msg_1', since, 60_000, true).payload },
  { name: 'a wait of 0.1.0', schema: WAITING, payload: { messageId: 'msg_1', waitingAs: 'held', since } },
  { name: 'a shard', schema: DELIVER, payload: deliverJob('sub_1', 3).payload },
  { name: 'an end', schema: DELIVER, payload: expireJob('sub_1', since).payload },
  { name: 'an end without its time', schema: DELIVER, payload: { subscriptionId: 'sub_1', expire: true } },
])('$name is read as it was promised', ({ schema, payload }) => {
  expect(readPayload(schema, jobWith(payload)).payload).toEqual(payload);
});

test.each<{ name: string; schema: PayloadSchema<unknown>; payload: unknown; wrong: string }>([
  { name: 'nothing', schema: TO_SEND, payload: undefined, wrong: 'payload: Invalid input: expected object' },
  { name: 'no message', schema: TO_SEND, payload: {}, wrong: 'messageId: Invalid input: expected string' },
  {
    name: 'neither shard nor end',
    schema: DELIVER,
    payload: { subscriptionId: 'sub_1' },
    wrong: 'names no subscription',
  },
  {
    name: 'two wrong fields',
    schema: WAITING,
    payload: { messageId: 'msg_1', waitingAs: 'SECRET', since: 'SECRET' },
    wrong: 'waitingAs: Invalid option: expected one of "uncertain"|"held"; since: Invalid input',
  },
])('$name is refused with what is wrong and without a value', ({ schema, payload, wrong }) => {
  const read = () => readPayload(schema, jobWith(payload));
  expect(read).toThrow(`The payload of job 7 (kind 'made', key 'made:1') cannot be read: `);
  expect(read).toThrow(wrong);
  expect(read).not.toThrow(/SECRET/);
});
