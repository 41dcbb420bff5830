/** Writes pairs of rows in concurrent units until it is killed; says the number of each unit whose promise resolved. */
import { writeSync } from 'node:fs';
import { Ledger } from '../../service/src/store/ledger.ts';
import { sqlite } from '../../service/src/store/sqlite.ts';

const [path = '', first = '0'] = process.argv.slice(2);
const WRITERS = 16;
const ledger = await Ledger.open(sqlite(path));
let next = Number(first);

async function pair(): Promise<void> {
  const number = next++;
  await ledger.write(async (tx) => {
    const id = String(number);
    await tx.db
      .insertInto('apiKeys')
      .values({ id, hash: 'x'.repeat(500), createdAt: 1, revokedAt: null })
      .execute();
    await tx.db.insertInto('endpoints').values({ endpoint: id, connectionId: 'c' }).execute();
  });
  writeSync(1, `${number}\n`);
}

async function forEver(): Promise<never> {
  for (;;) await pair();
}

await Promise.all(Array.from({ length: WRITERS }, forEver));
