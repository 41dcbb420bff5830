/** Stores who answers a conversation. Each change of the owner makes a new version of the conversation. */
import type { ExpressionBuilder } from 'kysely';
import type { Conversation } from './conversation.store.ts';
import { changed, prepared, type Parameters } from './prepared.ts';
import type { Schema } from './schema.ts';
import type { Tx } from './unit-of-work.ts';

const updateOwner = prepared((db, its: Parameters<{ id: string; owner: Conversation['owner']; at: number }>) =>
  db
    .updateTable('conversations')
    .set((of) => ({ owner: its('owner'), ownerAt: its('at'), version: grown(of, its('owner')) }))
    .where('id', '=', its('id'))
    .where((is) => is.or([is('ownerAt', 'is', null), is('ownerAt', '<=', its('at'))])),
);

/** Writes the version that a change of the owner makes; the same owner makes none. */
function grown(of: ExpressionBuilder<Schema, 'conversations'>, owner: Conversation['owner']) {
  return of
    .case()
    .when('owner', '=', owner)
    .then(of.ref('version'))
    .else(of('version', '+', 1))
    .end();
}

/** Stores who answers the contact since `at`. Answers false for news that is older than what is known: then nothing changed. */
export async function setOwner(tx: Tx, id: string, owner: Conversation['owner'], at: number): Promise<boolean> {
  return changed(await updateOwner(tx.db, { id, owner, at }));
}

/** Stores who answers from now on, as somebody says: that counts, whatever another machine's clock said of news before. */
export async function assignOwner(tx: Tx, id: string, owner: Conversation['owner'], at: number): Promise<void> {
  const change = tx.db.updateTable('conversations').where('id', '=', id);
  await change.set((of) => ({ owner, ownerAt: at, version: grown(of, owner) })).execute();
}

/** Returns a conversation to the bot that a person took at `since`. Answers false when it is somebody's since another time. */
export async function returnToBot(tx: Tx, id: string, since: number): Promise<boolean> {
  const unchanged = tx.db.updateTable('conversations').where('id', '=', id).where('ownerAt', '=', since);
  const back = unchanged.where('owner', '=', 'human').set((of) => ({ owner: 'bot', version: of('version', '+', 1) }));
  const { numUpdatedRows } = await back.executeTakeFirst();
  return numUpdatedRows > 0n;
}
