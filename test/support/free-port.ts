/** Ports for servers that a test starts. */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below those that the system gives to connections of its own: none of them takes the port before the server does. */
const PORTS = { from: 20_000, to: 32_000 };

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(PORTS.from, PORTS.to);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
