/** What is taken back, forgotten or without an account while its rest is fetched, and what a process leaves that dies meanwhile. */
import type { ChannelEvent } from '../../../service/src/channels/channel.ts';
import { SendError } from '../../../service/src/core/errors.ts';
import { pendingRetention } from '../../../service/src/inbound/keeping.ts';
import type { Ledger } from '../../../service/src/store/ledger.ts';
import { deferred } from '../../sandbox/kit/deferred.ts';
import { eventually } from '../../support/eventually.ts';
import { ANA, DAY, flow, HOUR, nextFact, of, tell, text } from './facts-fixture.ts';
import {
  allTold,
  BEN,
  describeCompletion,
  part,
  passes,
  provider,
  quiet,
  recovers,
  waiting,
} from './completion-fixture.ts';

const SECOND = 1_000;
const TAKEN_BACK = 'received: deleted by the contact';

const away = () => {
  throw new SendError('unreachable', 'Nobody there');
};
const deletion = (providerMessageId: string): ChannelEvent => {
  const about = { providerMessageId, dedupeKey: `deleted ${nextFact()}`, contact: ANA, raw: {} };
  return { type: 'message.deleted', ...about };
};
/** Nothing of it is anywhere in the ledger. */
const traces = async (...words: string[]) => {
  const { reader } = flow.ledger;
  const tables = ['events', 'messages', 'pendingFacts', 'conversations', 'contacts', 'identities', 'media'] as const;
  const all = await Promise.all(tables.map((table) => reader.selectFrom(table).selectAll().execute()));
  return words.filter((word) => JSON.stringify(all).includes(word));
};

/** The provider answers when it is told to. */
function slowly() {
  const gate = deferred<undefined>();
  const { answer } = provider;
  provider.answer = async (fact) => {
    await gate.promise;
    return answer(fact);
  };
  return {
    isAsked: () => eventually(() => provider.asked.length > 0, 'the provider to be asked'),
    answers: async () => {
      gate.resolve(undefined);
      await eventually(() => flow.driver.running('complete') === 0, 'the answer to be taken');
      await quiet();
    },
  };
}

export function describeGone(name: string, open: () => Promise<Ledger>): void {
  describeCompletion(name, open, () => {
    describeTakenBack();
    describeErased();
    describeAccounts();
  });
}

function describeTakenBack(): void {
  describe('a message that is taken back', () => {
    test('while it waits for its rest is forgotten, and what is behind it goes on at once', async () => {
      provider.answer = away;
      const one = part('one');
      await tell(one, text('two'), deletion(one.providerMessageId), text('three'));
      await recovers();
      await passes(HOUR, 600 * SECOND);
      expect(await allTold()).toEqual([TAKEN_BACK, 'received: two', 'deleted', 'received: three']);
      const [received, , deleted] = await flow.events();
      expect(deleted?.data).toMatchObject({ messageId: received?.message?.id });
      expect(received?.message).not.toHaveProperty('incomplete');
      expect(provider.asked.length).toBeLessThan(2);
    });

    test('goes on with the next that waits', async () => {
      provider.answer = away;
      const one = part('one');
      await tell(one, part('two'));
      await quiet();
      await recovers();
      await tell(deletion(one.providerMessageId));
      await quiet();
      expect(await allTold()).toEqual([TAKEN_BACK, 'received: two, the whole of it', 'deleted']);
    });

    test('while its rest is on the way is never told', async () => {
      const { isAsked, answers } = slowly();
      const one = part('one');
      await tell(one);
      await isAsked();
      await tell(deletion(one.providerMessageId), text('two'));
      await answers();
      expect(await allTold()).toEqual([TAKEN_BACK, 'deleted', 'received: two']);
      expect(await traces('the whole of it', '"one"')).toEqual([]);
    });

    test('while it waits behind another is told as taken back in its turn, and so are its edits', async () => {
      provider.answer = away;
      const two = text('two');
      const { providerMessageId } = two;
      const edit: ChannelEvent = { ...part('two, bet…'), type: 'message.edited', providerMessageId };
      await tell(part('one'), two, edit, deletion(providerMessageId), text('three'));
      await quiet();
      expect(await allTold()).toEqual([]);
      await recovers();
      await passes(10 * SECOND);
      expect(await allTold()).toEqual([
        ...['received: one, the whole of it', TAKEN_BACK],
        ...['edited: deleted by the contact', 'deleted', 'received: three'],
      ]);
      expect(await traces('two')).toEqual([]);
    });

    test('that was told is forgotten at once, although something else waits', async () => {
      const one = text('my card is 4111');
      await tell(one);
      provider.answer = away;
      await tell(part('two'), deletion(one.providerMessageId));
      expect(await allTold()).toEqual([TAKEN_BACK]);
      expect(await traces('4111')).toEqual([]);
      await recovers();
      await passes(10 * SECOND);
      expect(await allTold()).toEqual([TAKEN_BACK, 'received: two, the whole of it', 'deleted']);
    });
  });
}

function describeErased(): void {
  describe('a person who is erased', () => {
    const erase = async () => {
      const { contactId = '' } = (await flow.ledger.reader.selectFrom('conversations').selectAll().execute())[0] ?? {};
      await flow.eraser.erase(contactId);
    };

    test('while something of theirs waits: nothing is left, nothing is told, others keep what is theirs', async () => {
      provider.answer = away;
      await tell(part('my card'), text('is 4111'));
      await quiet();
      await erase();
      await tell(part('from Ben', { contact: BEN }));
      await recovers();
      await passes(2 * HOUR, 600 * SECOND);
      expect(await allTold()).toEqual(['received: from Ben, the whole of it']);
      expect(await traces('my card', '4111', '15550001111')).toEqual([]);
      const jobs = flow.ledger.reader.selectFrom('jobs').selectAll().where('kind', '=', 'complete');
      expect(await jobs.execute()).toEqual([]);
    });

    test('while the rest is on the way: it comes to nobody', async () => {
      const { isAsked, answers } = slowly();
      await tell(part('my card'));
      await isAsked();
      await erase();
      await answers();
      expect(await allTold()).toEqual([]);
      expect(await waiting()).toEqual([]);
      expect(await traces('my card', '15550001111')).toEqual([]);
    });

    test('who writes again is somebody new', async () => {
      provider.answer = away;
      await tell(part('one'));
      await erase();
      await recovers();
      await tell(part('two'));
      await quiet();
      expect(await allTold()).toEqual(['received: two, the whole of it']);
    });
  });
}

function describeAccounts(): void {
  describe('an account that is deleted', () => {
    test('has what waited told when it is registered again, in its order', async () => {
      provider.answer = away;
      await tell(part('one'), text('two'));
      await quiet();
      await flow.removed('1');
      await recovers();
      await passes(DAY, 2 * HOUR);
      expect(await allTold()).toEqual([]);
      await flow.account('1');
      await tell(text('three'));
      await passes(HOUR / 6);
      expect(await allTold()).toEqual(['received: one, the whole of it', 'received: two', 'received: three']);
    });

    test('has what waited dropped in the end, whatever others wait for', async () => {
      await flow.account('2');
      provider.answer = away;
      await tell(part('one'));
      await flow.told('2', part('of another account', { contact: BEN }));
      await quiet();
      await flow.removed('1');
      const [sweep] = pendingRetention({ bodies: DAY, receipts: 2 * DAY, events: Infinity });
      const swept = (now: number) => flow.ledger.write((tx) => sweep?.sweep(tx, null, now) ?? Promise.resolve());
      await swept(flow.clock.now() + DAY - SECOND);
      expect(await waiting()).toHaveLength(2);
      await swept(flow.clock.now() + DAY + SECOND);
      expect(await waiting()).toHaveLength(1);
      expect(pendingRetention({ bodies: Infinity, receipts: Infinity, events: 1 })).toEqual([]);
      await passes(2 * HOUR, 600 * SECOND);
      expect((await of('message.received')).map(({ account }) => account.externalId)).toEqual(['2']);
      const jobs = flow.ledger.reader.selectFrom('jobs').selectAll().where('kind', '=', 'complete');
      expect(await jobs.execute()).toEqual([]);
    });
  });
}
