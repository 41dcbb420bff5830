/** Stores conversations: account × contact × thread, with the session window and the owner. */
import type { Kysely, Selectable } from 'kysely';
import type { ConversationFacts } from '../../../contract/channel.ts';
import type { WindowOpener } from '../../../contract/event.ts';
import type { OfferedChoice } from '../core/choices.ts';
import { joined, type SessionWindow } from '../core/session-window.ts';
import type { ConversationsTable, Schema } from './schema.ts';
import type { Tx } from './unit-of-work.ts';
import { first, prepared, type Parameters } from './prepared.ts';

/** Holds what is said between an account and a contact, in one thread. */
export interface Conversation {
  id: string;
  accountId: string;
  contactId: string;
  /** Empty where the channel has one conversation with each contact. */
  thread: string;
  owner: 'bot' | 'human';
  /** Says since when the owner is who it is, milliseconds since the epoch; null: nobody said. */
  ownerAt: number | null;
  /** Grows with each change of the owner. */
  version: number;
  window: SessionWindow;
  /** Holds the provider's id of the contact's message that was heard last; null: there is none. */
  inReplyTo: string | null;
  /** Says what decides about what can be sent. */
  facts: ConversationFacts;
  /** Says what else the channel told of it. */
  attributes: Readonly<Record<string, string>>;
  /** Says what the newest outbound message left the contact to choose from by number or title. */
  choices: readonly OfferedChoice[];
  createdAt: number;
}

export type NewConversation = Pick<Conversation, 'id' | 'accountId' | 'contactId' | 'thread' | 'owner' | 'window'>;

const NO_CHOICES: readonly OfferedChoice[] = [];
const NOTHING = {};

/** Describes a conversation in which nothing was said and of which nothing was told yet. */
export const UNSAID: Omit<Conversation, keyof NewConversation | 'createdAt'> = {
  ownerAt: null,
  version: 1,
  inReplyTo: null,
  facts: NOTHING,
  attributes: NOTHING,
  choices: NO_CHOICES,
};

export function fromRow(row: Selectable<ConversationsTable>): Conversation {
  return {
    id: row.id,
    accountId: row.accountId,
    contactId: row.contactId,
    thread: row.thread,
    owner: row.owner,
    ownerAt: row.ownerAt,
    version: row.version,
    window: {
      expiresAt: row.windowExpiresAt,
      openedBy: row.windowOpenedBy as WindowOpener | null,
      adAt: row.windowAdAt,
      freeUntil: row.windowFreeUntil,
      heardAt: row.heardAt,
      closedAt: row.closedAt,
    },
    inReplyTo: row.inReplyTo,
    facts: row.facts === null ? NOTHING : (JSON.parse(row.facts) as ConversationFacts),
    attributes: row.attributes === null ? NOTHING : (JSON.parse(row.attributes) as Record<string, string>),
    choices: row.choices === null ? NO_CHOICES : (JSON.parse(row.choices) as OfferedChoice[]),
    createdAt: row.createdAt,
  };
}

const selectOne = prepared((db, its: Parameters<{ id: string }>) =>
  db.selectFrom('conversations').selectAll().where('id', '=', its('id')),
);

/** Finds a conversation by its id, or by that of one that was merged into it: an id that was told once is good for ever. */
export async function find(db: Kysely<Schema>, id: string): Promise<Conversation | undefined> {
  const row = first(await selectOne(db, { id }));
  return row?.mergedInto ? find(db, row.mergedInto) : row && fromRow(row);
}

/** Locks a conversation until the unit ends: its window, its messages' statuses and the order of its events are the caller's. */
export function lock(tx: Tx, id: string): Promise<void> {
  return tx.lock(`conversation ${id}`);
}

/** Locks a conversation and answers it as it stays until the unit ends. */
export async function lockForUpdate(tx: Tx, known: Conversation): Promise<Conversation> {
  if (!tx.shared) return known;
  await lock(tx, known.id);
  return (await find(tx.db, known.id)) ?? known;
}

/** Merges a conversation into another one, which gets its messages, those that are still to be told, its files, its waiting workflows and what its window allows. */
export async function merge(tx: Tx, from: string, into: string): Promise<void> {
  const { db } = tx;
  for (const id of [from, into].sort()) await lock(tx, id);
  for (const table of ['messages', 'media', 'subscriptions', 'pendingFacts'] as const)
    await db.updateTable(table).set({ conversationId: into }).where('conversationId', '=', from).execute();
  const gone = await find(db, from);
  const kept = await find(db, into);
  if (gone && kept) {
    const heardLast = (gone.window.heardAt ?? -Infinity) > (kept.window.heardAt ?? -Infinity) ? gone : kept;
    await hear(tx, into, joined(kept.window, gone.window), heardLast.inReplyTo);
    const facts = { ...gone.facts, ...kept.facts };
    await learn(tx, kept, { facts, attributes: { ...gone.attributes, ...kept.attributes } });
  }
  if (gone && kept) {
    const owner = gone.owner === 'human' ? gone.owner : kept.owner;
    const version = Math.max(gone.version, kept.version) + 1;
    await db.updateTable('conversations').set({ owner, version }).where('id', '=', into).execute();
  }
  if (gone && kept && kept.choices.length === 0) await setChoices(tx, kept, gone.choices);
  await db.updateTable('conversations').set({ mergedInto: into, choices: null }).where('id', '=', from).execute();
}

/** Tells whether the account has a conversation with the contact. */
export async function isWith(db: Kysely<Schema>, accountId: string, contactId: string): Promise<boolean> {
  const some = db.selectFrom('conversations').select('id').where('contactId', '=', contactId);
  return (await some.where('accountId', '=', accountId).limit(1).executeTakeFirst()) !== undefined;
}

const selectBetween = prepared((db, its: Parameters<{ accountId: string; contactId: string; thread: string }>) =>
  db
    .selectFrom('conversations')
    .selectAll()
    .where('contactId', '=', its('contactId'))
    .where('accountId', '=', its('accountId'))
    .where('thread', '=', its('thread')),
);

export async function between(
  db: Kysely<Schema>,
  accountId: string,
  contactId: string,
  thread: string,
): Promise<Conversation | undefined> {
  const row = first(await selectBetween(db, { accountId, contactId, thread }));
  return row && fromRow(row);
}

type NewRow = Omit<
  Selectable<ConversationsTable>,
  'mergedInto' | 'ownerAt' | 'version' | 'inReplyTo' | 'facts' | 'attributes' | 'choices'
>;

const insertOne = prepared((db, its: Parameters<NewRow>) =>
  db.insertInto('conversations').values({
    id: its('id'),
    accountId: its('accountId'),
    contactId: its('contactId'),
    thread: its('thread'),
    owner: its('owner'),
    windowExpiresAt: its('windowExpiresAt'),
    windowOpenedBy: its('windowOpenedBy'),
    windowAdAt: its('windowAdAt'),
    windowFreeUntil: its('windowFreeUntil'),
    heardAt: its('heardAt'),
    closedAt: its('closedAt'),
    mergedInto: null,
    createdAt: its('createdAt'),
  }),
);

export async function create(tx: Tx, conversation: NewConversation, now: number): Promise<void> {
  await insertOne(tx.db, {
    id: conversation.id,
    accountId: conversation.accountId,
    contactId: conversation.contactId,
    thread: conversation.thread,
    owner: conversation.owner,
    ...windowColumns(conversation.window),
    createdAt: now,
  });
}

type WindowColumns = ReturnType<typeof windowColumns>;

const updateWindow = prepared((db, its: Parameters<WindowColumns & { id: string }>) =>
  db
    .updateTable('conversations')
    .set({
      windowExpiresAt: its('windowExpiresAt'),
      windowOpenedBy: its('windowOpenedBy'),
      windowAdAt: its('windowAdAt'),
      windowFreeUntil: its('windowFreeUntil'),
      heardAt: its('heardAt'),
      closedAt: its('closedAt'),
    })
    .where('id', '=', its('id')),
);

export async function setWindow(tx: Tx, id: string, window: SessionWindow): Promise<void> {
  await updateWindow(tx.db, { id, ...windowColumns(window) });
}

const updateHeard = prepared((db, its: Parameters<WindowColumns & { id: string; inReplyTo: string | null }>) =>
  db
    .updateTable('conversations')
    .set({
      windowExpiresAt: its('windowExpiresAt'),
      windowOpenedBy: its('windowOpenedBy'),
      windowAdAt: its('windowAdAt'),
      windowFreeUntil: its('windowFreeUntil'),
      heardAt: its('heardAt'),
      closedAt: its('closedAt'),
      inReplyTo: its('inReplyTo'),
    })
    .where('id', '=', its('id')),
);

/** Stores that the contact was heard: the window as it is since then, and their last message. */
export async function hear(tx: Tx, id: string, window: SessionWindow, inReplyTo: string | null): Promise<void> {
  await updateHeard(tx.db, { id, ...windowColumns(window), inReplyTo });
}

function windowColumns(window: SessionWindow) {
  return {
    windowExpiresAt: window.expiresAt,
    windowOpenedBy: window.openedBy,
    windowAdAt: window.adAt,
    windowFreeUntil: window.freeUntil,
    heardAt: window.heardAt,
    closedAt: window.closedAt,
  };
}

const updateKnowledge = prepared(
  (db, its: Parameters<{ id: string; facts: string | null; attributes: string | null }>) =>
    db
      .updateTable('conversations')
      .set({ facts: its('facts'), attributes: its('attributes') })
      .where('id', '=', its('id')),
);

/** Says what a channel tells of a conversation. */
export type Knowledge = Pick<Conversation, 'facts' | 'attributes'>;

/** Adds to what is known of a conversation; it writes only what changes something. Answers what is known then. */
export async function learn(tx: Tx, known: Knowledge & { id: string }, news: Partial<Knowledge>): Promise<Knowledge> {
  const [facts, attributes] = [
    { ...known.facts, ...news.facts },
    { ...known.attributes, ...news.attributes },
  ];
  const before = [textOf(known.facts), textOf(known.attributes)];
  const after = [textOf(facts), textOf(attributes)];
  if (after.join() === before.join()) return known;
  const [factsText = null, attributesText = null] = after;
  await updateKnowledge(tx.db, { id: known.id, facts: factsText, attributes: attributesText });
  return { facts, attributes };
}

const textOf = (one: object): string | null => (Object.keys(one).length === 0 ? null : JSON.stringify(one));

const updateChoices = prepared((db, its: Parameters<{ id: string; choices: string | null }>) =>
  db
    .updateTable('conversations')
    .set({ choices: its('choices') })
    .where('id', '=', its('id')),
);

/** Stores what the contact may choose from now; it writes only what is something else than before. */
export async function setChoices(
  tx: Tx,
  { id, choices: before }: Pick<Conversation, 'id' | 'choices'>,
  choices: readonly OfferedChoice[] = [],
): Promise<void> {
  const text = choices.length === 0 ? null : written(choices);
  if (text === (before.length === 0 ? null : JSON.stringify(before))) return;
  await updateChoices(tx.db, { id, choices: text });
}

function written(choices: readonly OfferedChoice[]): string {
  return JSON.stringify(choices.map(({ id, title, multiple }) => ({ id, title, multiple })));
}

/** Forgets these choices, if it is from them that the contact may choose. */
export async function dropChoices(tx: Tx, id: string, choices: readonly OfferedChoice[]): Promise<void> {
  const own = tx.db.updateTable('conversations').where('id', '=', id).where('choices', '=', written(choices));
  await own.set({ choices: null }).execute();
}

/** Forgets the choices that a message left, unless something was said after it. */
export async function forgetChoices(tx: Tx, id: string, messageId: string): Promise<void> {
  await tx.db
    .updateTable('conversations')
    .set({ choices: null })
    .where('id', '=', id)
    .where('choices', 'is not', null)
    .where((is) => {
      const after = is.selectFrom('messages').select('id').where('conversationId', '=', id);
      const said = after.where('direction', '=', 'outbound').where('kind', '<>', 'reaction');
      return is.not(is.exists(said.where('id', '>', messageId)));
    })
    .execute();
}
