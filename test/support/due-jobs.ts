/** The jobs of a kind that may run, as a driver finds them. */
import * as jobLeases from '../../service/src/store/job-leases.store.ts';
import { PRIORITIES, type Job } from '../../service/src/store/job.store.ts';
import type { Ledger } from '../../service/src/store/ledger.ts';

export async function dueJobs({ reader }: Ledger, kind: string, now: number, limit = 100): Promise<Job[]> {
  const found: Job[] = [];
  for (const priority of PRIORITIES) {
    const scope = { kind, groupKey: '', priority };
    if (found.length < limit) found.push(...(await jobLeases.due(reader, scope, now, limit - found.length, new Set())));
  }
  return found;
}
