/** The journals of a run, sorted by what they prove. */
import type {
  Accepted,
  Answered,
  Asked,
  Called,
  Died,
  Ended,
  Entry,
  Fact,
  Left,
  Posted,
  PutAside,
  SeenEvent,
  Wrote,
} from './journal.ts';

/** What a workflow asked for. */
export interface Listener {
  name: string;
  types: readonly string[];
}

/** Events of one workflow, each once: where it came first, and where it was first taken. */
export interface Arrivals {
  first: SeenEvent[];
  taken: SeenEvent[];
}

export class Evidence {
  readonly wrote: Wrote[];
  readonly asked: Asked[];
  readonly answered: Answered[];
  readonly posted: Posted[];
  readonly accepted: Accepted[];
  readonly died: Died[];
  readonly left: Left[];
  readonly putAside: PutAside[];
  /** The workflow that refuses it, by the provider's id of a message. */
  readonly poison: Map<string | undefined, string>;
  /** Final states, by the service's id. */
  readonly ended: Map<string, Ended>;
  /** The service's id of each send that was admitted, by key; the first that it told. */
  readonly admitted: Map<string, string>;
  /** By workflow. */
  readonly arrivals: Map<string, Arrivals>;
  /** Every event that any workflow saw, taken or not. */
  readonly seen: SeenEvent[];
  /** Keys of sends of which the service ever said that it does not know what became of them. */
  readonly uncertain: Set<string>;

  constructor(entries: readonly Entry[], listeners: readonly Listener[]) {
    const order = entries.toSorted((a, b) => a.at - b.at);
    const all = <W extends Fact['what']>(what: W) =>
      order.filter((entry): entry is Extract<Entry, { what: W }> => entry.what === what);
    this.wrote = all('wrote');
    this.asked = all('asked');
    this.answered = all('answered');
    this.posted = all('posted');
    this.accepted = all('accepted');
    this.died = all('died');
    this.left = all('left');
    this.putAside = all('put aside');
    this.poison = new Map(
      this.wrote.flatMap(({ messages, poisonFor }) =>
        poisonFor ? messages.map((id) => [id, poisonFor] as const) : [],
      ),
    );
    this.ended = new Map(all('ended').map((one) => [one.id, one]));
    const answers = this.answered.toReversed();
    this.admitted = new Map(answers.flatMap(({ key, id }) => (id === undefined ? [] : [[key, id]])));
    const calls = all('called');
    this.seen = calls.flatMap(({ events }) => events);
    this.arrivals = new Map(
      listeners.map(({ name }) => [name, arrivalsIn(calls.filter(({ workflow }) => workflow === name))]),
    );
    this.uncertain = this.#uncertain();
  }

  /** What the provider tells of a send, by key: how often it took it, and the highest status that was acknowledged. */
  sends(): Map<string, { taken: number; status: string | undefined }> {
    const keys = new Map(this.accepted.map(({ providerId, key }) => [providerId, key]));
    const sends = new Map<string, { taken: number; status: string | undefined }>();
    for (const { key } of this.accepted) sends.set(key, { taken: (sends.get(key)?.taken ?? 0) + 1, status: undefined });
    for (const { providerId, status } of this.posted.filter(isAcknowledged).flatMap(({ statuses }) => statuses)) {
      const send = sends.get(keys.get(providerId) ?? '');
      if (send && rank(status) > rank(send.status)) send.status = status;
    }
    return sends;
  }

  #uncertain(): Set<string> {
    const keys = new Map([...this.admitted].map(([key, id]) => [id, key]));
    const ended = [...this.ended.values()].filter((one) => one.uncertain || isUnsure(one.status));
    const told = this.seen.filter(({ status }) => isUnsure(status)).map(({ id = '', key }) => key ?? keys.get(id));
    return new Set([...told, ...ended.map(({ id }) => keys.get(id))].filter((key) => key !== undefined));
  }
}

/** A page is shown to people by whatever stands there; it proves nothing. */
export function isAcknowledged(call: Posted | Called): boolean {
  const { answer = 0 } = call;
  return answer >= 200 && answer < 300 && !('isPage' in call);
}

/** The statuses of a message, lowest first; the checker's own reading of the promise that they only climb. */
const LADDER = ['uncertain', 'unknown', 'sent', 'failed', 'delivered', 'read'];

/** Where a status stands; -1: nowhere. */
export function rank(status: string | undefined): number {
  return status === undefined ? -1 : LADDER.indexOf(status);
}

function isUnsure(status: string | undefined): boolean {
  return status === 'uncertain' || status === 'unknown';
}

function arrivalsIn(calls: readonly Called[]): Arrivals {
  return {
    first: once(
      calls.flatMap(({ events }) => events),
      ({ event }) => event,
    ),
    taken: once(
      calls.filter(isAcknowledged).flatMap(({ events }) => events),
      ({ event }) => event,
    ),
  };
}

/** The first of each name, in order. */
export function once<T>(all: readonly T[], nameOf: (one: T) => string): T[] {
  const names = new Set<string>();
  return all.filter((one) => !names.has(nameOf(one)) && names.add(nameOf(one)));
}
