/** A workflow's end of a subscription, in all the moods that n8n can have. Notes each call and how it was answered. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { DeliveryBody, ParleyEvent } from '../../contract/event.ts';
import type { Called, Journal, SeenEvent } from './journal.ts';

interface Answer {
  status: number;
  /** HTML, instead of nothing. */
  page?: string;
}

const PROXY_PAGE = '<!doctype html><html><head><title>502 Bad Gateway</title></head><body></body></html>';
const LOG_IN_PAGE = '<!doctype html><html><body><form action="/login"></form></body></html>';

/** What is answered instead of taking anything, by n8n or by what stands before it. */
const REFUSALS = {
  'answering 500': { status: 500 },
  'answering 404': { status: 404 },
  'answering 503': { status: 503 },
  'starting up': { status: 200, page: 'n8n is starting up. Please wait' },
  'behind a log-in': { status: 200, page: LOG_IN_PAGE },
  'away behind a proxy': { status: 502, page: PROXY_PAGE },
} as const satisfies Record<string, Answer>;

/**
 * `well`: takes. `refusing`: nothing listens. `resetting`: reads, then cuts. `hanging`: never answers. `slow`: takes, late. `behind a
 * narrow proxy`: takes what is not too long.
 */
export const MOODS = [
  ...(['refusing', 'resetting', 'hanging', 'slow', 'behind a narrow proxy'] as const),
  ...(Object.keys(REFUSALS) as (keyof typeof REFUSALS)[]),
];
export type Mood = 'well' | (typeof MOODS)[number];

const SLOW_MS = 400;
/** The longest body that a narrow proxy lets through; one event is shorter. */
const NARROW_BYTES = 2_500;
const TOO_LARGE: Answer = {
  status: 413,
  page: '<html><head><title>413 Request Entity Too Large</title></head></html>',
};
/** What a workflow answers that fails on what it was given. */
const FAILED: Answer = { status: 500 };

/** A text that makes the workflow fail, whenever it comes. */
export function poisonFor(workflow: string): string {
  return `poison for ${workflow}`;
}

export class Workflow {
  readonly name: string;
  url = '';
  readonly #journal: Journal;
  readonly #hanging = new Set<ServerResponse>();
  readonly #server: Server;
  #port = 0;
  #mood: Mood = 'well';

  constructor(name: string, journal: Journal) {
    this.name = name;
    this.#journal = journal;
    this.#server = createServer((request, response) => {
      this.#take(request, response).catch(() => response.destroy());
    });
  }

  async start(): Promise<void> {
    await this.#listen();
    this.#port = (this.#server.address() as AddressInfo).port;
    this.url = `http://127.0.0.1:${this.#port}/${this.name}`;
  }

  async is(mood: Mood): Promise<void> {
    if (mood === this.#mood) return;
    const before = this.#mood;
    this.#mood = mood;
    for (const response of this.#hanging) response.destroy();
    this.#hanging.clear();
    if (mood === 'refusing') await this.close();
    else if (before === 'refusing') await this.#listen();
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const { events } = JSON.parse(body) as DeliveryBody;
    const call = this.#journal.note<Called>({ what: 'called', workflow: this.name, events: events.map(seen) });
    const mood = this.#mood;
    if (mood === 'hanging') return void this.#hanging.add(response);
    if (mood === 'resetting') return void response.socket?.resetAndDestroy();
    if (mood === 'slow') await pause(SLOW_MS);
    const { status, page } = this.#answerTo(body, mood);
    const headers = page === undefined ? {} : { 'content-type': 'text/html; charset=utf-8' };
    response.writeHead(status, headers).end(page, () => {
      call.answer = status;
      if (page !== undefined) call.isPage = true;
    });
  }

  #answerTo(body: string, mood: Mood): Answer {
    if (mood === 'behind a narrow proxy' && Buffer.byteLength(body) > NARROW_BYTES) return TOO_LARGE;
    if (mood in REFUSALS) return REFUSALS[mood as keyof typeof REFUSALS];
    return body.includes(poisonFor(this.name)) ? FAILED : { status: 200 };
  }

  #listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port, '127.0.0.1', () => resolve());
    });
  }
}

function seen({ id, type, message, status }: ParleyEvent): SeenEvent {
  const key = status?.metadata?.['key'];
  return {
    event: id,
    type,
    ...(message && { providerId: message.providerMessageId }),
    ...(status && { id: status.id, status: status.status }),
    ...(typeof key === 'string' && { key }),
  };
}
