/** A workflow's end of a subscription: takes deliveries, or does whatever a test wants to go wrong. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DeliveryBody, ParleyEvent } from '../../contract/event.ts';
import { eventually } from './eventually.ts';

/** One call, as it came. `status`: what it was answered; undefined when the connection was cut. */
export interface Delivery {
  path: string;
  headers: IncomingHttpHeaders;
  raw: string;
  events: ParleyEvent[];
  status: number | undefined;
  /** It was answered with a page. */
  isPage?: boolean;
}

/** A whole answer; a body that is an object goes as JSON, a text as HTML. */
export interface WholeAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: string | object;
}
/** `function`: by what is delivered. */
export type Answer = number | 'cut' | WholeAnswer | ((call: Delivery) => number | 'cut' | WholeAnswer);

export interface Receiver {
  url: string;
  /** Every call, in order of arrival. */
  deliveries: Delivery[];
  /** Answers to the next calls, one each; then `answer`. */
  answers: Answer[];
  answer: Answer;
  /** Repeats the id of what it takes. */
  confirms: boolean;
  /** While set, calls are answered only after it resolved. */
  gate: Promise<void> | undefined;
  /** Events of the calls that were answered 2xx, pages left out, in order. */
  taken(): ParleyEvent[];
  /** Resolves with the events taken as soon as there are `count` (of the type). */
  took(count: number, type?: string): Promise<ParleyEvent[]>;
  /** Nothing listens at the URL any more. */
  goDown(): Promise<void>;
  comeUp(): Promise<void>;
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const receiver: Receiver = {
    url: '',
    deliveries: [],
    answers: [],
    answer: 200,
    confirms: false,
    gate: undefined,
    taken: () => receiver.deliveries.filter(wasTaken).flatMap(({ events }) => events),
    took: (count, type) => {
      const found = () => receiver.taken().filter((event) => type === undefined || event.type === type);
      return eventually(() => found().length >= count && found(), `${count} events of the type ${type ?? 'any'}`);
    },
    goDown: () => stop(server),
    comeUp: () => listen(server, port),
    close: () => stop(server),
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      void (async () => {
        const raw = Buffer.concat(chunks).toString('utf8');
        const { events } = JSON.parse(raw || '{"events":[]}') as DeliveryBody;
        const call: Delivery = { path: request.url ?? '', headers: request.headers, raw, events, status: undefined };
        receiver.deliveries.push(call);
        const answer = wholeAnswer(receiver.answers.shift() ?? receiver.answer, call);
        if (receiver.gate) await receiver.gate;
        if (answer === undefined) return request.socket.destroy();
        const { status, body } = answer;
        call.status = status;
        call.isPage = typeof body === 'string';
        const id = String(request.headers['webhook-id']);
        const headers = {
          ...(body !== undefined && { 'content-type': typeof body === 'string' ? 'text/html' : 'application/json' }),
          ...(receiver.confirms && body === undefined && { 'webhook-id': id }),
          ...answer.headers,
        };
        response.writeHead(status, headers).end(typeof body === 'object' ? JSON.stringify(body) : body);
        return undefined;
      })();
    });
  });
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;
  receiver.url = `http://127.0.0.1:${port}/hook`;
  return receiver;
}

function wholeAnswer(answer: Answer, call: Delivery): WholeAnswer | undefined {
  const now = typeof answer === 'function' ? answer(call) : answer;
  if (now === 'cut') return undefined;
  return typeof now === 'number' ? { status: now } : now;
}

function wasTaken({ status, isPage }: Delivery): boolean {
  if (isPage) return false;
  return status !== undefined && status >= 200 && status < 300;
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
