/**
 * What happened in a run, by whom it was seen. Plain data: the checker knows nothing else. `person` is a customer's address and
 * stands for the conversation; `key` is a send's idempotency key and its text; `providerId` is the provider's id of a message.
 */

/** The driver: one webhook of a person's messages. The person's next one is posted only after this one was acknowledged. */
export interface Wrote {
  what: 'wrote';
  person: string;
  messages: string[];
  /** The workflow that will refuse it, whenever it comes. */
  poisonFor?: string;
}

/** The provider: one try to post a webhook. `answer`: HTTP status; absent when none came. */
export interface Posted {
  what: 'posted';
  webhook: number;
  messages: string[];
  statuses: { providerId: string; status: string }[];
  answer?: number;
  error?: string;
}

/** The driver: one try to send. The person's next send is asked only after this one was admitted. */
export interface Asked {
  what: 'asked';
  person: string;
  key: string;
}

/** The driver: how that try ended; `id` when it was admitted. */
export interface Answered {
  what: 'answered';
  person: string;
  key: string;
  answer?: number;
  id?: string;
  error?: string;
}

/** The provider: it took a message from the service. `id`: the service's id, as far as it told. */
export interface Accepted {
  what: 'accepted';
  person: string;
  key: string;
  providerId: string;
  id?: string;
}

/** A workflow: one call, noted as it arrived. `answer` is added when it was answered; `isPage`: with a page, whoever sent it. */
export interface Called {
  what: 'called';
  workflow: string;
  events: SeenEvent[];
  answer?: number;
  isPage?: true;
}

/** An event as a workflow sees it. */
export interface SeenEvent {
  event: string;
  type: string;
  /** `message.received` */
  providerId?: string;
  /** `message.status` */
  id?: string;
  key?: string;
  status?: string;
}

/** The driver: something was broken or mended. */
export interface Fault {
  what: 'fault';
  fault: string;
}

/** The driver: a process of the service ended, and nobody had ended it. It is started again, as a supervisor would. */
export interface Died {
  what: 'died';
  process: string;
  how: string;
}

/** The service's API, at the end. `uncertain`: an attempt of it ended without an answer. */
export interface Ended {
  what: 'ended';
  id: string;
  status: string;
  uncertain: boolean;
}

/** The service's API, at the end: a dead letter of an event that a workflow was promised. */
export interface PutAside {
  what: 'put aside';
  workflow: string;
  event: string;
  code: string;
}

/** The service's metrics, at the end: jobs that are still there. */
export interface Left {
  what: 'left';
  jobs: string;
  count: number;
}

export type Fact = Wrote | Posted | Asked | Answered | Accepted | Called | Fault | Died | Ended | PutAside | Left;

/** `at`: milliseconds since the epoch, one clock for all. */
export type Entry = Fact & { at: number };

export class Journal {
  readonly #entries: Entry[] = [];
  readonly #listeners = new Set<(fact: Fact) => void>();

  /** Keeps a fact. The same object is given back, for what is learned about it later. */
  note<F extends Fact>(fact: F, at = Date.now()): F {
    this.#entries.push(Object.assign<Fact, { at: number }>(fact, { at }));
    for (const listener of this.#listeners) listener(fact);
    return fact;
  }

  get size(): number {
    return this.#entries.length;
  }

  /** Calls `listener` with each fact from now on, until the answer is called. */
  listen(listener: (fact: Fact) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** All of it, in order of time. */
  entries(): Entry[] {
    return this.#entries.toSorted((a, b) => a.at - b.at);
  }
}
