/** A wire between the service and a provider that can be cut, or that holds answers back. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export interface TcpGate {
  url: string;
  /** While set, answers wait for it. */
  hold: Promise<void> | undefined;
  /** Connections are refused from now on; standing ones are cut. */
  goDown(): Promise<void>;
  comeUp(): Promise<void>;
}

export async function startTcpGate(targetPort: number): Promise<TcpGate> {
  const sockets = new Set<Socket>();
  const gate: TcpGate = {
    url: '',
    hold: undefined,
    goDown: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
    comeUp: () => listen(server, port),
  };
  const server = createServer((client) => {
    const target = connect(targetPort, '127.0.0.1');
    for (const [socket, other] of [
      [client, target],
      [target, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    client.pipe(target);
    target.on('data', (chunk) => {
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
