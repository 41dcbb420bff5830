/** The load generator, in its own process: keep-alive connections over plain sockets. */
import { answering } from './child.ts';
import { Client } from './client.ts';
import { quantile } from './measure.ts';
import { sendRequest, webhookRequest, type SendTarget, type WebhookTarget } from './requests.ts';

type What = { webhooks: WebhookTarget } | { sends: SendTarget };

export type LoadAsk =
  /** Makes requests beforehand, so that making them is no part of what is measured. */
  | ({ do: 'prepare'; from: number; count: number } & What)
  /** As many as are answered: every connection asks again as soon as it has its answer. */
  | { do: 'run'; ports: readonly number[]; connections: number; durationMs: number }
  /** As many as told, whether or not the answers keep up; a time counts from when the request was due. */
  | ({ do: 'pace'; ports: readonly number[]; connections: number; durationMs: number; from: number } & What & {
        perSecond: number;
      });

export interface LoadResult {
  startedAt: number;
  durationMs: number;
  /** Accepted before the measurement began. */
  warmed: number;
  answered: number;
  /** Answers that were not 2xx. */
  refused: number;
  /** Of each answer, in milliseconds. */
  latencies: { p50: number; p99: number; max: number };
  /** Share of a core that the generator used: near 1 it is the bottleneck itself. */
  cpu: number;
}

const maker = (what: What) => ('webhooks' in what ? webhookRequest(what.webhooks) : sendRequest(what.sends));

let pool: Buffer[] = [];

/** What was answered in a run. */
class Tally {
  readonly #usedBefore = process.cpuUsage();
  readonly startedAt = performance.now();
  readonly #times: number[] = [];
  #refused = 0;

  count(status: number, since: number): void {
    if (status >= 200 && status < 300) this.#times.push(performance.now() - since);
    else this.#refused += 1;
  }

  result(warmed: number, refusedBefore: number): LoadResult {
    const durationMs = performance.now() - this.startedAt;
    const used = process.cpuUsage(this.#usedBefore);
    const at = (q: number) => quantile(this.#times, q);
    return {
      startedAt: performance.timeOrigin + this.startedAt,
      durationMs,
      warmed,
      answered: this.#times.length,
      refused: this.#refused + refusedBefore,
      latencies: { p50: at(0.5), p99: at(0.99), max: at(1) },
      cpu: (used.user + used.system) / 1_000 / durationMs,
    };
  }
}

function connected(ports: readonly number[], connections: number): Client[] {
  return Array.from({ length: connections }, (_, i) => new Client(ports[i % ports.length] as number));
}

/** Every connection is used once before the measurement begins: how fast connections are opened is no part of it. */
async function run({ ports, connections, durationMs }: Extract<LoadAsk, { do: 'run' }>): Promise<LoadResult> {
  const clients = connected(ports, connections);
  let index = 0;
  const statuses = await Promise.all(clients.map((client) => client.request(take(index++))));
  const warmed = statuses.filter((status) => status < 300).length;
  const tally = new Tally();
  const work = async (client: Client) => {
    while (index < pool.length && performance.now() - tally.startedAt < durationMs) {
      const sentAt = performance.now();
      tally.count(await client.request(take(index++)), sentAt);
    }
    client.close();
  };
  await Promise.all(clients.map(work));
  pool = [];
  return tally.result(warmed, connections - warmed);
}

function take(index: number): Buffer {
  const request = pool[index];
  if (request === undefined) throw new Error('The pool of requests is too small');
  return request;
}

async function pace(ask: Extract<LoadAsk, { do: 'pace' }>): Promise<LoadResult> {
  const { ports, connections, durationMs, perSecond, from } = ask;
  const make = maker(ask);
  const free = connected(ports, connections);
  const clients = [...free];
  const tally = new Tally();
  const underWay = new Set<Promise<void>>();
  const total = Math.floor((perSecond * durationMs) / 1_000);
  const dueAt = (n: number) => tally.startedAt + (n * 1_000) / perSecond;
  const send = async (client: Client, n: number) => {
    tally.count(await client.request(make(from + n)), dueAt(n));
    free.push(client);
  };
  for (let next = 0; next < total;) {
    while (next < total && dueAt(next) <= performance.now()) {
      const client = free.pop();
      if (client === undefined) break;
      const sending = send(client, next++).finally(() => underWay.delete(sending));
      underWay.add(sending);
    }
    await new Promise((later) => setTimeout(later, 1));
  }
  await Promise.all(underWay);
  for (const client of clients) client.close();
  return tally.result(0, 0);
}

answering<LoadAsk, LoadResult | { prepared: number }>((ask) => {
  if (ask.do === 'run') return run(ask);
  if (ask.do === 'pace') return pace(ask);
  const make = maker(ask);
  pool = Array.from({ length: ask.count }, (_, i) => make(ask.from + i));
  return { prepared: pool.length };
});
