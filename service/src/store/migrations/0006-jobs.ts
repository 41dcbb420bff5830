import { sql, type Kysely } from 'kysely';

/** Renames the columns and kinds of jobs to the words of the field. */
export async function jobs(db: Kysely<never>): Promise<void> {
  await db.schema.alterTable('jobs').renameColumn('lane', 'ordering_key').execute();
  await db.schema.alterTable('jobs').renameColumn('lot', 'group_key').execute();
  await db.schema.dropIndex('jobs_lane_seq').execute();
  await db.schema.createIndex('jobs_ordering_key').on('jobs').columns(['ordering_key', 'seq']).execute();
  await sql`update jobs set kind = 'maintenance', key = 'maintenance:' || substr(key, 6) where kind = 'care'`.execute(
    db,
  );
}
