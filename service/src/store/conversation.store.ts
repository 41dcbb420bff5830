/** Conversations: account × contact, with the session window and the owner. */
import type { Kysely, Selectable } from 'kysely';
import type { WindowOpener } from '../../../contract/event.ts';
import type { SessionWindow } from '../core/session-window.ts';
import type { ConversationsTable, Schema } from './schema.ts';
import type { Tx } from './ledger.ts';

export interface Conversation {
  id: string;
  accountId: string;
  contactId: string;
  owner: 'bot' | 'human';
  window: SessionWindow;
}

function fromRow(row: Selectable<ConversationsTable>): Conversation {
  return {
    id: row.id,
    accountId: row.account_id,
    contactId: row.contact_id,
    owner: row.owner,
    window: {
      expiresAt: row.window_expires_at,
      openedBy: row.window_opened_by as WindowOpener | null,
      adAt: row.window_ad_at,
      freeUntil: row.window_free_until,
    },
  };
}

export async function find(db: Kysely<Schema>, id: string): Promise<Conversation | undefined> {
  const row = await db.selectFrom('conversations').selectAll().where('id', '=', id).executeTakeFirst();
  return row && fromRow(row);
}

export async function between(
  db: Kysely<Schema>,
  accountId: string,
  contactId: string,
): Promise<Conversation | undefined> {
  const row = await db
    .selectFrom('conversations')
    .selectAll()
    .where('contact_id', '=', contactId)
    .where('account_id', '=', accountId)
    .executeTakeFirst();
  return row && fromRow(row);
}

export async function create(tx: Tx, conversation: Conversation, now: number): Promise<void> {
  await tx.db
    .insertInto('conversations')
    .values({
      id: conversation.id,
      account_id: conversation.accountId,
      contact_id: conversation.contactId,
      owner: conversation.owner,
      ...windowColumns(conversation.window),
      created_at: now,
    })
    .execute();
}

export async function setWindow(tx: Tx, id: string, window: SessionWindow): Promise<void> {
  await tx.db.updateTable('conversations').set(windowColumns(window)).where('id', '=', id).execute();
}

function windowColumns(window: SessionWindow) {
  return {
    window_expires_at: window.expiresAt,
    window_opened_by: window.openedBy,
    window_ad_at: window.adAt,
    window_free_until: window.freeUntil,
  };
}
