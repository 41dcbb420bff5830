/** What has been promised so far, and to whom: the model that the service is held against. */
import type { Taken } from './fakes.ts';

export const PEOPLE = ['15550007001', '15550007002', '15550007003'] as const;
/** A workflow that went and comes back within this gets what happened meanwhile. */
export const HAND_OVER_MS = 60_000;

export interface Webhook {
  body: Buffer;
  /** Whose next webhook waits for this one; undefined: nobody's. */
  person: string | undefined;
  messages: string[];
  isAcknowledged: boolean;
  /** It was posted once while nobody listened: it may have been read then, although its acknowledgement was lost. */
  wasForNobody?: boolean;
}

export interface Send {
  key: string;
  person: string;
  hold: boolean;
  purpose: 'reply' | 'campaign';
  /** Once admitted. */
  id?: string;
  isRefused: boolean;
}

export class Promises {
  readonly webhooks: Webhook[] = [];
  readonly sends: Send[] = [];
  /** Provider's ids of messages, by person, as they were written. */
  readonly written = new Map<string, string[]>(PEOPLE.map((person) => [person, []]));
  /** Messages that the workflow has to get. */
  readonly owed = new Set<string>();
  /** The last status of each message of the service. */
  readonly statuses = new Map<string, string>();
  /** Broken promises that were noticed on the way. */
  readonly problems: string[] = [];
  hasAccount = false;
  /** It was never deleted. */
  hadAccount = true;
  subscription: string | undefined;
  /** While a workflow that went may come back. */
  handOverUntil: number | undefined;
  /** The workflow was there all the time, so it has to know everything. */
  wasAlwaysSubscribed = true;
  #count = 0;

  next(): number {
    return ++this.#count;
  }

  posted(webhook: Webhook): void {
    if (!this.#isHeard()) webhook.wasForNobody = true;
  }

  /** The webhook is on disk; whoever listens now, or comes back soon, gets its messages. */
  acknowledged(webhook: Webhook): void {
    if (webhook.isAcknowledged) return;
    webhook.isAcknowledged = true;
    for (const id of this.#isHeard() && !webhook.wasForNobody ? webhook.messages : []) this.owed.add(id);
  }

  #isHeard(): boolean {
    return this.subscription !== undefined || this.handOverUntil !== undefined;
  }

  /** Nobody will come back for what was not taken. */
  release(taken: (id: string) => boolean): void {
    for (const id of this.owed) if (!taken(id)) this.owed.delete(id);
    this.handOverUntil = undefined;
    this.wasAlwaysSubscribed = false;
  }

  /** The webhook of this person that has to be acknowledged before the next one. */
  unheard(person: string): Webhook | undefined {
    return this.webhooks.find((one) => one.person === person && !one.isAcknowledged);
  }

  /** The send of this person that has to be answered before the next one. */
  unanswered(person: string): Send | undefined {
    return this.sends.find((one) => one.person === person && one.id === undefined && !one.isRefused);
  }
}

const ROUND = ['sent', 'delivered', 'read'] as const;
export type ProviderStatus = (typeof ROUND)[number] | 'failed';

/** The statuses that a taken message has not had yet and may still have. */
export function owedStatuses({ statuses, isRefused }: Taken): ProviderStatus[] {
  if (isRefused || statuses.includes('failed')) return [];
  return ROUND.filter((status) => !statuses.includes(status));
}
