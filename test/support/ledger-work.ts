/** Counts what a ledger in this process has to do, where time would tell of the machine: statements, and rows that they answer. */
import { jest } from '@jest/globals';
import { StatementSync } from 'node:sqlite';

/** Answers how many statements ran, and rows they answered, while `work` was done. */
export async function ledgerWork(work: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const { all, run } = StatementSync.prototype;
  const spies = [
    jest.spyOn(StatementSync.prototype, 'all').mockImplementation(function (this: StatementSync, ...given) {
      const rows = all.apply(this, given);
      count += 1 + rows.length;
      return rows;
    }),
    jest.spyOn(StatementSync.prototype, 'run').mockImplementation(function (this: StatementSync, ...given) {
      count += 1;
      return run.apply(this, given);
    }),
  ];
  try {
    await work();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return count;
}
