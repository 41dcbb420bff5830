/** Makes the job that reads a connection's receipts, whoever promises it. */
import type { Tx } from '../store/unit-of-work.ts';

export interface NormalizeJob {
  kind: 'normalize';
  key: string;
  payload: { connectionId: string };
}

/** Promises the job: the outbox. */
export interface NormalizeQueue {
  enqueue(tx: Tx, job: NormalizeJob): Promise<void>;
}

/** Makes the one job that reads what waits of a connection: promised again, it stays one. */
export function normalizeJob(connectionId: string): NormalizeJob {
  return { kind: 'normalize', key: `normalize:${connectionId}`, payload: { connectionId } };
}
