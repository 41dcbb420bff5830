import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ledger } from '../../service/src/store/ledger.ts';
import { sqlite } from '../../service/src/store/sqlite.ts';

/** A folder that is gone after the test file. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Opens fresh ledgers, each in a file of its own; they are closed after each test. */
export function tempLedgers(): () => Promise<Ledger> {
  const folder = tempFolder();
  const opened: Ledger[] = [];
  let count = 0;
  afterEach(async () => {
    for (const ledger of opened.splice(0)) await ledger.close();
  });
  return async () => {
    const ledger = await Ledger.open(sqlite(join(folder, `${++count}.db`)));
    opened.push(ledger);
    return ledger;
  };
}
