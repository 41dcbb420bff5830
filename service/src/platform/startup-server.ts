/**
 * The startup server answers while the service waits for its database: the process lives (`/healthz`), and can do nothing yet (everything
 * else, 503 with Retry-After). Providers come back by themselves.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { ProblemCode } from '../../../contract/api.ts';

/** Closes the startup server; resolves when the port is free again. */
export type CloseStartupServer = () => Promise<void>;

const RETRY_AFTER_S = 5;

/** Starts the server on the service's own address, before the service itself listens there. Rejects when the port is taken. */
export async function startStartupServer(port: number, host: string): Promise<CloseStartupServer> {
  const server = createServer((request, response) => {
    request.resume();
    if (request.url === '/healthz') answer(response, 200, 'application/json', { status: 'ok' });
    else notReady(response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
}

function notReady(response: ServerResponse): void {
  const detail = 'The service waits for its database. The log says why.';
  const code: ProblemCode = 'storage_unavailable';
  const problem = { type: `urn:parley:problem:${code}`, title: 'Not available now', status: 503, code, detail };
  response.setHeader('retry-after', RETRY_AFTER_S);
  answer(response, 503, 'application/problem+json', { ...problem, failing: ['store'] });
}

function answer(response: ServerResponse, status: number, type: string, body: object): void {
  response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));
}
