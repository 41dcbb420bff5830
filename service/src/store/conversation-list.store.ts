/** Lists conversations, the one in which the contact was last heard first. It leaves out those that were merged into others. */
import { sql, type ExpressionBuilder, type Kysely } from 'kysely';
import * as conversations from './conversation.store.ts';
import type { Conversation } from './conversation.store.ts';
import type { Schema } from './schema.ts';

/** Says where a list goes on: behind this conversation. `heardAt` null: behind all in which the contact was ever heard. */
export interface ConversationPosition {
  heardAt: number | null;
  id: string;
}

/** Narrows a list of conversations; absent members do not. */
export interface WantedConversations {
  ids: readonly string[] | undefined;
  accountIds: readonly string[] | undefined;
  owner: Conversation['owner'] | undefined;
  /** Accounts that write in threads only: what is known of a person in none is no conversation of theirs. */
  inThreads: readonly string[];
  /** Wants those heard at or after, milliseconds since the epoch. */
  heardSince: number | undefined;
  /** Wants those whose session is open at `now`, or is not; one of the accounts whose channel knows no window always is. */
  session: { isOpen: boolean; now: number; windowless: readonly string[] } | undefined;
  after: ConversationPosition | undefined;
}

/** Begins a list: every conversation stands behind it. */
const LAST = { heardAt: Number.MAX_SAFE_INTEGER, id: '' };

const heardFirst = (one: Conversation): number => one.window.heardAt ?? -Infinity;

/** Lists all conversations of a contact, also by the id of one who turned out to be the same person. */
export async function ofContact(db: Kysely<Schema>, contactId: string): Promise<Conversation[]> {
  const rows = await db.selectFrom('conversations').select('id').where('contactId', '=', contactId).execute();
  const found = new Map<string, Conversation>();
  for (const { id } of rows) {
    const one = await conversations.find(db, id);
    if (one) found.set(one.id, one);
  }
  return [...found.values()].sort(
    (a, b) => heardFirst(b) - heardFirst(a) || b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1),
  );
}

/** Lists conversations in which the contact was heard, then the others; it finds both in the order of an index. */
export async function page(db: Kysely<Schema>, wanted: WantedConversations, limit: number): Promise<Conversation[]> {
  const { after, heardSince } = wanted;
  const heard = after?.heardAt === null ? [] : await listed(heardOnes(db, wanted, after), limit);
  if (heard.length === limit || heardSince !== undefined) return heard;
  const behind = after?.heardAt === null ? after.id : undefined;
  return [...heard, ...(await listed(silentOnes(db, wanted, behind), limit - heard.length))];
}

type Query = ReturnType<typeof chosen>;

async function listed(query: Query, limit: number): Promise<Conversation[]> {
  const rows = await query.selectAll().orderBy('heardAt', 'desc').orderBy('id', 'desc').limit(limit).execute();
  return rows.map(conversations.fromRow);
}

function heardOnes(db: Kysely<Schema>, wanted: WantedConversations, after: ConversationPosition | undefined): Query {
  // There is always a place to go on from: so the index is entered there, and not read from its end.
  const { heardAt, id } = after ?? LAST;
  const query = chosen(db, wanted).where((is) => is(is.refTuple('heardAt', 'id'), '<', is.tuple(heardAt, id)));
  return wanted.heardSince === undefined ? query : query.where('heardAt', '>=', wanted.heardSince);
}

function silentOnes(db: Kysely<Schema>, wanted: WantedConversations, after: string | undefined): Query {
  const query = chosen(db, wanted).where('heardAt', 'is', null);
  return after === undefined ? query : query.where('id', '<', after);
}

function chosen(db: Kysely<Schema>, { ids, accountIds, owner, inThreads, session }: WantedConversations) {
  let query = db.selectFrom('conversations').where('mergedInto', 'is', null);
  // PostgreSQL knows no empty list.
  if (ids !== undefined) query = query.where((is) => (ids.length === 0 ? is.lit(false) : is('id', 'in', ids)));
  const [accountId, ...others] = accountIds ?? [];
  if (accountId !== undefined && others.length === 0) query = query.where('accountId', '=', accountId);
  else if (accountIds !== undefined) query = query.where(anyOf(accountIds));
  // As it stands in the index of those that people own.
  if (owner !== undefined) query = query.where('owner', '=', sql.lit(owner));
  if (inThreads.length > 0) query = query.where((is) => is.or([is('thread', '<>', ''), is.not(anyOf(inThreads)(is))]));
  return session === undefined ? query : query.where(inSession(session));
}

function inSession({ isOpen, now, windowless }: NonNullable<WantedConversations['session']>) {
  return (is: ExpressionBuilder<Schema, 'conversations'>) => {
    const isInTime = is.or([is(is.fn.coalesce('windowExpiresAt', is.lit(0)), '>', now), anyOf(windowless)(is)]);
    const open = is.and([is('closedAt', 'is', null), isInTime]);
    return isOpen ? open : is.not(open);
  };
}

/** Asks so that no index helps: by several accounts, all of theirs would have to be sorted. */
function anyOf(accountIds: readonly string[]) {
  return (is: ExpressionBuilder<Schema, 'conversations'>) =>
    accountIds.length === 0 ? is.lit(false) : is(is.fn.coalesce('accountId', is.val('')), 'in', accountIds);
}

/** Finds which of these accounts has a conversation in the thread; undefined: none has. */
export async function accountInThread(
  db: Kysely<Schema>,
  accountIds: readonly string[],
  thread: string,
): Promise<string | undefined> {
  const query = db
    .selectFrom('conversations')
    .select('accountId')
    .where('thread', '=', thread)
    .where('thread', '<>', '');
  const row = await query.where('accountId', 'in', accountIds).orderBy('id', 'desc').limit(1).executeTakeFirst();
  return row?.accountId;
}
