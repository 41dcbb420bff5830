import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { sql } from 'kysely';
import { Ledger } from '../../service/src/store/ledger.ts';
import { sqlite } from '../../service/src/store/sqlite.ts';
import { tempFolder } from '../support/temp-ledger.ts';

const CHILD = join(import.meta.dirname, 'durability-child.ts');
const folder = tempFolder();

/** Runs the child until it has told of so many units, kills it, and answers all that it told. */
function killAfter(path: string, first: number, units: number): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', CHILD, path, String(first)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let told = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      told += text;
      if (told.split('\n').length > units) child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', (_code, signal) => {
      const numbers = told.split('\n').slice(0, -1).map(Number);
      if (signal === 'SIGKILL') resolve(numbers);
      else reject(new Error('The child ended by itself'));
    });
  });
}

test('kill -9 in the middle of writing: every unit that was told to be on disk is, none is half there', async () => {
  const path = join(folder, 'killed.db');
  const told: number[] = [];
  for (const units of [1, 37, 180, 411]) {
    told.push(...(await killAfter(path, told.length * 1_000, units)));
    const ledger = await Ledger.open(sqlite(path));
    const keys = (await ledger.reader.selectFrom('apiKeys').select('id').execute()).map((row) => row.id);
    const endpoints = await ledger.reader.selectFrom('endpoints').select('endpoint').execute();
    const check = await sql<{ integrityCheck: string }>`PRAGMA integrity_check`.execute(ledger.reader);
    await ledger.close();
    expect(keys).toEqual(expect.arrayContaining(told.map(String)));
    expect(endpoints.map((row) => row.endpoint).sort()).toEqual([...keys].sort());
    expect(check.rows).toEqual([{ integrityCheck: 'ok' }]);
  }
}, 60_000);
