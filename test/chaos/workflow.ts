/** A workflow's end of a subscription, in all the moods that n8n can have. Notes each call and how it was answered. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { DeliveryBody, ParleyEvent } from '../../contract/event.ts';
import type { Called, Journal, SeenEvent } from './journal.ts';

/**
 * `well`: takes. `refusing`: nothing listens. `resetting`: reads, then cuts. `hanging`: never answers. `slow`: takes, late. Else: a
 * status.
 */
export const MOODS = ['refusing', 'resetting', 'hanging', 'slow', 500, 404, 503] as const;
export type Mood = 'well' | (typeof MOODS)[number];

const SLOW_MS = 400;

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
    const { events } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as DeliveryBody;
    const call = this.#journal.note<Called>({ what: 'called', workflow: this.name, events: events.map(seen) });
    await this.#answer(call, response);
  }

  async #answer(call: Called, response: ServerResponse): Promise<void> {
    const mood = this.#mood;
    if (mood === 'hanging') return void this.#hanging.add(response);
    if (mood === 'resetting') return void response.socket?.resetAndDestroy();
    if (mood === 'slow') await pause(SLOW_MS);
    const status = typeof mood === 'number' ? mood : 200;
    response.writeHead(status).end(() => (call.answer = status));
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
