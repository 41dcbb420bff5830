/** A wire between the service and whoever calls it or is called by it; it can be cut, or hold answers back. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export interface TcpGate {
  url: string;
  /** While set, answers wait for it. */
  hold: Promise<void> | undefined;
  /** Connections are refused from now on; standing ones are cut. */
  goDown(): Promise<void>;
  comeUp(): Promise<void>;
  /** Cuts what stands; new connections are taken. */
  cut(): void;
}

/** `target`: a port, or where the next connection goes (undefined: nobody is there, it is cut). */
export async function startTcpGate(target: number | (() => number | undefined)): Promise<TcpGate> {
  const sockets = new Set<Socket>();
  const gate: TcpGate = {
    url: '',
    hold: undefined,
    goDown: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        gate.cut();
      }),
    comeUp: () => listen(server, port),
    cut: () => {
      for (const socket of sockets) socket.resetAndDestroy();
    },
  };
  const server = createServer((client) => {
    const to = typeof target === 'number' ? target : target();
    if (to === undefined) return void client.destroy();
    const there = connect(to, '127.0.0.1');
    for (const [socket, other] of [
      [client, there],
      [there, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    client.pipe(there);
    there.on('data', (chunk) => {
      void Promise.resolve(gate.hold).then(() => client.write(chunk));
    });
  });
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;
  gate.url = `http://127.0.0.1:${port}`;
  return gate;
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
}
