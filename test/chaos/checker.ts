/**
 * Compares what was acknowledged with what arrived. Reads journals and nothing else: not the service's code, not its ledger. Each
 * function below is one promise; what breaks it is named, with the ids under which its history is found.
 */
import { Evidence, isAcknowledged, once, rank, type Listener } from './evidence.ts';
import type { Entry, SeenEvent } from './journal.ts';

export interface Violation {
  rule: string;
  /** What is wrong, in a sentence. */
  detail: string;
  /** Ids, keys and persons under which the journal knows it. */
  about: string[];
}

type Rule = (run: Evidence) => Violation[];
type ListenerRule = (run: Evidence, listener: Listener) => Violation[];

/** Everything that is wrong with a run; empty: all promises were kept. */
export function check(entries: readonly Entry[], listeners: readonly Listener[]): Violation[] {
  const run = new Evidence(entries, listeners);
  return [
    ...listeners.flatMap((listener) => LISTENER_RULES.flatMap((rule) => rule(run, listener))),
    ...RULES.flatMap((rule) => rule(run)),
  ];
}

/** The provider tries until it is heard, so at the end every webhook is acknowledged. */
const notAcknowledged: Rule = ({ posted }) => {
  const heard = new Set(posted.filter(isAcknowledged).map(({ webhook }) => webhook));
  const unheard = new Map(posted.filter(({ webhook }) => !heard.has(webhook)).map((one) => [one.webhook, one]));
  return [...unheard.values()].map(({ webhook, messages, statuses }) => ({
    rule: 'webhook never acknowledged',
    detail: `webhook ${webhook} was posted in vain until the end`,
    about: [...messages, ...statuses.map(({ providerId }) => providerId)],
  }));
};

const lostMessages: ListenerRule = ({ posted, arrivals, poison }, { name, types }) => {
  if (!types.includes('message.received')) return [];
  const taken = new Set(arrivals.get(name)?.taken.map(({ providerId }) => providerId));
  const promised = new Set(posted.filter(isAcknowledged).flatMap(({ messages }) => messages));
  return [...promised]
    .filter((id) => !taken.has(id) && poison.get(id) !== name)
    .map((id) => ({
      rule: 'message lost',
      detail: `${id} was acknowledged and never reached ${name}`,
      about: [id],
    }));
};

/** A status that came after a higher one is no news; the higher one has to arrive. */
const lostStatuses: ListenerRule = (run, { name, types }) => {
  if (!types.includes('message.status')) return [];
  const highest = new Map<string | undefined, number>();
  for (const { key, status } of run.arrivals.get(name)?.taken ?? []) {
    highest.set(key, Math.max(rank(status), highest.get(key) ?? -1));
  }
  return [...run.sends()]
    .filter(([key, { status }]) => rank(status) > (highest.get(key) ?? -1))
    .map(([key, { status }]) => ({
      rule: 'status lost',
      detail: `"${status}" of "${key}" was acknowledged and never reached ${name}`,
      about: [key],
    }));
};

const notTaken: ListenerRule = ({ arrivals, poison }, { name }) => {
  const { first = [], taken = [] } = arrivals.get(name) ?? {};
  const done = new Set(taken.map(({ event }) => event));
  return first
    .filter(({ event, providerId }) => !done.has(event) && poison.get(providerId) !== name)
    .map((one) => ({
      rule: 'event not delivered',
      detail: `${one.event} was shown to ${name} and not handed over until it was taken`,
      about: subjectsOf(one),
    }));
};

/** What a workflow always refuses ends as a dead letter; nothing else does, and nothing twice. */
const putAsideWrongly: ListenerRule = (run, { name }) => {
  const { first = [] } = run.arrivals.get(name) ?? {};
  const aside = run.putAside.filter(({ workflow }) => workflow === name).map(({ event }) => event);
  const events = new Map(first.map((one) => [one.event, one]));
  const refused = new Set([...run.poison].filter(([, workflow]) => workflow === name).map(([id]) => id));
  const shown = first.filter(({ providerId }) => refused.has(providerId));
  const never = [...refused].filter((id) => !shown.some(({ providerId }) => providerId === id));
  const told = (rule: string, detail: string, about: string[]) => ({ rule, detail, about });
  return [
    ...never.map((id) => told('message lost', `${name} was never shown ${id}, which it refuses`, [String(id)])),
    ...shown
      .filter(({ event }) => !aside.includes(event))
      .map((one) => told('not put aside', `${name} refuses ${one.event}, which is no dead letter`, subjectsOf(one))),
    ...aside
      .filter((event, place) => !refused.has(events.get(event)?.providerId) || aside.indexOf(event) !== place)
      .map((event) => told('put aside wrongly', `${event} is a dead letter of ${name}, which took others`, [event])),
  ];
};

const messagesOutOfOrder: ListenerRule = ({ wrote, arrivals }, { name }) => {
  const places = new Map<string, { person: string; place: number }>();
  for (const { person, messages } of wrote) for (const id of messages) places.set(id, { person, place: places.size });
  const { first = [], taken = [] } = arrivals.get(name) ?? {};
  const late = [first, taken].flatMap((events) => {
    const ids = events.map(({ providerId }) => providerId).filter((id) => id !== undefined);
    return overtaken(once(ids, String), (id) => {
      const known = places.get(id);
      return known && { group: known.person, place: known.place };
    });
  });
  return late.map(([id, after]) => ({
    rule: 'messages out of order',
    detail: `${name} got ${id} after ${after}, which was written later`,
    about: [id, after],
  }));
};

const statusesFell: ListenerRule = ({ arrivals }, { name }) => {
  const events = arrivals.get(name)?.first.filter(({ type }) => type === 'message.status') ?? [];
  const fell = overtaken(events, ({ key, id = '', status }) => ({ group: key ?? id, place: rank(status) }));
  return fell.map(([one, after]) => ({
    rule: 'status fell',
    detail: `${name} got "${one.status}" of "${one.key}" after "${after.status}"`,
    about: subjectsOf(one),
  }));
};

/** The same fact is the same event, however often it is told. */
const eventTwice: Rule = ({ seen }) => {
  const facts = grouped(seen, ({ providerId, key, id, status }) => providerId ?? `${key ?? id} ${status}`);
  return [...facts.values()].flatMap((events) => {
    const ids = new Set(events.map(({ event }) => event));
    const about = events.slice(0, 1).flatMap(subjectsOf);
    return ids.size > 1 ? [{ rule: 'event twice', detail: `one fact has the ids ${[...ids].join(', ')}`, about }] : [];
  });
};

const notAdmitted: Rule = ({ asked, answered, admitted }) => {
  const last = new Map(answered.map((one) => [one.key, one]));
  return [...new Set(asked.map(({ key }) => key))]
    .filter((key) => !admitted.has(key))
    .map((key) => ({
      rule: 'send never admitted',
      detail: `"${key}" was last answered ${last.get(key)?.answer ?? last.get(key)?.error ?? 'nothing'}`,
      about: [key],
    }));
};

/** One idempotency key is one message, whatever answers got lost. */
const twoMessages: Rule = ({ answered, accepted, seen }) => {
  const keyed = [...answered, ...accepted, ...seen].filter(({ key, id }) => key !== undefined && id !== undefined);
  return [...grouped(keyed, ({ key }) => key)].flatMap(([key = '', all]) => {
    const ids = [...new Set(all.map(({ id }) => String(id)))];
    if (ids.length === 1) return [];
    return [{ rule: 'two messages for one key', detail: `"${key}" is ${ids.join(' and ')}`, about: [key, ...ids] }];
  });
};

/** This provider never says of what it took that it did not, in words that it documents: so not even what is uncertain goes out again. */
const sentTwice: Rule = (run) =>
  [...run.sends()]
    .filter(([, { taken }]) => taken > 1)
    .map(([key, { taken }]) => ({
      rule: 'sent twice',
      detail: `the provider took "${key}" ${taken} times`,
      about: [key],
    }));

/** A send whose fate is not known holds up nothing, so it may arrive after later ones. */
const sendsOutOfOrder: Rule = ({ asked, accepted, uncertain }) => {
  const places = new Map(asked.map(({ key }, index) => [key, index]).toReversed() as [string, number][]);
  const certain = once(
    accepted.filter(({ key }) => !uncertain.has(key)),
    ({ key }) => key,
  );
  return overtaken(certain, ({ person, key }) => ({ group: person, place: places.get(key) ?? -1 })).map(
    ([one, after]) => ({
      rule: 'sends out of order',
      detail: `the provider took "${one.key}" after "${after.key}", which was asked later`,
      about: [one.key, after.key],
    }),
  );
};

/** States in which a message may stay. */
const ENDS = ['read', 'delivered', 'sent', 'failed', 'unknown'];

const wrongEnds: Rule = (run) => {
  const sends = run.sends();
  return [...run.admitted].flatMap(([key, id]) => {
    const end = run.ended.get(id)?.status;
    const problem = wrongEnd(end, sends.get(key) ?? { taken: 0, status: undefined });
    return problem === undefined ? [] : [{ rule: 'wrong end', detail: `"${key}" ${problem}`, about: [key, id] }];
  });
};

function wrongEnd(end: string | undefined, { taken, status }: { taken: number; status: string | undefined }) {
  if (end === undefined) return 'was admitted and is not known any more';
  if (!ENDS.includes(end)) return `is still ${end}`;
  if (rank(end) < rank(status)) return `ended as ${end}, the provider says ${status}`;
  if (end === 'failed' && taken > 0) return 'ended as failed, the provider took it';
  if (rank(end) >= rank('sent') && end !== 'failed' && taken === 0) return `ended as ${end}, the provider never got it`;
  return undefined;
}

/** What was told as failed may not be told as sent as well. */
const twoEnds: Rule = ({ seen }) =>
  [...grouped(seen, ({ key, id }) => key ?? id)].flatMap(([key = '', events]) => {
    const told = new Set(events.map(({ status }) => status));
    if (!told.has('failed') || !['sent', 'delivered', 'read'].some((status) => told.has(status))) return [];
    return [{ rule: 'two ends', detail: `"${key}" was told as ${[...told].join(', ')}`, about: [key] }];
  });

/** Whatever was answered to it: what was taken is not told as failed, not even for a while. */
const toldFailed: Rule = (run) => {
  const sends = run.sends();
  const failed = run.seen.filter(({ key, status }) => status === 'failed' && sends.has(key ?? ''));
  return once(failed, ({ event }) => event).map((one) => ({
    rule: 'told as failed',
    detail: `"${one.key}" was told as failed, the provider took it`,
    about: subjectsOf(one),
  }));
};

/** Whatever happens around it, a process goes on, or waits. */
const died: Rule = (run) =>
  run.died.map(({ process, how }) => ({
    rule: 'process died',
    detail: `${process} ended by itself: ${how}`,
    about: [],
  }));

const stuck: Rule = ({ left }) =>
  left.map(({ jobs, count }) => ({
    rule: 'jobs stuck',
    detail: `${count} × ${jobs}, long after the faults`,
    about: [],
  }));

/** Pairs [one, the one before it that belongs behind it], the first of each group. */
function overtaken<T>(
  events: readonly T[],
  placeOf: (one: T) => { group: string; place: number } | undefined,
): [T, T][] {
  const highest = new Map<string, { one: T; place: number }>();
  const found = new Map<string, [T, T]>();
  for (const one of events) {
    const { group, place } = placeOf(one) ?? { group: undefined, place: 0 };
    if (group === undefined) continue;
    const before = highest.get(group);
    if (before === undefined || place >= before.place) highest.set(group, { one, place });
    else if (!found.has(group)) found.set(group, [one, before.one]);
  }
  return [...found.values()];
}

function grouped<T, K>(all: readonly T[], by: (one: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const one of all) groups.set(by(one), [...(groups.get(by(one)) ?? []), one]);
  return groups;
}

function subjectsOf({ event, providerId, key, id }: SeenEvent): string[] {
  return [event, providerId, key, id].filter((one) => one !== undefined);
}

const LISTENER_RULES = [lostMessages, lostStatuses, notTaken, putAsideWrongly, messagesOutOfOrder, statusesFell];
const RULES = [
  notAcknowledged,
  eventTwice,
  notAdmitted,
  twoMessages,
  sentTwice,
  sendsOutOfOrder,
  wrongEnds,
  twoEnds,
  toldFailed,
  died,
  stuck,
];
