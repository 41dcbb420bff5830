/** The history of a message: what every journal says about it, by time, with the faults around it. */
import type { Entry, SeenEvent } from './journal.ts';

/** Faults are told from so long before the first line to so long after the last. */
const AROUND_MS = 1_500;
/** A history that is longer than this hides what it shows. */
const MAX_LINES = 120;

/** Lines to print. `about`: ids, keys or persons; what is known to be the same message by another name is found as well. */
export function history(entries: readonly Entry[], about: readonly string[]): string[] {
  const names = alsoKnownAs(entries, about);
  const own = entries.filter(
    (entry) => entry.what !== 'fault' && subjects(entry).some((subject) => names.has(subject)),
  );
  const from = (own[0]?.at ?? 0) - AROUND_MS;
  const until = (own.at(-1)?.at ?? 0) + AROUND_MS;
  const faults = entries.filter(({ what, at }) => (what === 'fault' || what === 'died') && at >= from && at <= until);
  const all = [...own, ...faults].toSorted((a, b) => a.at - b.at);
  const startedAt = all[0]?.at ?? 0;
  const lines = all.map((entry) => `${seconds(entry.at - startedAt)}  ${told(entry, names)}`);
  const kept = lines.slice(0, MAX_LINES);
  return lines.length > kept.length ? [...kept, `… and ${lines.length - kept.length} more lines`] : kept;
}

/** A send has a key, an id of the service and one of the provider; an event has its message's. */
function alsoKnownAs(entries: readonly Entry[], about: readonly string[]): Set<string> {
  const names = new Set(about);
  for (const entry of [...entries, ...entries]) {
    for (const same of identities(entry)) {
      if (same.some((name) => names.has(name))) for (const name of same) names.add(name);
    }
  }
  return names;
}

/** Groups of names for the same thing. */
function identities(entry: Entry): string[][] {
  if (entry.what === 'accepted') return [present([entry.key, entry.id, entry.providerId])];
  if (entry.what === 'answered') return [present([entry.key, entry.id])];
  if (entry.what === 'called') return entry.events.map(namesOf);
  return [];
}

function namesOf({ event, providerId, key, id }: SeenEvent): string[] {
  // A status event names its send; the event's own id only leads to it.
  return present(key === undefined && id === undefined ? [event, providerId] : [key, id]);
}

function present(names: readonly (string | undefined)[]): string[] {
  return names.filter((name) => name !== undefined);
}

/** Everything an entry is about. */
function subjects(entry: Entry): string[] {
  switch (entry.what) {
    case 'wrote':
      return [entry.person, ...entry.messages];
    case 'posted':
      return [...entry.messages, ...entry.statuses.map(({ providerId }) => providerId)];
    case 'asked':
    case 'answered':
    case 'accepted':
      return [entry.person, ...present([entry.key, 'id' in entry ? entry.id : undefined])];
    case 'called':
      return entry.events.flatMap(({ event, ...names }) => [event, ...namesOf({ event, ...names })]);
    case 'ended':
      return [entry.id];
    case 'put aside':
      return [entry.event];
    default:
      return [];
  }
}

function told(entry: Entry, names: ReadonlySet<string>): string {
  switch (entry.what) {
    case 'wrote':
      return `driver     ${entry.person} wrote ${entry.messages.join(', ')}${poison(entry.poisonFor)}`;
    case 'posted': {
      const statuses = entry.statuses.map(({ providerId, status }) => `${status} of ${providerId}`);
      return `provider   posted webhook ${entry.webhook} (${[...entry.messages, ...statuses].join(', ')}): ${answerOf(entry)}`;
    }
    case 'asked':
      return `driver     asked to send "${entry.key}"`;
    case 'answered':
      return `driver     got for "${entry.key}": ${answerOf(entry)}${entry.id === undefined ? '' : ` ${entry.id}`}`;
    case 'accepted':
      return `provider   took "${entry.key}" (${entry.id}) as ${entry.providerId}`;
    case 'called': {
      const own = entry.events.filter((one) => [one.event, ...namesOf(one)].some((name) => names.has(name)));
      const events = own.map(({ event, providerId, id, status }) => `${event} ${providerId ?? `${id} ${status}`}`);
      return `${entry.workflow.padEnd(10)} called with ${entry.events.length} events, of which ${events.join(', ')}: ${answerOf(entry)}${entry.isPage ? ', a page' : ''}`;
    }
    case 'fault':
      return `fault      ${entry.fault}`;
    case 'died':
      return `service    process ${entry.process} died: ${entry.how}`;
    case 'ended':
      return `service    says at the end that ${entry.id} is ${entry.status}${entry.uncertain ? ', was uncertain' : ''}`;
    case 'put aside':
      return `service    says at the end that ${entry.event} is a dead letter of ${entry.workflow} (${entry.code})`;
    case 'left':
      return `service    still has ${entry.count} × ${entry.jobs}`;
  }
}

function poison(workflow: string | undefined): string {
  return workflow === undefined ? '' : `, which ${workflow} refuses`;
}

function answerOf({ answer, error }: { answer?: number; error?: string }): string {
  return answer === undefined ? `no answer${error === undefined ? '' : ` (${error})`}` : String(answer);
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(3).padStart(9)} s`;
}
