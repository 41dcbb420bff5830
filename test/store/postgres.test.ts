import { sql } from 'kysely';
import { Ledger } from '../../service/src/store/ledger.ts';
import { postgres } from '../../service/src/store/postgres.ts';
import { describeStore } from '../conformance/store.ts';
import { databases } from '../support/databases.ts';
import { query } from '../support/postgres.ts';

const { migrated } = databases();

describeStore('postgres', async () => postgres(await migrated()));

test('a connection that breaks between two statements of a unit is an outage, not a defect', async () => {
  const url = await migrated();
  const ledger = await Ledger.open(postgres(url));
  const unit = ledger.write(async ({ db }) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db);
    await query(url, `select pg_terminate_backend(${rows[0]?.pid}, 5000)`);
    await sql`select 1`.execute(db);
  });
  await expect(unit).rejects.toMatchObject({ name: 'LedgerUnavailable' });
  await ledger.write(async ({ db }) => sql`select 1`.execute(db));
  await ledger.close();
});
