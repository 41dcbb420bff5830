/**
 * Erases a person. It forgets at once everything that an index finds, so that nothing is sent, answered or shown any more, and the rest in small
 * steps. The erasers know what there is to forget: each owner of records has one.
 */
import { z } from 'zod';
import type { ErasedContact } from '../../../contract/api.ts';
import type { Clock } from '../core/clock.ts';
import { ParleyError } from '../core/errors.ts';
import type { Outbox } from '../outbox/outbox.ts';
import * as cursors from '../store/cursor.store.ts';
import * as people from '../store/person.store.ts';
import type { PersonalRecords } from '../store/person.store.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Tx } from '../store/unit-of-work.ts';
import type { MaintenanceTask, Progress } from './maintenance.ts';
import { maintenanceJob } from './maintenance-job.ts';
import type { ErasedCounts, PersonEraser } from './person-eraser.ts';

/** Lists what the eraser works with. */
export interface EraserDeps {
  ledger: Ledger;
  outbox: Outbox;
  clock: Clock;
}

/** Says what a job of an erasure knows: what every step is told, and what each eraser left to its own. */
const REST = z.object({
  contactId: z.string(),
  conversationIds: z.array(z.string()),
  since: z.number(),
  erasedAt: z.number(),
  own: z.record(z.string(), z.unknown()),
});
type Rest = z.infer<typeof REST>;

/** Tells how far the rest is: whose steps are next, and where they go on. */
interface ErasureProgress {
  eraser: string;
  at: unknown;
}

/** Erases people by all registered erasers. */
export class Eraser implements MaintenanceTask<Rest> {
  readonly name = 'erase';
  readonly payload = REST;
  readonly #deps: EraserDeps;
  readonly #erasers: PersonEraser[] = [];

  constructor(deps: EraserDeps) {
    this.#deps = deps;
  }

  /** Adds erasers, after those that are there: by this order they erase, and then take their steps. */
  register(erasers: readonly PersonEraser[]): void {
    this.#erasers.push(...erasers);
  }

  /** Erases a person; resolves when nothing of them is sent or shown any more, and the rest follows. Throws `not_found`. */
  async erase(contactId: string): Promise<ErasedContact> {
    const { ledger, clock, outbox } = this.#deps;
    const found = await this.#find(contactId);
    return ledger.write(async (tx) => {
      const person = await people.find(tx.db, contactId);
      if (person === undefined) throw new ParleyError(404, 'not_found', `There is no contact '${contactId}'`);
      await people.lockForUpdate(tx, person);
      const { erased, own } = await this.#atOnce(tx, person, found);
      const { conversationIds, since } = person;
      const rest: Rest = { contactId, conversationIds, since, erasedAt: clock.now(), own };
      await outbox.enqueue(tx, maintenanceJob(this.name, contactId, rest));
      return { id: contactId, erased, rest: 'follows' };
    });
  }

  async step(tx: Tx, { own, ...rest }: Rest, now: number): Promise<Progress> {
    const cursor = `erase:${rest.contactId}`;
    const place = await cursors.find<ErasureProgress>(tx.db, cursor);
    const erasers = this.#erasers.filter(({ step }) => step !== undefined);
    // One that this version does not have: the steps begin anew.
    const index = Math.max(
      0,
      erasers.findIndex(({ name }) => name === place?.eraser),
    );
    const eraser = erasers[index];
    const at = eraser?.name === place?.eraser ? place?.at : undefined;
    const stepped = (await eraser?.step?.(tx, { ...rest, own: own[eraser.name] }, at, now)) ?? 'done';
    const next = stepped === 'done' ? erasers[index + 1] : eraser;
    if (next === undefined) {
      await cursors.remove(tx, cursor);
      return 'done';
    }
    const then: ErasureProgress = { eraser: next.name, at: stepped === 'done' ? undefined : stepped.at };
    await cursors.put(tx, cursor, then);
    return stepped !== 'done' && stepped.notBefore !== undefined ? { againAt: stepped.notBefore } : 'more';
  }

  /** Looks for what no index finds, and answers it by the eraser that looked for it. */
  async #find(contactId: string): Promise<Map<string, unknown>> {
    const found = new Map<string, unknown>();
    const person = await people.find(this.#deps.ledger.reader, contactId);
    if (person) for (const one of this.#erasers) found.set(one.name, await one.find?.(person));
    return found;
  }

  async #atOnce(tx: Tx, person: PersonalRecords, found: ReadonlyMap<string, unknown>) {
    const erased: ErasedCounts = { identities: 0, conversations: 0, messages: 0, sends: 0, waits: 0, webhooks: 0 };
    const own: Record<string, unknown> = {};
    for (const eraser of this.#erasers) {
      const done = await eraser.erase?.(tx, person, found.get(eraser.name));
      if (done?.own !== undefined) own[eraser.name] = done.own;
      for (const [what, count] of Object.entries(done?.counts ?? {})) erased[what as keyof ErasedCounts] += count;
    }
    return { erased, own };
  }
}
