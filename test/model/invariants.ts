/** What holds at every moment, whatever happened before; and what holds when everything has come to its end. */
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { POISON } from './fakes.ts';
import type { Life } from './life.ts';
import { PEOPLE, type Promises } from './promises.ts';

/** Rows that must not be: each is work that nobody would ever do, or a state that cannot be. */
const FORBIDDEN: Record<string, string> = {
  // One that a status refused while its call was under way has the job of that call as well.
  'a queued message has one job': `
    SELECT id FROM messages WHERE status = 'queued' AND direction = 'outbound' AND
      (SELECT count(*) FROM jobs WHERE kind = 'send' AND json_extract(payload, '$.messageId') = messages.id)
      NOT BETWEEN 1 AND CASE WHEN refused_ids IS NULL THEN 1 ELSE 2 END`,
  'an uncertain or held message has a job that ends its wait': `
    SELECT id, status FROM messages WHERE status IN ('uncertain', 'held') AND NOT EXISTS
      (SELECT 1 FROM jobs WHERE key = messages.status || ':' || messages.id || ':' || messages.status_at)`,
  'the first with an ordering key, and only that, is ready': `
    SELECT ordering_key FROM jobs WHERE ordering_key IS NOT NULL GROUP BY ordering_key
      HAVING sum(state = 'ready') <> 1 OR min(CASE state WHEN 'ready' THEN seq END) <> min(seq)`,
  'a receipt that waits has a job': `
    SELECT seq FROM receipts WHERE processed_at IS NULL AND NOT EXISTS
      (SELECT 1 FROM jobs WHERE key = 'normalize:' || receipts.connection_id)`,
  'a delivery that waits has a job': `
    SELECT event_seq FROM deliveries JOIN subscriptions ON subscriptions.id = subscription_id
      WHERE ended_at IS NULL AND ended_reason IS NULL AND NOT EXISTS
      (SELECT 1 FROM jobs WHERE key = 'deliver:' || subscription_id || ':' || shard)`,
  'nothing waits for a subscription that has ended': `
    SELECT event_seq FROM deliveries LEFT JOIN subscriptions ON subscriptions.id = subscription_id
      WHERE subscriptions.id IS NULL OR ended_at IS NOT NULL`,
  'an attempt that is open has a job that will close it': `
    SELECT id FROM attempts WHERE closed_at IS NULL AND NOT EXISTS
      (SELECT 1 FROM jobs WHERE kind = 'send' AND json_extract(payload, '$.messageId') = attempts.message_id)`,
  'a message has one open attempt at most': `
    SELECT message_id FROM attempts WHERE closed_at IS NULL GROUP BY message_id HAVING count(*) > 1`,
};

/** Looks into the ledger beside the service. */
class Look {
  readonly #db: DatabaseSync;
  readonly #forbidden: [string, StatementSync][];
  readonly #statuses: StatementSync;

  constructor(path: string) {
    this.#db = new DatabaseSync(path, { readOnly: true });
    this.#forbidden = Object.entries(FORBIDDEN).map(([rule, sql]) => [rule, this.#db.prepare(sql)]);
    this.#statuses = this.#db.prepare(`SELECT id, status FROM messages WHERE direction = 'outbound'`);
  }

  broken(): string[] {
    return this.#forbidden.flatMap(([rule, statement]) => {
      const rows = statement.all();
      return rows.length === 0 ? [] : [`${rule}: ${JSON.stringify(rows)}`];
    });
  }

  statuses(): [id: string, status: string][] {
    return this.#statuses.all().map(({ id, status }) => [String(id), String(status)]);
  }

  rows(sql: string): Record<string, unknown>[] {
    return this.#db.prepare(sql).all();
  }

  close(): void {
    this.#db.close();
  }
}

const looks = new WeakMap<Life, Look>();

export function look(life: Life): Look {
  let found = looks.get(life);
  if (found === undefined) looks.set(life, (found = new Look(life.path)));
  return found;
}

export function checkInvariants(promises: Promises, life: Life): void {
  const broken = [
    ...promises.problems,
    ...look(life).broken(),
    ...fallen(promises, life, look(life).statuses()),
    ...sentTwice(life),
    ...sentAtOnce(life),
    ...sentOutOfOrder(promises, life),
    ...heardOutOfOrder(promises, life),
    ...eventTwice(life),
  ];
  if (broken.length > 0) throw new Error(broken.join('\n'));
}

const LADDER = ['held', 'queued', 'uncertain', 'unknown', 'sent', 'failed', 'delivered', 'read'];

/** Statuses climb. Only what was taken and refused afterwards goes out anew, and what only we called failed may be mended. */
function fallen(promises: Promises, { provider }: Life, now: readonly [string, string][]): string[] {
  return now.flatMap(([id, status]) => {
    const before = promises.statuses.get(id) ?? status;
    promises.statuses.set(id, status);
    const falls = LADDER.indexOf(status) < LADDER.indexOf(before);
    const isMended = before === 'failed' && status === 'sent';
    const isAnew = provider.taken.some((one) => one.id === id && one.isRefused);
    return falls && !isMended && !isAnew ? [`${id} fell from ${before} to ${status}`] : [];
  });
}

/** The provider here never takes what it refuses, so nothing is ever sent twice, not even when uncertain. */
function sentTwice({ provider }: Life): string[] {
  const counts = new Map<string, number>();
  for (const { key, isRefused } of provider.taken) if (!isRefused) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts].filter(([, count]) => count > 1).map(([key, count]) => `${key} was taken ${count} times`);
}

/** One conversation has one sender. */
function sentAtOnce({ provider, processNumber }: Life): string[] {
  const calls = provider.open.filter(({ process }) => process === processNumber);
  const people = calls.map(({ person }) => person);
  return people.filter((one, i) => people.indexOf(one) !== i).map((one) => `${one} is sent two messages at once`);
}

/** What was still on the way when its process died, or was refused, may come after what was asked later. */
function sentOutOfOrder({ sends }: Promises, { provider }: Life): string[] {
  const order = new Map(sends.map(({ key }, index) => [key, index]));
  const sure = provider.taken.filter(({ isLate, isRefused }) => !isLate && !isRefused);
  return PEOPLE.flatMap((person) => {
    const own = sure.filter((one) => one.person === person && !wasEverRefused(one.key, provider.taken));
    return own.flatMap(({ key }, i) => {
      const before = own[i - 1]?.key;
      const isLate = before !== undefined && (order.get(before) ?? 0) > (order.get(key) ?? 0);
      return isLate ? [`${key} was sent after ${before}`] : [];
    });
  });
}

function wasEverRefused(key: string, taken: Life['provider']['taken']): boolean {
  return taken.some((one) => one.key === key && one.isRefused);
}

function heardOutOfOrder({ written }: Promises, { workflow }: Life): string[] {
  const first = [...new Set(workflow.seen.map(({ message }) => message?.providerMessageId))];
  return PEOPLE.flatMap((person) => {
    const own = written.get(person) ?? [];
    const heard = first.filter((id) => id !== undefined && own.includes(id)) as string[];
    const places = heard.map((id) => own.indexOf(id));
    const late = heard.filter((_, i) => (places[i - 1] ?? -1) > (places[i] as number));
    return late.map((id) => `${id} came late: ${heard.join(', ')}`);
  });
}

function eventTwice({ workflow }: Life): string[] {
  const ids = new Map<string, string>();
  return workflow.seen.flatMap(({ id, message, status }) => {
    const fact = message?.providerMessageId ?? `${status?.id} ${status?.status}`;
    const known = ids.get(fact) ?? id;
    ids.set(fact, id);
    // What was sent anew after a refusal goes through its statuses again.
    return known === id || status ? [] : [`${fact} is ${known} and ${id}`];
  });
}

/** Everybody was helpful for long enough: everything that was promised is done. */
export function checkEnd(promises: Promises, life: Life): void {
  const broken = [
    ...look(life)
      .rows(`SELECT kind, key, state, payload FROM jobs WHERE kind <> 'maintenance'`)
      .map((job) => `still to do: ${JSON.stringify(job)}`),
    ...look(life)
      .rows(`SELECT * FROM deliveries`)
      .map((row) => `still to deliver: ${JSON.stringify(row)}`),
    ...lost(promises, life),
    ...notPutAside(promises, life),
    ...promises.sends
      .filter(({ id, isRefused }) => id === undefined && !isRefused)
      .map(({ key }) => `${key} was never answered`),
    ...wrongEnds(promises, life),
  ];
  if (broken.length > 0) throw new Error(broken.join('\n'));
}

function lost({ owed }: Promises, { workflow: { seen, taken } }: Life): string[] {
  const done = new Set(seen.filter(({ id }) => taken.has(id)).map(({ message }) => message?.providerMessageId));
  const missing = [...owed].filter((id) => !done.has(id) && !id.startsWith(POISON));
  return missing.map((id) => `${id} was acknowledged and never taken by the workflow`);
}

/** What the workflow refuses and is still promised. */
export function waitingPoison(life: Life): string[] {
  return messagesIn(life, 'deliveries').filter((id) => id.startsWith(POISON));
}

function messagesIn(life: Life, table: 'deliveries' | 'dead_events', where = ''): string[] {
  const id = `json_extract(payload, '$.message.providerMessageId')`;
  const rows = look(life).rows(`SELECT ${id} AS id FROM ${table} JOIN events ON events.seq = event_seq ${where}`);
  return rows.map((row) => String(row['id']));
}

/** What the workflow refuses is put aside, and nothing else is. */
function notPutAside({ owed }: Promises, life: Life): string[] {
  const aside = messagesIn(life, 'dead_events', `WHERE code = 'refused'`);
  return [
    ...[...owed]
      .filter((id) => id.startsWith(POISON) && !aside.includes(id))
      .map((id) => `${id}, which the workflow refuses, was not put aside`),
    ...aside.filter((id) => !id.startsWith(POISON)).map((id) => `${id} was put aside`),
    ...aside.filter((id, place) => aside.indexOf(id) !== place).map((id) => `${id} was put aside twice`),
  ];
}

function wrongEnds(promises: Promises, life: Life): string[] {
  const told = new Map<string | undefined, string>();
  for (const { status } of life.workflow.seen) if (status) told.set(status.id, status.status);
  return [...promises.statuses].flatMap(([id, status]) => {
    const taken = life.provider.taken.filter((one) => one.id === id && !one.isRefused);
    const last = taken.at(-1)?.statuses.at(-1);
    const ends = last === undefined ? ['failed', 'unknown'] : [last === 'failed' ? 'failed' : 'read'];
    if (!ends.includes(status)) return [`${id} ended as ${status}, not as ${ends.join(' or ')}`];
    const isTold = !promises.wasAlwaysSubscribed || !promises.hadAccount || told.get(id) === status;
    return isTold ? [] : [`the workflow was told last that ${id} is ${told.get(id)}, it is ${status}`];
  });
}
