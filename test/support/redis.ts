/** A Redis server of the test's own, in a temporary folder, on the loopback. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { runServer, type ChildServer } from './child-server.ts';
import { freePort } from './free-port.ts';
import { eventually } from './eventually.ts';

export interface RedisServer {
  readonly url: string;
  /** Runs a command on a connection of its own. */
  command(name: string, ...args: string[]): Promise<unknown>;
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** Lets it stand still, or go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** Starts it again on the same port; what it kept on disk is there. */
  start(): Promise<void>;
  close(): Promise<void>;
  /** Lets this process end while the server runs; it is killed then. */
  unref(): void;
}

/** `settings`: more of the server's own settings. */
export async function startRedis(settings: Record<string, string> = {}): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const all = { port: String(port), bind: '127.0.0.1', dir: folder, appendonly: 'yes', save: '', ...settings };
  const flags = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
  let server: ChildServer | undefined;
  let output = '';
  const command = async (name: string, ...args: string[]) => {
    const client = new Redis(url, { retryStrategy: () => null, maxRetriesPerRequest: 0, lazyConnect: true });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return await client.call(name, ...args);
    } finally {
      client.disconnect();
    }
  };
  const start = async () => {
    server = runServer('redis-server', flags, (text) => (output += text));
    await eventually(
      () =>
        command('PING').then(
          () => true,
          () => false,
        ),
      () => `Redis to start:\n${output.slice(-2_000)}`,
      15_000,
    );
  };
  await start();
  return {
    url,
    command,
    start,
    unref: () => server?.unref(),
    signal: (signal) => server?.signal(signal),
    end: async (signal) => server?.end(signal),
    close: async () => {
      await server?.end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
