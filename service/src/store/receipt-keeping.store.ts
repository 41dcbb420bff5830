/** Forgets what receipts say of a person, and deletes receipts that are old. */
import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import { addressSpellings, type Identity } from '../core/identity.ts';
import { ALIVE } from './receipt.store.ts';
import type { Schema } from './schema.ts';
import { prepared } from './prepared.ts';
import { stretch, type Next } from './stretch.ts';
import type { Db, Tx } from './unit-of-work.ts';

/** One call looks at so many webhooks: they are larger than rows. */
const RECEIPTS = 25;

/** Says where the reading of webhooks that are kept with their body goes on. */
export type ReceiptPlace = { connectionId: string; after: number } | { dead: [deadAt: number, seq: number] };

/** Lists everywhere that such webhooks may be. */
export async function receiptPlaces(db: Db): Promise<ReceiptPlace[]> {
  const connections = await db.selectFrom('connections').select('id').execute();
  return [...connections.map(({ id }) => ({ connectionId: id, after: 0 })), { dead: [0, 0] }];
}

/** Finds webhooks with their body that hold one of the texts: of an account and waiting to be read, or given up (`dead`). */
export async function receiptsWith(db: Db, texts: readonly string[], place: ReceiptPlace) {
  const kept = db.selectFrom('receipts').select(['seq', 'body', 'deadAt']).limit(RECEIPTS);
  const query =
    'dead' in place
      ? kept
          .where('deadAt', 'is not', null)
          .where((is) => is(is.refTuple('deadAt', 'seq'), '>', is.tuple(...place.dead)))
          .orderBy('deadAt')
          .orderBy('seq')
      : kept
          .where('connectionId', '=', place.connectionId)
          .where('processedAt', 'is', null)
          .where('seq', '>', place.after)
          .orderBy('seq');
  const rows = await query.execute();
  const last = rows.length === RECEIPTS ? rows.at(-1) : undefined;
  const found = rows.filter(({ body }) => texts.some((text) => Buffer.from(body).includes(text))).map(({ seq }) => seq);
  if (last === undefined) return { found, next: undefined };
  const next: ReceiptPlace = 'dead' in place ? { dead: [last.deadAt ?? 0, last.seq] } : { ...place, after: last.seq };
  return { found, next };
}

/** Forgets what webhooks said that could not be read; of these, only that they came stays known. Answers how many there were. */
export async function emptyDeadReceipts(tx: Tx, seqs: readonly number[]): Promise<number> {
  let emptied = 0;
  for (const seq of seqs) {
    const change = { request: '', body: new Uint8Array(), ...ALIVE };
    const update = tx.db.updateTable('receipts').set(change).where('seq', '=', seq).where('deadAt', 'is not', null);
    emptied += Number((await update.executeTakeFirst()).numUpdatedRows);
  }
  return emptied;
}

/** Tells whether one of these webhooks still waits to be read. */
export async function isUnread(db: Db, seqs: readonly number[]): Promise<boolean> {
  for (const seq of seqs) {
    const row = await db.selectFrom('receipts').select('processedAt').where('seq', '=', seq).executeTakeFirst();
    if (row?.processedAt === null) return true;
  }
  return false;
}

/**
 * Begins the key of a mark. While webhooks wait to be read that came before someone was erased, marks say whose words to leave out of them.
 */
const MARK = 'erased:';

function markOf({ channel, realm, kind, address }: Identity): string {
  const place = realm === '' ? '' : ` ${realm}`;
  const digest = createHash('sha256').update(`${channel} ${kind} ${address}${place}`);
  return MARK + digest.digest('base64url').slice(0, 22);
}

/**
 * Marks a person's identities: what webhooks up to `upTo` (a receipt's number) say of them is to be left out. Answers the names of the marks.
 */
export async function mark(tx: Tx, identities: readonly Identity[], upTo: number): Promise<string[]> {
  const names = identities.map(markOf);
  for (const name of names) {
    const row = { name, position: String(upTo) };
    const insert = tx.db.insertInto('cursors').values(row);
    await insert.onConflict((conflict) => conflict.column('name').doUpdateSet({ position: row.position })).execute();
  }
  return names;
}

/** Deletes marks that are of no use any more. */
export async function unmark(tx: Tx, names: readonly string[]): Promise<void> {
  for (const name of names) await tx.db.deleteFrom('cursors').where('name', '=', name).execute();
}

const selectMarks = prepared((db) =>
  db.selectFrom('cursors').select(['name', 'position']).where('name', '>=', MARK).where('name', '<', 'erased;'),
);

/** Tells whether to leave out what a webhook says of someone, by the webhook's place and their identities. */
export type LeftOut = (seq: number, identities: readonly Identity[]) => boolean;

/** Reads the marks once for a look through several webhooks. */
export async function leftOut(db: Kysely<Schema>): Promise<LeftOut> {
  const { rows: marks } = await selectMarks(db, {});
  if (marks.length === 0) return () => false;
  const upTo = new Map(marks.map(({ name, position }) => [name, Number(position)]));
  const isMarked = (seq: number, identity: Identity) => seq <= (upTo.get(markOf(identity)) ?? -1);
  return (seq, identities) =>
    identities.some((one) =>
      addressSpellings(one).some((address) => {
        const spelled = { ...one, address };
        // A version before this one knew no realms: its marks may still be there.
        return isMarked(seq, spelled) || isMarked(seq, { ...spelled, realm: '' });
      }),
    );
}

/** Deletes receipts that were read. What waits to be read, or for a person, stays. */
export async function dropReceipts(tx: Tx, from: number, before: number): Promise<Next<number>> {
  const { upTo, next } = await stretch(tx.db, 'receipts', from, before);
  if (upTo === undefined) return undefined;
  await tx.db
    .deleteFrom('receipts')
    .where('seq', '>', from)
    .where('seq', '<=', upTo)
    .where('processedAt', 'is not', null)
    .where((is) => is.or([is('deadAt', 'is', null), is('deadCode', '=', 'no_account')]))
    .execute();
  return next;
}
