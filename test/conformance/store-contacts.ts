/** Accounts, contacts, identities and conversations. */
import * as accounts from '../../service/src/store/account.store.ts';
import * as apiKeys from '../../service/src/store/api-key.store.ts';
import * as contacts from '../../service/src/store/contact.store.ts';
import * as stops from '../../service/src/store/stop.store.ts';
import * as conversations from '../../service/src/store/conversation.store.ts';
import * as owners from '../../service/src/store/conversation-owner.store.ts';
import * as list from '../../service/src/store/conversation-list.store.ts';
import type { Identity } from '../../service/src/core/identity.ts';
import { NO_WINDOW, type SessionWindow } from '../../service/src/core/session-window.ts';
import * as messages from '../../service/src/store/message.store.ts';
import type { Ledger } from '../../service/src/store/ledger.ts';
import type { OpenLedger } from './store-fixture.ts';
import { messageRow } from './store-messages.ts';

const PHONE = { channel: 'c', realm: '', kind: 'phone', address: '15550001111' };
const USER = { channel: 'c', realm: '', kind: 'user_id', address: 'US.1' };
const PAGE = { channel: 'other', realm: 'one', kind: 'page', address: 'p' };

function accountRow(id: string, change: Partial<accounts.AccountRow> = {}): accounts.AccountRow {
  return {
    id,
    channel: 'c',
    externalId: `external ${id}`,
    name: null,
    connectionId: `connection ${id}`,
    formerConnectionId: null,
    movedAt: null,
    settings: 'sealed',
    settingsDigest: 'digest',
    createdAt: 1,
    updatedAt: 1,
    deletedAt: null,
    pausedAt: null,
    pausedReason: null,
    pausedBy: null,
    probeAt: null,
    throttledAt: null,
    throttledUntil: null,
    throttledReason: null,
    perSecond: null,
    ...change,
  };
}

/** The accounts that were not deleted, as a process reads them: first what may have changed, then each with its settings. */
async function stored({ reader }: Ledger): Promise<(accounts.AccountRow | undefined)[]> {
  const there = (await accounts.facts(reader)).filter((one) => one.deletedAt === null);
  const ids = there.map((one) => one.id).sort();
  return Promise.all(ids.map((id) => accounts.findById(reader, id)));
}

async function converse(
  ledger: Ledger,
  id: string,
  contactId: string,
  accountId: string,
  window = NO_WINDOW,
  thread = '',
) {
  await ledger.write((tx) => conversations.create(tx, { id, accountId, contactId, thread, owner: 'bot', window }, 1));
}

export function describeContactStores(open: OpenLedger): void {
  describeAccountStore(open);
  describeContactStore(open);
  describeMerge(open);
}

function describeAccountStore(open: OpenLedger): void {
  describe('accounts', () => {
    test('are listed in order, found by what names them, and changed in place', async () => {
      const ledger = await open();
      await ledger.write(async (tx) => {
        await accounts.put(tx, accountRow('b'));
        await accounts.put(tx, accountRow('a'));
      });
      await ledger.write((tx) => accounts.put(tx, accountRow('a', { name: 'A', settings: 'new', updatedAt: 2 })));
      const expected = accountRow('a', { name: 'A', settings: 'new', updatedAt: 2 });
      expect(await stored(ledger)).toEqual([expected, accountRow('b')]);
      expect(await accounts.find(ledger.reader, 'c', 'external a')).toEqual(expected);
      expect(await accounts.find(ledger.reader, 'other', 'external a')).toBeUndefined();
      expect(await accounts.ofChannel(ledger.reader, 'c')).toEqual([expected, accountRow('b')]);
      expect(await accounts.ofChannel(ledger.reader, 'other')).toEqual([]);
    });

    test('that are removed forget settings, and come back under their id', async () => {
      const ledger = await open();
      await ledger.write((tx) => accounts.put(tx, accountRow('a')));
      await ledger.write((tx) => accounts.remove(tx, 'a', 5));
      expect(await stored(ledger)).toEqual([]);
      expect(await accounts.ofChannel(ledger.reader, 'c')).toEqual([]);
      const gone = { settings: '', settingsDigest: '', deletedAt: 5, updatedAt: 5 };
      expect(await accounts.find(ledger.reader, 'c', 'external a')).toEqual(accountRow('a', gone));
      await ledger.write((tx) => accounts.put(tx, accountRow('a', { updatedAt: 6 })));
      expect(await stored(ledger)).toEqual([accountRow('a', { updatedAt: 6 })]);
    });
  });

  test('an API key is found by its id; one that is no longer listed is revoked, until it is listed again', async () => {
    const ledger = await open();
    const list = (now: number, ...keys: apiKeys.ApiKey[]) => ledger.write((tx) => apiKeys.setAll(tx, keys, now));
    await list(1, { id: 'k', hash: 'old' });
    await list(2, { id: 'k', hash: 'new' });
    expect(await apiKeys.find(ledger.reader, 'k')).toEqual({ id: 'k', hash: 'new' });
    expect(await apiKeys.find(ledger.reader, 'other')).toBeUndefined();
    await list(3, { id: 'l', hash: 'other' }, { id: 'k', hash: 'new' });
    expect(await apiKeys.find(ledger.reader, 'k')).toEqual({ id: 'k', hash: 'new' });
    expect(await apiKeys.find(ledger.reader, 'l')).toEqual({ id: 'l', hash: 'other' });
    await list(4, { id: 'l', hash: 'other' });
    expect(await apiKeys.find(ledger.reader, 'k')).toEqual({ id: 'k', hash: 'new', revokedAt: 4 });
    await list(5, { id: 'l', hash: 'other' });
    expect(await apiKeys.find(ledger.reader, 'k')).toEqual({ id: 'k', hash: 'new', revokedAt: 4 });
    await list(6, { id: 'k', hash: 'new' });
    expect(await apiKeys.find(ledger.reader, 'k')).toEqual({ id: 'k', hash: 'new' });
    expect(await apiKeys.find(ledger.reader, 'l')).toEqual({ id: 'l', hash: 'other', revokedAt: 6 });
  });
}

function describeContactStore(open: OpenLedger): void {
  describe('contacts', () => {
    test('have identities, each one person’s, the oldest first', async () => {
      const ledger = await open();
      await ledger.write(async (tx) => {
        await contacts.create(tx, 'one', 1);
        await contacts.create(tx, 'two', 1);
        await contacts.addIdentity(tx, 'one', USER, 2);
        await contacts.addIdentity(tx, 'one', PHONE, 1);
        await contacts.addIdentity(tx, 'one', PAGE, 1);
        await contacts.addIdentity(tx, 'two', PHONE, 3);
        await contacts.rename(tx, 'one', 'Ana', '@ana');
        await stops.setStopped(tx, 'one', 7);
      });
      const one = { id: 'one', name: 'Ana', username: '@ana', identities: [PHONE, USER] };
      expect(await stops.stoppedAt(ledger.reader, 'one')).toBe(7);
      expect(await stops.stoppedAt(ledger.reader, 'two')).toBeUndefined();
      expect(await contacts.find(ledger.reader, 'one', 'c')).toEqual(one);
      expect((await contacts.find(ledger.reader, 'two', 'c'))?.identities).toEqual([]);
      expect(await contacts.find(ledger.reader, 'three', 'c')).toBeUndefined();
      expect(await contacts.ownerOf(ledger.reader, PHONE)).toBe('one');
      expect(await contacts.ownerOf(ledger.reader, { ...PHONE, channel: 'other' })).toBeUndefined();
      await ledger.write((tx) => contacts.dropIdentity(tx, PHONE));
      expect(await contacts.ownerOf(ledger.reader, PHONE)).toBeUndefined();
    });
  });

  test('a phone number is one person’s in each of its spellings', async () => {
    const ledger = await open();
    const of = (address: string): Identity => ({ channel: 'c', realm: '', kind: 'phone', address });
    const [signed, brazilian, old, elsewhere] = ['+5215512345678', '5531987654321', '553187654321', '553131234567'].map(
      of,
    );
    if (!signed || !brazilian || !old || !elsewhere) throw new Error('no numbers');
    await ledger.write(async (tx) => {
      for (const id of ['one', 'two', 'three']) await contacts.create(tx, id, 1);
      await contacts.addIdentity(tx, 'one', old, 1);
      await contacts.addIdentity(tx, 'two', brazilian, 2);
      await contacts.addIdentity(tx, 'three', signed, 3);
      await contacts.addIdentity(tx, 'three', elsewhere, 3);
    });
    const holders = async (identity: Identity) =>
      (await contacts.holdersOf(ledger.reader, identity)).map(({ contactId }) => contactId);
    expect(await holders(brazilian)).toEqual(['two', 'one']);
    expect(await holders(of('5503187654321'))).toEqual(['one', 'two']);
    expect(await holders(of('+525512345678'))).toEqual(['three']);
    expect(await holders({ ...brazilian, kind: 'psid' })).toEqual([]);
    expect(await contacts.ownerOf(ledger.reader, of('5531931234567'))).toBeUndefined();
    await ledger.write((tx) => contacts.dropIdentity(tx, of('55031987654321'), 'one'));
    expect(await holders(old)).toEqual(['two']);
    await ledger.write((tx) => contacts.dropIdentity(tx, old));
    expect(await holders(brazilian)).toEqual([]);
    expect(await holders(elsewhere)).toEqual(['three']);
  });

  test('an address is one person’s in each realm', async () => {
    const ledger = await open();
    const here = { channel: 'c', realm: 'page 1', kind: 'psid', address: '42' };
    const there = { ...here, realm: 'page 2' };
    await ledger.write(async (tx) => {
      for (const id of ['one', 'two']) await contacts.create(tx, id, 1);
      await contacts.addIdentity(tx, 'one', here, 1);
      await contacts.addIdentity(tx, 'two', there, 1);
      await contacts.addIdentity(tx, 'two', here, 2);
    });
    expect(await contacts.ownerOf(ledger.reader, here)).toBe('one');
    expect(await contacts.ownerOf(ledger.reader, there)).toBe('two');
    const ref = { kind: 'psid', address: '42' };
    expect((await contacts.realmsOf(ledger.reader, 'c', ref)).sort()).toEqual(['page 1', 'page 2']);
    expect(await contacts.realmsOf(ledger.reader, 'other', ref)).toEqual([]);
    expect((await contacts.find(ledger.reader, 'one', 'c'))?.identities).toEqual([here]);
    await ledger.write((tx) => contacts.dropIdentity(tx, here));
    expect(await contacts.realmsOf(ledger.reader, 'c', ref)).toEqual(['page 2']);
  });

  describe('conversations', () => {
    test('are one between an account and a contact, and keep their window', async () => {
      const ledger = await open();
      const window: SessionWindow = {
        expiresAt: 10,
        openedBy: 'ad',
        adAt: 3,
        freeUntil: 20,
        heardAt: 9,
        closedAt: null,
      };
      await converse(ledger, 'cnv', 'con', 'acc');
      await ledger.write((tx) => conversations.setWindow(tx, 'cnv', window));
      const own = {
        accountId: 'acc',
        contactId: 'con',
        thread: '',
        owner: 'bot',
        ownerAt: null,
        version: 1,
        inReplyTo: null,
        facts: {},
        attributes: {},
        choices: [],
        createdAt: 1,
      };
      const found = { ...own, id: 'cnv', window };
      expect(await conversations.find(ledger.reader, 'cnv')).toEqual(found);
      expect(await conversations.between(ledger.reader, 'acc', 'con', '')).toEqual(found);
      expect(await conversations.between(ledger.reader, 'acc', 'other', '')).toBeUndefined();
      await expect(converse(ledger, 'second', 'con', 'acc')).rejects.toThrow();
    });

    describe('are listed', () => {
      const ALL = {
        ids: undefined,
        accountIds: undefined,
        owner: undefined,
        heardSince: undefined,
        inThreads: [],
        session: undefined,
      };
      type Wish = Partial<list.WantedConversations>;
      const opened = { isOpen: true, now: 8, windowless: [] };
      const noWindow = { ...opened, windowless: ['acc 1'] };
      const at = (heardAt: number | null, id: string): Wish => ({ after: { heardAt, id } });

      test.each<[string, Wish, number, string]>([
        ['all, the one last heard from first, then those never heard from', {}, 9, 'b d c a z y'],
        ['of an account', { accountIds: ['acc 1'] }, 9, 'd c a z y'],
        ['of several', { accountIds: ['acc 1', 'acc 2'] }, 2, 'b d'],
        ['of none', { accountIds: [] }, 9, ''],
        ['behind a place', at(9, 'b'), 2, 'd c'],
        ['behind one of two that were heard at once', at(5, 'c'), 9, 'a z y'],
        ['across the end of those that were heard', at(5, 'c'), 2, 'a z'],
        ['behind one never heard from', at(null, 'z'), 9, 'y'],
        ['heard since', { heardSince: 7 }, 9, 'b d'],
        ['owned by people', { owner: 'human' }, 9, 'c'],
        ['owned by nobody', { owner: 'bot' }, 9, 'b d a z y'],
        ['with an open session', { session: opened }, 9, 'b'],
        ['with an open session, or none to open', { session: noWindow }, 9, 'b d c a z y'],
        ['with a closed session', { session: { ...opened, isOpen: false } }, 9, 'd c a z y'],
        ['with a closed session, where there are sessions', { session: { ...noWindow, isOpen: false } }, 9, ''],
        ['by name', { ids: ['a', 'y', 'b'] }, 9, 'b a y'],
        ['by no name', { ids: [] }, 9, ''],
      ])('%s', async (_name, wish, limit, expected) => {
        const ledger = await open();
        const heard: [string, string, number | null][] = [
          ['a', 'acc 1', 5],
          ['b', 'acc 2', 9],
          ['c', 'acc 1', 5],
          ['d', 'acc 1', 7],
          ['y', 'acc 1', null],
          ['z', 'acc 1', null],
        ];
        for (const [id, account, heardAt] of heard) {
          const window = { ...NO_WINDOW, heardAt, expiresAt: heardAt };
          await converse(ledger, id, `con ${id}`, account, window);
        }
        await ledger.write((tx) => owners.setOwner(tx, 'c', 'human', 5));
        const found = await list.page(ledger.reader, { ...ALL, after: undefined, ...wish }, limit);
        expect(found.map(({ id }) => id).join(' ')).toBe(expected);
      });

      test('without those that went into others', async () => {
        const ledger = await open();
        await converse(ledger, 'a', 'con a', 'acc 1', { ...NO_WINDOW, heardAt: 5 });
        await converse(ledger, 'b', 'con b', 'acc 1', { ...NO_WINDOW, heardAt: 7 });
        await converse(ledger, 'c', 'con a', 'acc 2');
        await ledger.write((tx) => conversations.merge(tx, 'b', 'a'));
        const found = await list.page(ledger.reader, { ...ALL, after: undefined }, 9);
        expect(found.map(({ id, window }) => [id, window.heardAt])).toEqual([
          ['a', 7],
          ['c', null],
        ]);
      });

      test('of a contact, also by the id that the contact had once', async () => {
        const ledger = await open();
        await converse(ledger, 'a', 'con a', 'acc 1', { ...NO_WINDOW, heardAt: 5 });
        await converse(ledger, 'b', 'con b', 'acc 1');
        await converse(ledger, 'c', 'con a', 'acc 2', { ...NO_WINDOW, heardAt: 6 });
        await ledger.write((tx) => conversations.merge(tx, 'b', 'a'));
        const ids = async (contact: string) => (await list.ofContact(ledger.reader, contact)).map(({ id }) => id);
        expect(await ids('con a')).toEqual(['c', 'a']);
        expect(await ids('con b')).toEqual(['a']);
        expect(await ids('nobody')).toEqual([]);
      });
    });

    test('change hands; older news of who answers changes nothing', async () => {
      const ledger = await open();
      await converse(ledger, 'cnv', 'con', 'acc');
      const found = async () => {
        const { owner, version } = (await conversations.find(ledger.reader, 'cnv')) ?? {};
        return [owner, version];
      };
      const set = async (owner: 'bot' | 'human', at: number) => [
        await ledger.write((tx) => owners.setOwner(tx, 'cnv', owner, at)),
        ...(await found()),
      ];
      expect(await set('human', 5)).toEqual([true, 'human', 2]);
      expect(await set('bot', 4)).toEqual([false, 'human', 2]);
      expect(await set('human', 5)).toEqual([true, 'human', 2]);
      expect(await set('bot', 5)).toEqual([true, 'bot', 3]);
      await ledger.write((tx) => owners.assignOwner(tx, 'cnv', 'human', 4));
      await ledger.write((tx) => owners.assignOwner(tx, 'cnv', 'human', 6));
      expect(await found()).toEqual(['human', 4]);
      await ledger.write((tx) => owners.returnToBot(tx, 'cnv', 6));
      expect(await found()).toEqual(['bot', 5]);
    });

    test('are another version when they took one in, whoever owned which', async () => {
      const ledger = await open();
      for (const [id, contact] of [
        ['a', 'con a'],
        ['b', 'con b'],
      ] as const)
        await converse(ledger, id, contact, 'acc');
      await ledger.write((tx) => owners.assignOwner(tx, 'b', 'human', 4));
      await ledger.write((tx) => conversations.merge(tx, 'b', 'a'));
      expect(await conversations.find(ledger.reader, 'b')).toMatchObject({ id: 'a', owner: 'human', version: 3 });
    });

    test('go back to the program only from whom took them at that time', async () => {
      const ledger = await open();
      await converse(ledger, 'cnv', 'con', 'acc');
      const back = (at: number) => ledger.write((tx) => owners.returnToBot(tx, 'cnv', at));
      expect(await back(5)).toBe(false);
      await ledger.write((tx) => owners.setOwner(tx, 'cnv', 'human', 5));
      expect([await back(4), await back(5), await back(5)]).toEqual([false, true, false]);
      expect((await conversations.find(ledger.reader, 'cnv'))?.owner).toBe('bot');
    });

    test('lose the choices of a message, and no others', async () => {
      const ledger = await open();
      await converse(ledger, 'cnv', 'con', 'acc');
      const offered = [{ id: 'y', title: 'Yes' }];
      await ledger.write((tx) => conversations.setChoices(tx, { id: 'cnv', choices: [] }, offered));
      const left = async (choices: { id: string; title: string }[]) => {
        await ledger.write((tx) => conversations.dropChoices(tx, 'cnv', choices));
        return (await conversations.find(ledger.reader, 'cnv'))?.choices;
      };
      expect(await left([{ id: 'n', title: 'No' }])).toEqual(offered);
      expect(await left(offered)).toEqual([]);
    });

    test('keep the choices that were offered until others are', async () => {
      const ledger = await open();
      await converse(ledger, 'cnv', 'con', 'acc');
      const offer = async (choices?: { id: string; title: string }[]) => {
        const known = await conversations.find(ledger.reader, 'cnv');
        await ledger.write((tx) => conversations.setChoices(tx, known ?? { id: '', choices: [] }, choices));
        return (await conversations.find(ledger.reader, 'cnv'))?.choices;
      };
      const yes = [{ id: 'y', title: 'Yes' }];
      expect(await offer(yes)).toEqual(yes);
      expect(await offer(yes)).toEqual(yes);
      expect(await offer([{ id: 'n', title: 'No' }])).toEqual([{ id: 'n', title: 'No' }]);
      expect(await offer()).toEqual([]);
    });
  });
}

function describeMerge(open: OpenLedger): void {
  describe('two contacts who are one', () => {
    test('keep every identity, conversation, message and waiting workflow', async () => {
      const ledger = await open();
      await ledger.write(async (tx) => {
        for (const id of ['from', 'into']) await contacts.create(tx, id, 1);
        await contacts.addIdentity(tx, 'from', PHONE, 1);
        await contacts.addIdentity(tx, 'into', USER, 2);
      });
      await converse(ledger, 'shared from', 'from', 'acc 1');
      await converse(ledger, 'shared into', 'into', 'acc 1');
      await converse(ledger, 'only from', 'from', 'acc 2');
      await ledger.write(async (tx) => {
        await messages.insert(tx, messageRow('m1', { conversationId: 'shared from' }));
        await messages.insert(tx, messageRow('m2', { conversationId: 'shared into' }));
        await contacts.merge(tx, 'from', 'into');
      });
      expect(await contacts.find(ledger.reader, 'from', 'c')).toBeUndefined();
      expect((await contacts.find(ledger.reader, 'into', 'c'))?.identities).toEqual([PHONE, USER]);
      expect((await conversations.between(ledger.reader, 'acc 1', 'into', ''))?.id).toBe('shared into');
      expect((await conversations.between(ledger.reader, 'acc 2', 'into', ''))?.id).toBe('only from');
      expect((await conversations.find(ledger.reader, 'shared from'))?.id).toBe('shared into');
      const rows = await ledger.reader.selectFrom('messages').select('conversationId').execute();
      expect(rows).toEqual([{ conversationId: 'shared into' }, { conversationId: 'shared into' }]);
    });

    const early: SessionWindow = { expiresAt: 10, openedBy: 'ad', adAt: 8, freeUntil: 90, heardAt: 8, closedAt: null };
    const late: SessionWindow = {
      expiresAt: 20,
      openedBy: 'message',
      adAt: null,
      freeUntil: null,
      heardAt: 9,
      closedAt: null,
    };
    const widest: SessionWindow = {
      expiresAt: 20,
      openedBy: 'message',
      adAt: 8,
      freeUntil: 90,
      heardAt: 9,
      closedAt: null,
    };

    test.each<[string, SessionWindow, SessionWindow, SessionWindow]>([
      ['the later end, from the one that goes', late, early, widest],
      ['the later end, from the one that stays', early, late, widest],
      ['the only one that was open', late, NO_WINDOW, late],
      ['none, when none was open', NO_WINDOW, NO_WINDOW, NO_WINDOW],
      ['a free time without a window', { ...NO_WINDOW, freeUntil: 5 }, NO_WINDOW, { ...NO_WINDOW, freeUntil: 5 }],
    ])('have the window of both: %s', async (_name, from, into, joined) => {
      const ledger = await open();
      await converse(ledger, 'a', 'from', 'acc', from);
      await converse(ledger, 'b', 'into', 'acc', into);
      await ledger.write((tx) => contacts.merge(tx, 'from', 'into'));
      expect((await conversations.find(ledger.reader, 'b'))?.window).toEqual(joined);
    });

    const yes = [{ id: 'y', title: 'Yes' }];
    const no = [{ id: 'n', title: 'No' }];
    test.each<[string, typeof yes, typeof yes, typeof yes]>([
      ['of the one that stays', yes, no, no],
      ['of the one that goes, when the other left none', yes, [], yes],
      ['of neither, when neither left any', [], [], []],
    ])('may choose from the choices %s', async (_name, from, into, joined) => {
      const ledger = await open();
      await converse(ledger, 'a', 'from', 'acc');
      await converse(ledger, 'b', 'into', 'acc');
      await ledger.write(async (tx) => {
        await conversations.setChoices(tx, { id: 'a', choices: [] }, from);
        await conversations.setChoices(tx, { id: 'b', choices: [] }, into);
        await contacts.merge(tx, 'from', 'into');
      });
      expect((await conversations.find(ledger.reader, 'b'))?.choices).toEqual(joined);
      const gone = ledger.reader.selectFrom('conversations').select('choices').where('id', '=', 'a');
      expect(await gone.executeTakeFirst()).toEqual({ choices: null });
    });

    test('have said stop when either did, and keep the name that is known', async () => {
      const ledger = await open();
      await ledger.write(async (tx) => {
        for (const id of ['from', 'into']) await contacts.create(tx, id, 1);
        await contacts.rename(tx, 'from', 'Ana', null);
        await contacts.rename(tx, 'into', null, 'ana');
        await stops.setStopped(tx, 'from', 7);
        await contacts.merge(tx, 'from', 'into');
      });
      const kept = { id: 'into', name: 'Ana', username: 'ana', identities: [] };
      expect(await contacts.find(ledger.reader, 'into', 'c')).toEqual(kept);
      expect(await stops.stoppedAt(ledger.reader, 'into')).toBe(7);
    });

    test('are a person’s when either conversation was', async () => {
      const ledger = await open();
      await converse(ledger, 'a', 'from', 'acc');
      await converse(ledger, 'b', 'into', 'acc');
      await ledger.write(async (tx) => {
        await tx.db.updateTable('conversations').set({ owner: 'human' }).where('id', '=', 'a').execute();
        await contacts.merge(tx, 'from', 'into');
      });
      expect((await conversations.find(ledger.reader, 'b'))?.owner).toBe('human');
    });

    test.each([
      ['nothing', {}, {}, { surface: 'short', topic: 'old' }, { intent: 'orders', locale: 'de' }],
      [
        'something',
        { topic: 'new' },
        { locale: 'en' },
        { surface: 'short', topic: 'new' },
        { intent: 'orders', locale: 'en' },
      ],
    ])('of which one knew %s: what the other knew is known', async (_name, facts, attributes, known, told) => {
      const ledger = await open();
      await converse(ledger, 'a', 'from', 'acc');
      await converse(ledger, 'b', 'into', 'acc');
      await ledger.write(async (tx) => {
        const nothing = { facts: {}, attributes: {} };
        const gone = { facts: { surface: 'short', topic: 'old' }, attributes: { intent: 'orders', locale: 'de' } };
        await conversations.learn(tx, { id: 'a', ...nothing }, gone);
        await conversations.learn(tx, { id: 'b', ...nothing }, { facts, attributes });
        await contacts.merge(tx, 'from', 'into');
      });
      expect(await conversations.find(ledger.reader, 'b')).toMatchObject({ facts: known, attributes: told });
    });
  });
}
