/** The baseline: the least any receiver of signed webhooks must do in Node. Read the body, HMAC-SHA256, compare, 200. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answering } from './child.ts';

function listen(secret: string): Promise<number> {
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const digest = createHmac('sha256', secret).update(Buffer.concat(chunks)).digest();
      const given = Buffer.from(String(request.headers['x-hub-signature-256']).slice('sha256='.length), 'hex');
      const same = given.length === digest.length && timingSafeEqual(given, digest);
      response.writeHead(same ? 200 : 401, { 'content-type': 'text/plain' });
      response.end(same ? 'OK' : 'NO');
    });
  };
  const server = createServer(answer);
  return new Promise((listening) => {
    server.listen(0, '127.0.0.1', () => listening((server.address() as AddressInfo).port));
  });
}

export type BaselineAsk = { do: 'listen'; secret: string } | { do: 'cpu' };
export interface BaselineAnswer {
  port: number;
  /** Seconds of processor time that the baseline used so far. */
  cpuSeconds: number;
}

let port = 0;

answering(async (ask: BaselineAsk): Promise<BaselineAnswer> => {
  if (ask.do === 'listen') port = await listen(ask.secret);
  const { user, system } = process.cpuUsage();
  return { port, cpuSeconds: (user + system) / 1e6 };
});
