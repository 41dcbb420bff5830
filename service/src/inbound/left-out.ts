/** Heeds what webhooks say of people who were erased before they were read: it is told to nobody, but a wish in it holds. */
import type { ChannelEvent, ContactRef } from '../channels/channel.ts';
import type { LiveAccount } from '../connectors/live.ts';
import type { Tx } from '../store/unit-of-work.ts';

/** Describes a fact about somebody who is erased; it is told to nobody and stored nowhere. */
export interface LeftOutFact {
  account: LiveAccount;
  event: ChannelEvent & { contact: ContactRef };
  /** Says when it happened by the provider's clock, but never later than the arrival. */
  at: number;
}

/** Keeps of such a fact what has to hold whoever forgets the person, and no word of theirs. */
export interface LeftOutHeeder {
  heed(tx: Tx, fact: LeftOutFact): Promise<void>;
}

/** Holds who heeds them. */
export class LeftOutHeeders implements LeftOutHeeder {
  #heeders: readonly LeftOutHeeder[] = [];

  /** Adds those of a feature. */
  register(heeders: readonly LeftOutHeeder[]): void {
    this.#heeders = [...this.#heeders, ...heeders];
  }

  async heed(tx: Tx, fact: LeftOutFact): Promise<void> {
    for (const one of this.#heeders) await one.heed(tx, fact);
  }
}
