import { ChangeSignal } from './change-signal.ts';
import { startHttpServer, type HttpReply, type HttpRequest } from './http-server.ts';

/** A receiver of webhooks for tests of a stand-in: keeps what comes and answers as told. */
export interface WebhookReceiver {
  url: string;
  received: HttpRequest[];
  /** Answers to the next requests, one each; then 200. */
  answers: HttpReply[];
  waitFor<T>(probe: () => T | undefined | null | false, timeoutMs?: number, what?: string): Promise<T>;
  close(): Promise<void>;
}

/** Starts a receiver on a free port. `onGet` answers handshakes. */
export async function startWebhookReceiver(onGet: (request: HttpRequest) => HttpReply): Promise<WebhookReceiver> {
  const changes = new ChangeSignal();
  const received: HttpRequest[] = [];
  const answers: HttpReply[] = [];
  const server = await startHttpServer({ host: '127.0.0.1', port: 0 }, async (request) => {
    if (request.method === 'GET') return onGet(request);
    received.push(request);
    changes.notify();
    return answers.shift() ?? { status: 200, body: {} };
  });
  return {
    url: `${server.url}/webhooks`,
    received,
    answers,
    waitFor: (probe, timeoutMs, what) => changes.waitFor(probe, timeoutMs, what),
    close: () => server.close(),
  };
}
