import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { TEST_CERTIFICATE, TEST_CERTIFICATE_KEY } from './test-certificate.ts';

/** Servers of one test on 127.0.0.1; `close` ends them all. */
export class LocalServers {
  readonly #servers: net.Server[] = [];
  readonly #sockets = new Set<net.Socket>();

  /** Answers its origin. */
  async http(handler: http.RequestListener): Promise<string> {
    return `http://127.0.0.1:${await this.#listen(http.createServer(handler))}`;
  }

  async https(handler: http.RequestListener): Promise<string> {
    const server = https.createServer({ cert: TEST_CERTIFICATE, key: TEST_CERTIFICATE_KEY }, handler);
    return `https://127.0.0.1:${await this.#listen(server)}`;
  }

  /** A bare TCP server; answers its port. */
  async tcp(onConnection: (socket: net.Socket) => void): Promise<number> {
    return this.#listen(net.createServer(onConnection));
  }

  /** A port on which nobody listens. */
  async closedPort(): Promise<number> {
    const server = net.createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(
      this.#servers.splice(0).map(async (server) => {
        server.close();
        await once(server, 'close');
      }),
    );
  }

  async #listen(server: net.Server): Promise<number> {
    this.#servers.push(server);
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }
}

/** The whole body of a request. */
export async function bodyOf(request: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
