/** What every feature has to do, whatever it is about. One suite for each port: `describeFeatures('SQLite', open, makers)`. */
import { PROBLEM_CODES } from '../../contract/api.ts';
import { EVENT_TYPES } from '../../contract/event.ts';
import { capabilitiesOf } from '../../service/src/core/capabilities.ts';
import type { Fact } from '../../service/src/events/fact.ts';
import type { MakeFeature } from '../../service/src/features/feature.ts';
import type { RuleFacts } from '../../service/src/outbound/permission.ts';
import { allErasers } from '../../service/src/keeping.ts';
import { Eraser } from '../../service/src/maintenance/erase.ts';
import type { Ledger } from '../../service/src/store/ledger.ts';
import { FeatureBench } from './feature-bench.ts';

type Benches = () => Promise<FeatureBench>;

export function describeFeatures(name: string, open: () => Promise<Ledger>, makers: readonly MakeFeature[]): void {
  describe.each(makers.map((make) => [make.name, make] as const))(`feature %s: ${name}`, (_name, make) => {
    const bench: Benches = async () => FeatureBench.make(await open(), [make]);
    describeReactions(bench);
    describePermissionRules(bench);
    describeErasers(bench);
  });
  test(`no two features share a name, a code, an eraser or a part of retention: ${name}`, async () => {
    const { features, ledger } = await FeatureBench.make(await open(), makers);
    const codes = [...PROBLEM_CODES, ...features.flatMap(({ codes: own = [] }) => own)].map((code) => ({ name: code }));
    const names = [features, codes, allErasers(ledger, features), features.flatMap(({ retain = [] }) => retain)];
    for (const named of names) expect(new Set(named.map((one) => one.name)).size).toBe(named.length);
  });
}

/** A reaction has its effects once for each fact, together with it or not at all, and stands any fact of its types. */
function describeReactions(bench: Benches): void {
  test('reactions name types of events that there are', async () => {
    for (const { on } of (await bench()).reactions) {
      expect(on.length).toBeGreaterThan(0);
      expect(EVENT_TYPES).toEqual(expect.arrayContaining([...on]));
    }
  });

  test('reactions have their effects with the fact or not at all, and once', async () => {
    const { ledger, publish, dump, typesHeard, factOf } = await bench();
    for (const type of typesHeard()) {
      const fact = factOf(type, 'ana');
      const before = await dump();
      const undone = ledger.write(async (tx) => {
        await publish(tx, fact);
        throw new Error('undone');
      });
      await expect(undone).rejects.toThrow('undone');
      expect(await dump()).toEqual(before);
      await ledger.write((tx) => publish(tx, fact));
      const after = await dump();
      await ledger.write((tx) => publish(tx, fact));
      expect(await dump()).toEqual(after);
    }
  });

  test('reactions stand facts that are about nobody, or about somebody who was erased', async () => {
    const { ledger, publish, typesHeard, factOf } = await bench();
    for (const type of typesHeard()) {
      const { contact: _, conversation: __, ...nobody } = factOf(type, 'ana');
      await ledger.write((tx) => publish(tx, nobody as Fact));
      await ledger.write((tx) => publish(tx, factOf(type, 'erased')));
    }
  });
}

/** A rule answers a question, and changes nothing. */
function describePermissionRules(bench: Benches): void {
  test('permission rules answer with a code and a sentence, and change nothing', async () => {
    const { rules, ledger, account, clock, people, dump } = await bench();
    const capabilities = capabilitiesOf(account);
    const before = await dump();
    for (const contactId of [undefined, ...Object.values(people)]) {
      for (const purpose of ['reply', 'campaign'] as const) {
        const facts: RuleFacts = {
          ...{ capabilities, kind: 'text', purpose, window: null, owner: 'bot', author: 'bot', now: clock.now() },
          ...{ accountId: account.id, contactId, conversationId: undefined, identities: [], template: undefined },
        };
        for (const rule of rules) {
          const reason = await rule.refuses(facts, ledger.reader);
          expect(await ledger.write(async (tx) => rule.refuses(facts, tx.db))).toEqual(reason);
          if (reason)
            expect(reason).toEqual({ code: expect.stringMatching(/^[a-z_]+$/), detail: expect.stringMatching(/\.$/) });
        }
      }
    }
    expect(await dump()).toEqual(before);
  });
}

/** An eraser leaves nothing of the person, and everything of everybody else. */
function describeErasers(bench: Benches): void {
  const erasing = async () => {
    const made = await bench();
    await made.live('ana');
    await made.live('ben');
    const eraser = new Eraser(made);
    eraser.register(allErasers(made.ledger, made.features));
    return { ...made, eraser, dump: made.dump, runJobs: made.runJobs, work: (id: string) => made.work(eraser, id) };
  };

  test('erasers leave nothing of the person, and all of everybody else', async () => {
    const { eraser, dump, people, work, runJobs } = await erasing();
    const others = (rows: string[]) => rows.filter((row) => row.includes(people.ben));
    const before = await dump();
    expect(before.filter((row) => row.includes(people.ana)).length).toBeGreaterThan(0);
    await eraser.erase(people.ana);
    await work(people.ana);
    expect(others(await dump())).toEqual(others(before));
    // What was promised before finds nobody any more.
    await runJobs();
    const after = await dump();
    expect(after.filter((row) => row.includes(people.ana) || row.includes('of ana'))).toEqual([]);
  });

  test('erasers may do each of their parts again', async () => {
    const { ledger, features, people, dump } = await erasing();
    const person = { contactId: people.ana, identities: [], conversationIds: ['cnv_ana'], since: 0 };
    const rest = { contactId: people.ana, conversationIds: ['cnv_ana'], since: 0, erasedAt: 0, own: undefined };
    for (const one of features.flatMap(({ erase = [] }) => erase)) {
      const run = () =>
        ledger.write(async (tx) => {
          await one.erase?.(tx, person, undefined);
          await one.step?.(tx, rest, undefined, 1);
        });
      await run();
      const after = await dump();
      await run();
      expect(await dump()).toEqual(after);
    }
  });
}
