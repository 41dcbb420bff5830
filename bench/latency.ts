/** (b) From a webhook to the trigger's POST, one at a time on an idle service, by one clock: sender and receiver share a process. */
import { createServer, request as httpRequest, Agent, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { numbers, sign, webhookBody, type WebhookTarget } from './requests.ts';
import type { ServiceUnderTest } from './service-under-test.ts';

const TIMEOUT_MS = 10_000;
/** The first calls of a process run slow code; they are no part of the figure. */
const WARM_UP = 20;

export async function measureLatency(
  service: ServiceUnderTest,
  target: WebhookTarget,
  count: number,
): Promise<number[]> {
  const workflow = new Workflow();
  await service.subscribe(`http://127.0.0.1:${await workflow.listen()}/webhook`, 1);
  const agent = new Agent({ keepAlive: true });
  const times: number[] = [];
  try {
    for (let i = 0; i < WARM_UP + count; i++) {
      const body = webhookBody(target, numbers(1));
      const arrived = workflow.next();
      const startedAt = performance.now();
      await post(agent, service.port, target, body);
      times.push((await arrived) - startedAt);
    }
  } finally {
    agent.destroy();
    workflow.close();
  }
  return times.slice(WARM_UP);
}

class Workflow {
  #arrived: (at: number) => void = () => undefined;
  readonly #server = createServer((request: IncomingMessage, response: ServerResponse) => {
    this.#arrived(performance.now());
    request.resume();
    request.on('end', () => response.end());
  });

  async listen(): Promise<number> {
    await new Promise<void>((listening) => this.#server.listen(0, '127.0.0.1', listening));
    return (this.#server.address() as AddressInfo).port;
  }

  /** When the next call began to arrive. */
  next(): Promise<number> {
    return new Promise((arrived, failed) => {
      const timer = setTimeout(() => failed(new Error('A webhook was not delivered')), TIMEOUT_MS);
      this.#arrived = (at) => {
        clearTimeout(timer);
        arrived(at);
      };
    });
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

function post(agent: Agent, port: number, target: WebhookTarget, body: string): Promise<void> {
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-hub-signature-256': sign(target.secret, body),
  };
  return new Promise((done, failed) => {
    const options = { agent, port, host: '127.0.0.1', method: 'POST', path: target.path, headers };
    const request = httpRequest(options, (response) => {
      response.resume();
      response.on('end', done);
      if (response.statusCode !== 200) failed(new Error(`The webhook was answered ${response.statusCode}`));
    });
    request.on('error', failed);
    request.end(body);
  });
}
