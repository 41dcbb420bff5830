/** Units of work: each whole or not at all, on disk when told so, none harmed by another. */
import type { Kysely } from 'kysely';
import type { Schema } from '../../service/src/store/schema.ts';
import { Ledger } from '../../service/src/store/ledger.ts';
import { apiKeyRow, type FreshDatabase, type OpenLedger } from './store-fixture.ts';

const ids = async (ledger: Ledger) =>
  (await ledger.reader.selectFrom('apiKeys').select('id').orderBy('id').execute()).map((row) => row.id);
const add = (ledger: Ledger, id: string) =>
  ledger.write((tx) => tx.db.insertInto('apiKeys').values(apiKeyRow(id)).execute());

export function describeLedger(fresh: FreshDatabase, open: OpenLedger): void {
  describe('a unit of work', () => {
    test('answers with its value, and is there for readers', async () => {
      const ledger = await open();
      const value = await ledger.write(async (tx) => {
        await tx.db.insertInto('apiKeys').values(apiKeyRow('a')).execute();
        return 42;
      });
      expect(value).toBe(42);
      expect(await ids(ledger)).toEqual(['a']);
    });

    test('sees what it wrote; readers do not before the commit', async () => {
      const ledger = await open();
      await ledger.write(async (tx) => {
        await tx.db.insertInto('apiKeys').values(apiKeyRow('a')).execute();
        expect(await tx.db.selectFrom('apiKeys').select('id').execute()).toEqual([{ id: 'a' }]);
        expect(await ids(ledger)).toEqual([]);
      });
      expect(await ids(ledger)).toEqual(['a']);
    });

    test('that throws undoes itself and none of those that wait with it', async () => {
      const ledger = await open();
      const hooks: string[] = [];
      const unit = (id: string, ends: 'well' | 'badly' | 'with a bad statement') =>
        ledger.write(async (tx) => {
          tx.afterCommit(() => hooks.push(id));
          await tx.db.insertInto('apiKeys').values(apiKeyRow(id)).execute();
          if (ends === 'with a bad statement') await tx.db.insertInto('apiKeys').values(apiKeyRow(id)).execute();
          if (ends === 'badly') throw new Error(`no ${id}`);
        });
      const results = await Promise.allSettled([
        unit('a', 'well'),
        unit('b', 'badly'),
        unit('c', 'with a bad statement'),
        unit('d', 'well'),
        unit('e', 'badly'),
      ]);
      expect(results.map((result) => result.status)).toEqual([
        'fulfilled',
        'rejected',
        'rejected',
        'fulfilled',
        'rejected',
      ]);
      expect(results[1]).toMatchObject({ reason: new Error('no b') });
      expect(await ids(ledger)).toEqual(['a', 'd']);
      expect(new Set(hooks)).toEqual(new Set(['a', 'd']));
      expect(hooks).toHaveLength(2);
    });

    test('runs its hooks when it is on disk, before its promise resolves', async () => {
      const dialect = await fresh();
      const ledger = await Ledger.open(dialect);
      const other = dialect.open();
      const steps: string[] = [];
      let found: Promise<{ id: string }[]> = Promise.resolve([]);
      await ledger.write(async (tx) => {
        tx.afterCommit(() => steps.push('first hook'));
        tx.afterCommit(() => {
          steps.push('second hook');
          found = other.reader.selectFrom('apiKeys').select('id').execute();
        });
        await tx.db.insertInto('apiKeys').values(apiKeyRow('a')).execute();
        steps.push('written');
      });
      steps.push('resolved');
      expect(await found).toEqual([{ id: 'a' }]);
      expect(steps).toEqual(['written', 'first hook', 'second hook', 'resolved']);
      await other.writer.destroy();
      await other.reader.destroy();
      await ledger.close();
    });

    test('that holds a name has it alone until its commit, however many wait', async () => {
      const ledger = await open();
      const position = async (db: Kysely<Schema>) =>
        Number((await db.selectFrom('cursors').select('position').executeTakeFirst())?.position ?? 0);
      await ledger.write((tx) => tx.db.insertInto('cursors').values({ name: 'count', position: '0' }).execute());
      const units = Array.from({ length: 100 }, () =>
        ledger.write(async (tx) => {
          await tx.lock('count');
          const next = (await position(tx.db)) + 1;
          await tx.db
            .updateTable('cursors')
            .set({ position: String(next) })
            .execute();
        }),
      );
      expect(ledger.waiting).toBe(100);
      await Promise.all(units);
      expect(await position(ledger.reader)).toBe(100);
      expect(ledger.waiting).toBe(0);
    });

    test('that is asked for from another or from a hook comes after it', async () => {
      const ledger = await open();
      let nested: Promise<unknown> = Promise.resolve();
      let hooked: Promise<unknown> = Promise.resolve();
      await ledger.write(async (tx) => {
        nested = add(ledger, 'nested');
        tx.afterCommit(() => (hooked = add(ledger, 'hooked')));
        await tx.db.insertInto('apiKeys').values(apiKeyRow('outer')).execute();
        const seen = await tx.db.selectFrom('apiKeys').select('id').execute();
        // On a server the other one may have ended meanwhile: it waits for nothing that this one holds.
        expect(tx.shared ? seen.filter(({ id }) => id === 'outer') : seen).toEqual([{ id: 'outer' }]);
      });
      await Promise.all([nested, hooked]);
      expect(await ids(ledger)).toEqual(['hooked', 'nested', 'outer']);
    });

    test('is refused once the ledger is closed', async () => {
      const ledger = await Ledger.open(await fresh());
      await ledger.close();
      await expect(add(ledger, 'late')).rejects.toThrow();
    });

    test('keeps bytes, texts and numbers as they are', async () => {
      const ledger = await open();
      const body = Buffer.from([0, 1, 0xff, 0, 0x80]);
      const receivedAt = Number.MAX_SAFE_INTEGER;
      // PostgreSQL has no NUL in texts: there it becomes the sign for what cannot be shown.
      const nul = ledger.dialect.name === 'postgres' ? '\ufffd' : '\u0000';
      const request = 'ü\u0000\u{1f600}\'"';
      await ledger.write((tx) =>
        tx.db
          .insertInto('receipts')
          .values({ connectionId: 'cnn', receivedAt, request, body, digest: 'd', processedAt: null })
          .execute(),
      );
      const [row] = await ledger.reader.selectFrom('receipts').selectAll().execute();
      expect(row).toMatchObject({ receivedAt, request: request.replace('\u0000', nul), processedAt: null });
      expect(Buffer.from(row?.body ?? [])).toEqual(body);
    });
  });
}
