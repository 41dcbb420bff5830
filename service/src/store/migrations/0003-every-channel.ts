import { sql, type ColumnDataType, type Kysely } from 'kysely';
import type { StoreDialect } from '../dialect.ts';

/** The one channel of the releases before kept a session open for so long, whatever opened it. */
const WINDOW_MS = 86_400_000;

/** Whom was heard from when, who owns the conversation since when, and what the contact may choose from. */
export async function everyChannel(db: Kysely<never>, dialect: StoreDialect): Promise<void> {
  for (const [column, type] of [
    ['heard_at', 'bigint'],
    ['owner_at', 'bigint'],
    ['choices', dialect.text],
  ] as const) {
    await db.schema
      .alterTable('conversations')
      .addColumn(column, type as ColumnDataType)
      .execute();
  }
  await sql`update conversations set heard_at = window_expires_at - ${sql.lit(WINDOW_MS)}
    where window_expires_at is not null`.execute(db);
  for (const [name, columns] of [
    ['conversations_heard', ['heard_at', 'id']],
    ['conversations_account_heard', ['account_id', 'heard_at', 'id']],
    ['conversations_human', ['heard_at', 'id']],
  ] as const) {
    const index = db.schema
      .createIndex(name)
      .on('conversations')
      .columns([...columns])
      .where(sql.ref('merged_into'), 'is', null);
    // Those that people own are few, and looked at again and again.
    const isOfPeople = name === 'conversations_human';
    await (isOfPeople ? index.where(sql.ref('owner'), '=', sql.lit('human')) : index).execute();
  }
}
