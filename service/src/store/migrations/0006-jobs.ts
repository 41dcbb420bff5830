import { sql, type Kysely } from 'kysely';

/** Renames the columns and kinds of jobs to the words of the field, and finds what is too late by its kind. */
export async function jobs(db: Kysely<never>): Promise<void> {
  await db.schema.alterTable('jobs').renameColumn('lane', 'ordering_key').execute();
  await db.schema.alterTable('jobs').renameColumn('lot', 'group_key').execute();
  await db.schema.dropIndex('jobs_lane_seq').execute();
  await db.schema.createIndex('jobs_ordering_key').on('jobs').columns(['ordering_key', 'seq']).execute();
  await db.schema.dropIndex('jobs_expires_at').execute();
  await db.schema
    .createIndex('jobs_expires_at')
    .on('jobs')
    .columns(['kind', 'expires_at'])
    .where(sql.ref('expires_at'), 'is not', null)
    .execute();
  await erasures(db);
  await sql`update jobs set kind = 'maintenance', key = 'maintenance:' || substr(key, 6) where kind = 'care'`.execute(
    db,
  );
}

/** What is left of an erasure under way stands below the eraser whose it is: the webhooks that waited to be read, and their marks. */
async function erasures(db: Kysely<never>): Promise<void> {
  const jobs = sql<{ key: string; payload: string }>`select key, payload from jobs where key like 'care:erase:%'`;
  for (const { key, payload } of (await jobs.execute(db)).rows) {
    const { unread, marks, ...rest } = JSON.parse(payload) as Record<string, unknown>;
    const placed = JSON.stringify({ ...rest, own: { receipts: { unread, marks } } });
    await sql`update jobs set payload = ${placed} where key = ${key}`.execute(db);
  }
}
