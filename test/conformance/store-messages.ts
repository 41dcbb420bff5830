/** Messages, attempts, idempotency keys and media. */
import * as attempts from '../../service/src/store/attempt.store.ts';
import * as dead from '../../service/src/store/dead-letter.store.ts';
import { holdJob } from '../../service/src/outbound/jobs.ts';
import * as jobs from '../../service/src/store/job.store.ts';
import { dropMediaOf } from '../../service/src/store/media-keeping.store.ts';
import * as media from '../../service/src/store/media.store.ts';
import * as uploads from '../../service/src/store/upload.store.ts';
import * as messages from '../../service/src/store/message.store.ts';
import * as providerIds from '../../service/src/store/provider-id.store.ts';
import { LIMIT } from '../../service/src/store/stretch.ts';
import type { OpenLedger } from './store-fixture.ts';

export function messageRow(id: string, change: Partial<messages.Message> = {}): messages.Message {
  return {
    id,
    accountId: 'acc',
    conversationId: 'cnv',
    direction: 'outbound',
    kind: 'text',
    status: 'queued',
    statusAt: 1,
    providerId: null,
    content: { type: 'text', text: '' },
    context: null,
    request: null,
    purpose: 'reply',
    author: null,
    campaign: null,
    replayOf: null,
    replayedAs: null,
    refusedIds: [],
    error: null,
    pricing: null,
    createdAt: 1,
    sentAt: null,
    deadAt: null,
    ...change,
  };
}

export function describeMessageStores(open: OpenLedger): void {
  describe('messages', () => {
    test('are stored once for each id of the provider and account', async () => {
      const ledger = await open();
      const insert = (row: messages.Message) => ledger.write((tx) => messages.insert(tx, row));
      expect(await insert(messageRow('a', { providerId: 'p' }))).toBe(true);
      expect(await insert(messageRow('b', { providerId: 'p' }))).toBe(false);
      expect(await insert(messageRow('c', { providerId: 'p', accountId: 'other' }))).toBe(true);
      expect(await insert(messageRow('d'))).toBe(true);
      expect(await insert(messageRow('e'))).toBe(true);
      expect((await messages.findByProviderId(ledger.reader, 'acc', 'p'))?.id).toBe('a');
      expect(await messages.findByProviderId(ledger.reader, 'acc', 'q')).toBeUndefined();
      expect(await messages.find(ledger.reader, 'b')).toBeUndefined();
    });

    test('change only where told', async () => {
      const ledger = await open();
      await ledger.write((tx) => messages.insert(tx, messageRow('a')));
      await ledger.write((tx) => messages.insert(tx, messageRow('b')));
      await ledger.write((tx) => messages.update(tx, 'a', { status: 'sent', statusAt: 2, providerId: 'p' }));
      expect(await messages.find(ledger.reader, 'a')).toEqual(
        messageRow('a', { status: 'sent', statusAt: 2, providerId: 'p' }),
      );
      expect(await messages.find(ledger.reader, 'b')).toEqual(messageRow('b'));
    });

    test('keep what they say, what was asked and how it ended, as it was given', async () => {
      const ledger = await open();
      const said = messageRow('a', {
        content: { type: 'text', text: 'Olá "ação"', choices: [{ id: '1', title: 'One' }] },
        context: { replyToProviderId: 'p', forwarded: true },
        request: { ifSessionClosed: 'hold', metadata: { nested: { of: [1, null, 'x'] } } },
        author: { type: 'agent', id: 'a1', name: 'Ana' },
        error: { code: 'rejected', message: 'No', providerCode: '131' },
        pricing: { billable: true, category: 'service' },
      });
      await ledger.write((tx) => messages.insert(tx, said));
      expect(await messages.find(ledger.reader, 'a')).toEqual(said);
      const change = {
        content: { type: 'unsupported', reason: 'no longer kept' },
        refusedIds: ['p', 'q'],
        error: null,
        pricing: { billable: false },
      } satisfies messages.MessageChange;
      await ledger.write((tx) => messages.update(tx, 'a', change));
      expect(await messages.find(ledger.reader, 'a')).toEqual({ ...said, ...change });
    });

    test('are told by any id of the provider, with what they say or without', async () => {
      const ledger = await open();
      await ledger.write(async (tx) => {
        await messages.insert(tx, messageRow('a', { providerId: 'p', direction: 'inbound' }));
        await providerIds.add(tx, { id: 'a', accountId: 'acc' }, ['q']);
      });
      for (const id of ['p', 'q']) {
        expect((await messages.findByProviderId(ledger.reader, 'acc', id))?.id).toBe('a');
        expect(await messages.named(ledger.reader, 'acc', id)).toEqual({ id: 'a', direction: 'inbound' });
        expect(await messages.named(ledger.reader, 'other', id)).toBeUndefined();
      }
    });

    test('that ended badly are found by the code of their error, however it was given', async () => {
      const ledger = await open();
      const error = { message: 'No', providerCode: '131', code: 'rejected' };
      await ledger.write((tx) => messages.insert(tx, messageRow('a', { error, status: 'failed' })));
      await ledger.write((tx) => messages.update(tx, 'a', { deadAt: 5 }));
      const all = { from: undefined, to: undefined, order: 'asc', behind: undefined, status: undefined } as const;
      const coded = (code: string) => dead.messages(ledger.reader, { ...all, accountIds: undefined, code }, 9);
      expect((await coded('rejected')).map(({ id }) => id)).toEqual(['a']);
      expect(await coded('reject')).toEqual([]);
    });

    test('of a conversation are paged, the newest first; those without a name of the provider are listed in part', async () => {
      const ledger = await open();
      await ledger.write(async (tx) => {
        for (const id of ['c', 'a', 'e', 'b', 'd']) await messages.insert(tx, messageRow(id));
        await messages.insert(tx, messageRow('x', { conversationId: 'other' }));
        for (const id of ['a', 'b', 'd']) await messages.update(tx, id, { status: 'failed' });
        await messages.update(tx, 'a', { providerId: 'named' });
        for (let n = 0; n < 101; n++) {
          for (const status of ['queued', 'unknown'] as const) {
            const id = `${status} ${String(n).padStart(3, '0')}`;
            await messages.insert(tx, messageRow(id, { status, conversationId: 'many' }));
          }
        }
      });
      const ids = async (before?: string) =>
        (await messages.page(ledger.reader, 'cnv', 2, before)).map((message) => message.id);
      expect(await ids()).toEqual(['e', 'd']);
      expect(await ids('d')).toEqual(['c', 'b']);
      expect(await ids('b')).toEqual(['a']);
      expect(await ids('a')).toEqual([]);
      const unnamed = async (conversation: string, status: 'failed' | 'queued' | 'unknown') =>
        (await messages.unnamed(ledger.reader, conversation, status)).map(({ id }) => id);
      expect(await unnamed('cnv', 'failed')).toEqual(['d', 'b']);
      for (const [status, first, last] of [
        ['queued', 'queued 000', 'queued 099'],
        ['unknown', 'unknown 100', 'unknown 001'],
      ] as const) {
        const found = await unnamed('many', status);
        expect([found[0], found.at(-1), found.length]).toEqual([first, last, 100]);
      }
    });

    test('are released in the order in which they began to be held, whatever the clock made of their ids', async () => {
      const ledger = await open();
      await ledger.write(async (tx) => {
        for (const [id, statusAt] of [
          ['b', 7],
          ['c', 8],
          ['a', 3],
        ] as const) {
          await messages.insert(tx, messageRow(id, { status: 'held', statusAt }));
          await jobs.enqueue(tx, holdJob(id, statusAt, { ifSessionClosed: 'hold' }), statusAt);
        }
        await messages.insert(tx, messageRow('d'));
      });
      expect((await messages.held(ledger.reader, 'cnv')).map(({ id }) => id)).toEqual(['b', 'c', 'a']);
    });

    test('are admitted once for each idempotency key', async () => {
      const ledger = await open();
      await ledger.write((tx) => messages.rememberKey(tx, 'k', 'digest', 'msg', 1));
      expect(await messages.idempotent(ledger.reader, 'k')).toEqual({ digest: 'digest', messageId: 'msg' });
      expect(await messages.idempotent(ledger.reader, 'other')).toBeUndefined();
      await expect(ledger.write((tx) => messages.rememberKey(tx, 'k', 'x', 'y', 1))).rejects.toThrow();
    });
  });

  test('attempts are numbered, in order, open until they are closed', async () => {
    const ledger = await open();
    const error = { code: 'throttled', message: 'Too many' };
    await ledger.write(async (tx) => {
      await attempts.open(tx, { id: 'two', messageId: 'm', number: 2, openedAt: 20 });
      await attempts.open(tx, { id: 'one', messageId: 'm', number: 1, openedAt: 10 });
      await attempts.open(tx, { id: 'other', messageId: 'n', number: 1, openedAt: 10 });
      await attempts.close(tx, 'one', 15, 'throttled', error);
    });
    const closed = { closedAt: 15, outcome: 'throttled', error };
    expect(await attempts.ofMessage(ledger.reader, 'm')).toEqual([
      { id: 'one', messageId: 'm', number: 1, openedAt: 10, ...closed },
      { id: 'two', messageId: 'm', number: 2, openedAt: 20, closedAt: null, outcome: null, error: null },
    ]);
    const again = { id: 'three', messageId: 'm', number: 2, openedAt: 30 };
    await expect(ledger.write((tx) => attempts.open(tx, again))).rejects.toThrow();
  });

  describe('media', () => {
    const file = { id: 'a', accountId: 'acc', providerId: 'p', mimeType: 'image/png', filename: null };
    const coming = { ...file, conversationId: 'cnv' };

    test('that two messages name has an id for each', async () => {
      const ledger = await open();
      await ledger.write((tx) => media.insert(tx, coming, 1));
      await ledger.write((tx) => media.insert(tx, { ...coming, id: 'b', filename: 'other.pdf' }, 2));
      expect(await media.find(ledger.reader, 'a')).toEqual({ ...file, secret: null });
      await ledger.write((tx) => media.forget(tx, { media: { id: 'a' } }));
      expect(await media.find(ledger.reader, 'a')).toBeUndefined();
      expect(await media.find(ledger.reader, 'b')).toMatchObject({ filename: 'other.pdf' });
    });

    test('that is known, and came at a time or later', async () => {
      const ledger = await open();
      await ledger.write((tx) => media.insert(tx, coming, 1));
      await ledger.write((tx) => media.insert(tx, { ...coming, id: 'b', providerId: 'q' }, 2));
      const known = async (since: number) =>
        [...(await media.knownSince(ledger.reader, ['a', 'b', 'c'], since))].sort();
      expect(await known(0)).toEqual(['a', 'b']);
      expect(await known(2)).toEqual(['b']);
      await ledger.write((tx) => media.setMimeType(tx, 'b', 'image/webp'));
      expect(await media.find(ledger.reader, 'b')).toMatchObject({ mimeType: 'image/webp' });
    });

    test('that takes a secret has the last that was kept', async () => {
      const ledger = await open();
      await ledger.write((tx) => media.insert(tx, coming, 1));
      for (const secret of ['sealed', 'sealed later']) await ledger.write((tx) => media.setSecret(tx, 'a', secret));
      expect(await media.find(ledger.reader, 'a')).toEqual({ ...file, secret: 'sealed later' });
    });

    test('that came in a conversation goes with it, a bounded number at once', async () => {
      const ledger = await open();
      await ledger.write(async (tx) => {
        for (let n = 0; n <= LIMIT; n++) await media.insert(tx, { ...coming, id: `a${n}`, providerId: `p${n}` }, 1);
        await media.insert(tx, { ...coming, id: 'b', providerId: 'q', conversationId: 'other' }, 1);
      });
      const drop = () => ledger.write((tx) => dropMediaOf(tx, 'cnv'));
      expect([await drop(), await drop(), await drop()]).toEqual([true, false, false]);
      expect(await media.find(ledger.reader, 'a100')).toBeUndefined();
      expect(await media.find(ledger.reader, 'b')).toBeDefined();
    });

    test('that was uploaded is found by account, bytes and type until it expires', async () => {
      const ledger = await open();
      const upload = {
        accountId: 'acc',
        sha256: 's',
        mimeType: 'image/png',
        providerId: 'p',
        bytes: 9,
        expiresAt: 100,
        ...uploads.NOT_KEPT,
      };
      await ledger.write((tx) => uploads.putUpload(tx, upload));
      const find = (accountId: string, sha256: string, mimeType: string, now: number) =>
        uploads.findUpload(ledger.reader, { accountId, sha256, mimeType }, now);
      expect(await find('acc', 's', 'image/png', 99)).toEqual(upload);
      expect(await find('acc', 's', 'image/png', 100)).toBeUndefined();
      expect(await find('other', 's', 'image/png', 99)).toBeUndefined();
      expect(await find('acc', 't', 'image/png', 99)).toBeUndefined();
      expect(await find('acc', 's', 'image/webp', 99)).toBeUndefined();
      await ledger.write((tx) => uploads.putUpload(tx, { ...upload, providerId: 'q', expiresAt: null }));
      const second = { ...upload, providerId: 'q', expiresAt: null };
      expect(await find('acc', 's', 'image/png', 1e12)).toEqual(second);
      // The provider lost it: it is not used again, and what took its place is found by either id.
      await ledger.write((tx) => uploads.markLost(tx, second, 1));
      expect(await find('acc', 's', 'image/png', 1e12)).toBeUndefined();
      const third = { ...second, providerId: 'r' };
      await ledger.write((tx) => uploads.putUpload(tx, third));
      expect(await find('acc', 's', 'image/png', 1e12)).toEqual(third);
      const named = await uploads.named(ledger.reader, 'acc', ['q', 'r', 'p', 'q']);
      expect([...named]).toEqual([
        ['q', third],
        ['r', third],
      ]);
      expect(await uploads.named(ledger.reader, 'other', ['q', 'r'])).toEqual(new Map());
      await ledger.write((tx) => uploads.forget(tx, 'acc', ['q']));
      expect(await uploads.named(ledger.reader, 'acc', ['q', 'r'])).toEqual(new Map());
    });

    test('is named by members of a content that are ids, wherever they stand', () => {
      const content = { type: 'native', body: { image: { id: 'a', caption: 'a' }, cards: [{ attachment_id: 'b' }] } };
      expect(uploads.namesIn(content)).toEqual(['a', 'b']);
      expect(uploads.renamed(content, new Map([['a', 'c']]))).toEqual({
        type: 'native',
        body: { image: { id: 'c', caption: 'a' }, cards: [{ attachment_id: 'b' }] },
      });
    });
  });
}
