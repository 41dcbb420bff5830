/**
 * Forgets a person. At once: everything that an index finds, so that nothing is sent, answered or shown any more. The rest in small
 * steps: long conversations, and events, from the newest on, as those may still be on their way to a workflow.
 */
import type { Clock } from '../core/clock.ts';
import { ParleyError } from '../core/errors.ts';
import type { ErasedContact } from '../../../contract/api.ts';
import type { Outbox } from '../outbox/outbox.ts';
import * as cursors from '../store/cursor.store.ts';
import * as store from '../store/erasure.store.ts';
import type { PersonalRecords, ReceiptPlace } from '../store/erasure.store.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Tx } from '../store/unit-of-work.ts';
import { maintenanceJob, type MaintenanceTask, type Progress } from './maintenance.ts';

/** Of each conversation, as many rounds of messages go at once. */
const ROUNDS_AT_ONCE = 4;
/** Identities that are shorter could stand in any webhook by chance. */
const MIN_ADDRESS = 5;
/** Units of work that were under way at the time, in other processes, have ended by then. */
const LATE_MS = 60_000;
const UNREAD_MS = 5_000;
/** The clocks of several machines differ. */
const SKEW_MS = 60_000;

export interface EraserDeps {
  ledger: Ledger;
  outbox: Outbox;
  clock: Clock;
}

/** What the rest is done by. No word of the person is in it. */
interface Rest {
  contactId: string;
  conversationIds: string[];
  since: number;
  erasedAt: number;
  /** Webhooks that waited to be read and name the person. */
  unread: number[];
  marks: string[];
}

/** How far the rest is. `late`: what came while it went on is being looked at. */
interface ErasureProgress {
  from: number;
  floor: number;
  top: number;
  late: boolean;
}

export class Eraser implements MaintenanceTask {
  readonly name = 'erase';
  readonly #deps: EraserDeps;

  constructor(deps: EraserDeps) {
    this.#deps = deps;
  }

  /** Resolves when nothing of the person is sent or shown any more; the rest follows. Throws `not_found`. */
  async erase(contactId: string): Promise<ErasedContact> {
    const { ledger } = this.#deps;
    const known = await store.find(ledger.reader, contactId);
    const addresses = (known?.identities ?? []).map(({ address }) => address);
    const { unread, dead } = await this.#receiptsWith(addresses);
    return ledger.write(async (tx) => {
      const person = await store.find(tx.db, contactId);
      if (person === undefined) throw new ParleyError(404, 'not_found', `There is no contact '${contactId}'`);
      await store.lockForUpdate(tx, person);
      const erased = await this.#atOnce(tx, person);
      const webhooks = await store.emptyDeadReceipts(tx, dead);
      const marks = unread.length > 0 ? await store.mark(tx, person.identities, Math.max(...unread)) : [];
      const { conversationIds, since } = person;
      const rest: Rest = { contactId, conversationIds, since, erasedAt: this.#deps.clock.now(), unread, marks };
      await this.#deps.outbox.enqueue(tx, maintenanceJob(this.name, contactId, { ...rest }));
      return { id: contactId, erased: { ...erased, webhooks }, rest: 'follows' };
    });
  }

  async step(tx: Tx, payload: Record<string, unknown>, now: number): Promise<Progress> {
    const rest = payload as unknown as Rest;
    for (const id of rest.conversationIds) if (await store.dropMessages(tx, id)) return 'more';
    if (await this.#events(tx, rest)) return 'more';
    const place = await this.#place(tx, rest);
    if (tx.shared && !place.late) {
      const isOver = now > rest.erasedAt + LATE_MS;
      if (!isOver) return { againAt: rest.erasedAt + LATE_MS + 1 };
      const from = await store.lastEvent(tx.db, rest.erasedAt + LATE_MS + SKEW_MS);
      await this.#put(tx, rest, { from, floor: place.top, top: from, late: true });
      return 'more';
    }
    if (await store.isUnread(tx.db, rest.unread)) return { againAt: now + UNREAD_MS };
    await this.#end(tx, rest);
    return 'done';
  }

  /** Whether there are more events to look at. */
  async #events(tx: Tx, rest: Rest): Promise<boolean> {
    const { conversationIds, since } = rest;
    const place = await this.#place(tx, rest);
    if (conversationIds.length === 0 || place.from <= place.floor) return false;
    const bounds = { ...place, since: since - SKEW_MS };
    const next = await store.dropEvents(tx, conversationIds, bounds);
    await this.#put(tx, rest, { ...place, from: next ?? place.floor });
    return true;
  }

  async #place(tx: Tx, { contactId, erasedAt }: Rest): Promise<ErasureProgress> {
    const position = await cursors.find(tx.db, `erase:${contactId}`);
    if (position !== undefined) return JSON.parse(position) as ErasureProgress;
    const top = await store.lastEvent(tx.db, erasedAt + SKEW_MS);
    return { from: top, floor: 0, top, late: false };
  }

  #put(tx: Tx, { contactId }: Rest, place: ErasureProgress): Promise<void> {
    return cursors.put(tx, `erase:${contactId}`, JSON.stringify(place));
  }

  /** What could not be read after all is emptied, and what units of work left that were under way. */
  async #end(tx: Tx, { contactId, conversationIds, unread, marks }: Rest): Promise<void> {
    await store.emptyDeadReceipts(tx, unread);
    await store.unmark(tx, marks);
    await store.dropContact(tx, { contactId, conversationIds, identities: [], since: 0 });
    for (const id of conversationIds) await store.dropWaits(tx, id);
    await cursors.remove(tx, `erase:${contactId}`);
  }

  async #atOnce(tx: Tx, person: PersonalRecords): Promise<Omit<ErasedContact['erased'], 'webhooks'>> {
    const erased = { conversations: 0, messages: 0, sends: 0, waits: 0, identities: person.identities.length };
    for (const id of person.conversationIds) {
      const { messages, sends } = await store.countMessages(tx.db, id);
      erased.conversations += 1;
      erased.messages += messages;
      erased.sends += sends;
      erased.waits += await store.dropWaits(tx, id);
      for (let round = 0; round < ROUNDS_AT_ONCE; round++) if (!(await store.dropMessages(tx, id))) break;
    }
    await store.dropContact(tx, person);
    return erased;
  }

  /** Webhooks whose body is kept and names the person. */
  async #receiptsWith(addresses: readonly string[]): Promise<{ unread: number[]; dead: number[] }> {
    const { reader } = this.#deps.ledger;
    const found = { unread: [] as number[], dead: [] as number[] };
    const texts = addresses.filter((address) => address.length >= MIN_ADDRESS);
    if (texts.length === 0) return found;
    for (const start of await store.receiptPlaces(reader)) {
      for (let place: ReceiptPlace | undefined = start; place !== undefined;) {
        const looked = await store.receiptsWith(reader, texts, place);
        found['dead' in start ? 'dead' : 'unread'].push(...looked.found);
        place = looked.next;
        // Each look is short, and others have their turn between two.
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    return found;
  }
}
