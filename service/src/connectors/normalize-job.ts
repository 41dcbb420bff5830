/** The job that reads a connection's receipts, whoever promises it. */

export interface NormalizeJob {
  kind: 'normalize';
  key: string;
  payload: { connectionId: string };
}

/** Makes the one job that reads what waits of a connection: promised again, it stays one. */
export function normalizeJob(connectionId: string): NormalizeJob {
  return { kind: 'normalize', key: `normalize:${connectionId}`, payload: { connectionId } };
}
