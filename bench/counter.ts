/** Stands for n8n and for the Graph API: takes everything at once, counts it, and tells when the last of what was awaited came. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answering } from './child.ts';

/** `count`: what one POST is worth, events in its body or one message. */
export type CounterAsk = { do: 'listen' } | { do: 'reset' } | { do: 'read' };
export interface CounterAnswer {
  port: number;
  events: number;
  calls: number;
  /** When the last one came, `performance.timeOrigin + performance.now()`. */
  lastAt: number;
}

/** What every other call is answered; of its highest tier, so that numbers may send 1,000 messages per second. */
const ANYTHING = JSON.stringify({ success: true, data: [], throughput: { level: 'HIGH' } });

const state: CounterAnswer = { port: 0, events: 0, calls: 0, lastAt: 0 };

function answer(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const isSend = /\/messages(?:\?|$)/.test(request.url ?? '');
    if (request.method === 'POST') count(isSend, Buffer.concat(chunks).toString());
    response.setHeader('content-type', 'application/json');
    response.end(isSend ? sent() : ANYTHING);
  });
}

function count(isSend: boolean, body: string): void {
  if (!isSend && !body.startsWith('{"events":[')) return;
  state.calls += 1;
  state.events += isSend ? 1 : (JSON.parse(body) as { events: unknown[] }).events.length;
  state.lastAt = performance.timeOrigin + performance.now();
}

function sent(): string {
  const id = `wamid.sent${state.calls}.${state.lastAt}`;
  return JSON.stringify({ messaging_product: 'whatsapp', messages: [{ id, message_status: 'accepted' }] });
}

const server = createServer(answer);

answering(async ({ do: what }: CounterAsk): Promise<CounterAnswer> => {
  if (what === 'listen') {
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    state.port = (server.address() as AddressInfo).port;
  }
  if (what === 'reset') Object.assign(state, { events: 0, calls: 0, lastAt: 0 });
  return state;
});
