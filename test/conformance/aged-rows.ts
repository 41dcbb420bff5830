/** Rows of an age, in every table of which retention drops or empties something; each row has its tag in one of its columns. */
import { firstIdAt } from '../../service/src/core/ids.ts';
import type { Ledger } from '../../service/src/store/ledger.ts';
import type { Schema } from '../../service/src/store/schema.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

type Row = Record<string, unknown>;
export type Rows = Partial<Record<keyof Schema, readonly Row[]>>;

/** Puts rows into the ledger, a hundred in a statement. */
export async function put(ledger: Ledger, rows: Rows): Promise<void> {
  await ledger.write(async (tx) => {
    for (const [table, all] of Object.entries(rows)) {
      for (let i = 0; i < all.length; i += 100) {
        await tx.db
          .insertInto(table as 'messages')
          .values(all.slice(i, i + 100) as never)
          .execute();
      }
    }
  });
}

/** What is made: when, how it is tagged, and what only some rows of a table have. */
export interface Made {
  at: number;
  tag: string;
  message?: Row;
  event?: Row;
  receipt?: Row;
  subscription?: Row;
}

/** One row of each table that retention looks at; `number` tells it from others with its tag. */
export function rowsOf({ at, tag, message, event, receipt, subscription }: Made, number: number): Record<string, Row> {
  const name = `${tag}${number}`;
  const id = (prefix: 'msg' | 'att' | 'sub' | 'mdi') => `${firstIdAt(prefix, at)}${name}`;
  const messageId = id('msg');
  const said = JSON.stringify({ type: 'text', text: 'hello' });
  const payload = { id: `evt_${name}`, type: 'message.status', conversationId: 'cnv', status: { metadata: { of: 1 } } };
  const of = { id: messageId, accountId: tag, conversationId: 'cnv', direction: 'outbound', kind: 'text' };
  return {
    messages: { ...of, status: 'read', statusAt: at, content: said, createdAt: at, ...message },
    attempts: { id: id('att'), messageId, number: 1, openedAt: at, closedAt: at, outcome: 'accepted' },
    messageProviderIds: { accountId: tag, providerId: name, messageId },
    idempotency: { key: name, digest: 'd', messageId, createdAt: at },
    events: {
      ...{ id: payload.id, accountId: tag, conversationId: 'cnv', type: payload.type, dedupeKey: name },
      ...{ payload: JSON.stringify(payload), raw: '{}', createdAt: at, ...event },
    },
    receipts: {
      ...{ connectionId: tag, receivedAt: at, request: '', body: new Uint8Array(), digest: name, processedAt: at },
      ...receipt,
    },
    subscriptions: {
      ...{ id: id('sub'), url: 'http://w', filter: '{"events":[]}', maxBatch: 1, secret: 's', once: 0, createdAt: at },
      ...subscription,
    },
    media: { id: id('mdi'), accountId: tag, providerId: name, mimeType: 'image/png', createdAt: at },
    uploads: {
      accountId: tag,
      sha256: name,
      mimeType: 'image/png',
      providerId: 'p',
      bytes: 1,
      expiresAt: at + 5 * DAY,
      ...{ fileId: `upl_${name}`, filename: name, keptAt: at },
    },
    lostUploads: { accountId: tag, providerId: name, sha256: name, mimeType: 'image/png', lostAt: at },
    accounts: {
      ...{ id: `acc_${name}`, channel: 'whatsapp', externalId: name, name, connectionId: tag, settings: '' },
      ...{ settingsDigest: name, createdAt: at, updatedAt: at, deletedAt: at },
    },
    pendingFacts: {
      ...{ id: `fct_${name}`, accountId: `acc_${name}`, conversationId: 'cnv', dedupeKey: name, partial: 1 },
      ...{ at, createdAt: at, fact: 'sealed' },
    },
    suppressions: { hash: name, topic: 'marketing', reach: '*', stopped: 0, at },
    templateCategories: { accountId: tag, name, language: 'en', category: 'MARKETING', seenAt: at },
    rates: { key: name, fullAt: at + 5 * DAY },
  };
}

/** As many of each table. */
export function manyOf(made: Made, count: number): Rows {
  const all: Record<string, Row[]> = {};
  for (let i = 0; i < count; i++)
    for (const [table, row] of Object.entries(rowsOf(made, i))) (all[table] ??= []).push(row);
  return all as Rows;
}
