import type { Ledger } from '../../../service/src/store/ledger.ts';
import { maintenanceJob } from '../../../service/src/maintenance/maintenance-job.ts';
import type { Outbox } from '../../../service/src/outbox/outbox.ts';
import * as cursors from '../../../service/src/store/cursor.store.ts';
import type { Db, Tx } from '../../../service/src/store/unit-of-work.ts';

/** The name of its task. */
export const TASK = 'forget visits';

interface Stored {
  visits: number;
  greeted: boolean;
}

/** Counts how often somebody wrote, in a table that is there already. */
export class Visits {
  readonly #ledger: Ledger;
  readonly #outbox: Outbox;

  constructor({ ledger, outbox }: { ledger: Ledger; outbox: Outbox }) {
    this.#ledger = ledger;
    this.#outbox = outbox;
  }

  of(contactId: string, db: Db = this.#ledger.reader): Promise<Stored> {
    return find(db, contactId);
  }

  async add(tx: Tx, contactId: string): Promise<number> {
    const { visits, greeted } = await find(tx.db, contactId);
    await cursors.put(tx, nameOf(contactId), { visits: visits + 1, greeted });
    return visits + 1;
  }

  async greet(tx: Tx, contactId: string): Promise<void> {
    const { visits } = await find(tx.db, contactId);
    // Erased meanwhile.
    if (visits === 0) return;
    await cursors.put(tx, nameOf(contactId), { visits, greeted: true });
  }

  /** Promises that what is counted of somebody is forgotten, in small steps. */
  async promiseToForget(contactId: string): Promise<void> {
    await this.#ledger.write((tx) => this.#outbox.enqueue(tx, maintenanceJob(TASK, contactId, { contactId })));
  }

  forget(tx: Tx, contactId: string): Promise<void> {
    return cursors.remove(tx, nameOf(contactId));
  }
}

async function find(db: Db, contactId: string): Promise<Stored> {
  return (await cursors.find<Stored>(db, nameOf(contactId))) ?? { visits: 0, greeted: false };
}

const nameOf = (contactId: string) => `visits:${contactId}`;
