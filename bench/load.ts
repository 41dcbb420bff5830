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
  answered: number;
  /** Answers that were not 2xx. */
  refused: number;
  /** Of each answer, in milliseconds. */
  latencies: { p50: number; p99: number; max: number };
  /** Share of a core that the generator used: near 1 it is the bottleneck itself. */
  cpu: number;
}

let pool: Buffer[] = [];

/** One connection: the next request goes out when the last answer is complete. */
function client(port: number, next: () => Buffer | undefined, answered: (status: number, ms: number) => void) {
  return new Promise<void>((done, failed) => {
    const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let sentAt = 0;
    let received = '';
    const send = () => {
      const request = next();
      if (request === undefined) return void socket.end(() => done());
      sentAt = performance.now();
      socket.write(request);
    };
    socket.on('connect', send);
    socket.on('error', failed);
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      const head = received.indexOf('\r\n\r\n');
      if (head === -1) return;
      const length = /\r\ncontent-length: (\d+)/i.exec(received)?.[1] ?? chunkedEnd(received);
      if (length === undefined || received.length < head + 4 + Number(length)) return;
      answered(Number(received.slice(9, 12)), performance.now() - sentAt);
      received = '';
      send();
    });
  });
}

/** Bytes of a short chunked body, once it is complete. */
function chunkedEnd(received: string): string | undefined {
  return received.endsWith('0\r\n\r\n') ? '0' : undefined;
}

async function run({ port, connections, durationMs }: Extract<LoadAsk, { do: 'run' }>): Promise<LoadResult> {
  const times: number[] = [];
  let refused = 0;
  let index = 0;
  const usedBefore = process.cpuUsage();
  const startedAt = performance.now();
  const next = () => (performance.now() - startedAt < durationMs ? pool[index++] : undefined);
  const answered = (status: number, ms: number) => {
    if (status >= 200 && status < 300) times.push(ms);
    else refused += 1;
  };
  await Promise.all(Array.from({ length: connections }, () => client(port, next, answered)));
  const took = performance.now() - startedAt;
  const used = process.cpuUsage(usedBefore);
  pool = [];
  times.sort((a, b) => a - b);
  const at = (q: number) => times[Math.min(times.length - 1, Math.floor(q * times.length))] ?? NaN;
  return {
    startedAt: performance.timeOrigin + startedAt,
    durationMs: took,
    answered: times.length,
    refused,
    latencies: { p50: at(0.5), p99: at(0.99), max: at(1) },
    cpu: (used.user + used.system) / 1_000 / took,
  };
}

answering((ask: LoadAsk): Promise<LoadResult> | { prepared: number } => {
  if (ask.do === 'run') return run(ask);
  const make = 'webhooks' in ask ? webhookRequest(ask.webhooks) : sendRequest(ask.sends);
  pool = Array.from({ length: ask.count }, (_, i) => make(ask.from + i));
  return { prepared: pool.length };
});
