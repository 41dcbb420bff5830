/** A server at the address of another: it can be reached, and nothing that it is asked is answered in earnest. */
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { eventually } from './eventually.ts';

const DOES = {
  'says nothing': () => undefined,
  'cuts every connection': (socket: Socket) => void socket.resetAndDestroy(),
  'speaks another protocol': (socket: Socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
};

/** What it may do with whoever calls. */
export const DEAF = Object.keys(DOES) as (keyof typeof DOES)[];

export interface DeafServer {
  url: string;
  wasCalled(): Promise<unknown>;
  close(): Promise<void>;
}

export async function startDeafServer(how: keyof typeof DOES): Promise<DeafServer> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    DOES[how](socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    wasCalled: () => eventually(() => sockets.length > 0, 'a call'),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
