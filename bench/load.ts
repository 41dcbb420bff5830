/** The load generator, in its own process: keep-alive connections over plain sockets, every request made beforehand. */
import { connect, type Socket } from 'node:net';
import { answering } from './child.ts';
import { sendRequest, webhookRequest, type SendTarget, type WebhookTarget } from './requests.ts';

export type LoadAsk =
  | { do: 'prepare'; webhooks: WebhookTarget; from: number; count: number }
  | { do: 'prepare'; sends: SendTarget; from: number; count: number }
  | { do: 'run'; port: number; connections: number; durationMs: number };

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

let pool: Buffer[] = [];

/** One connection that is used again and again. */
class Client {
  readonly #socket: Socket;
  #received = '';
  #answered: (status: number) => void = () => undefined;
  #failed: (error: Error) => void = () => undefined;

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('error', (error) => this.#failed(error));
    this.#socket.on('close', () => this.#failed(new Error('The server closed a connection')));
    this.#socket.on('data', (chunk) => this.#read(chunk));
  }

  /** Resolves with the status when the answer is complete. */
  request(bytes: Buffer): Promise<number> {
    return new Promise((answered, failed) => {
      this.#answered = answered;
      this.#failed = failed;
      this.#socket.write(bytes);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#received += chunk.toString('latin1');
    const head = this.#received.indexOf('\r\n\r\n');
    if (head === -1) return;
    const length = /\r\ncontent-length: (\d+)/i.exec(this.#received)?.[1] ?? chunkedEnd(this.#received);
    if (length === undefined || this.#received.length < head + 4 + Number(length)) return;
    const status = Number(this.#received.slice(9, 12));
    this.#received = '';
    this.#answered(status);
  }
}

/** Bytes of a short chunked body, once it is complete. */
function chunkedEnd(received: string): string | undefined {
  return received.endsWith('0\r\n\r\n') ? '0' : undefined;
}

/** Every connection is used once before the measurement begins: how fast connections are opened is no part of it. */
async function run({ port, connections, durationMs }: Extract<LoadAsk, { do: 'run' }>): Promise<LoadResult> {
  const clients = Array.from({ length: connections }, () => new Client(port));
  let index = 0;
  const statuses = await Promise.all(clients.map((client) => client.request(take(index++))));
  const warmed = statuses.filter((status) => status < 300).length;
  const times: number[] = [];
  let refused = connections - warmed;
  const usedBefore = process.cpuUsage();
  const startedAt = performance.now();
  const work = async (client: Client) => {
    while (index < pool.length && performance.now() - startedAt < durationMs) {
      const sentAt = performance.now();
      const status = await client.request(take(index++));
      if (status >= 200 && status < 300) times.push(performance.now() - sentAt);
      else refused += 1;
    }
    client.close();
  };
  await Promise.all(clients.map(work));
  const took = performance.now() - startedAt;
  const used = process.cpuUsage(usedBefore);
  pool = [];
  times.sort((a, b) => a - b);
  const at = (q: number) => times[Math.min(times.length - 1, Math.floor(q * times.length))] ?? NaN;
  return {
    startedAt: performance.timeOrigin + startedAt,
    durationMs: took,
    warmed,
    answered: times.length,
    refused,
    latencies: { p50: at(0.5), p99: at(0.99), max: at(1) },
    cpu: (used.user + used.system) / 1_000 / took,
  };
}

function take(index: number): Buffer {
  const request = pool[index];
  if (request === undefined) throw new Error('The pool of requests is too small');
  return request;
}

answering<LoadAsk, LoadResult | { prepared: number }>((ask) => {
  if (ask.do === 'run') return run(ask);
  const make = 'webhooks' in ask ? webhookRequest(ask.webhooks) : sendRequest(ask.sends);
  pool = Array.from({ length: ask.count }, (_, i) => make(ask.from + i));
  return { prepared: pool.length };
});
