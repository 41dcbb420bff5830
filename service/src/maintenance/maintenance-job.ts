import type { OutboxJob } from '../outbox/outbox.ts';

/** Makes the job that works on one purpose: one for each, however many processes there are. */
export function maintenanceJob(task: string, about = '', payload: object = {}): OutboxJob {
  return { kind: 'maintenance', key: `maintenance:${task}:${about}`, payload: { ...payload, task } };
}
