/** A PostgreSQL server of the test's own, in a temporary folder, on the loopback. */
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { runServer, type ChildServer } from './child-server.ts';
import { freePort } from './free-port.ts';
import { eventually } from './eventually.ts';

const run = promisify(execFile);

export interface PostgresServer {
  readonly port: number;
  /** Where its programs are. */
  readonly bin: string;
  /** The URL of a new database: empty, or a copy of the one at `template`, to which nobody is connected. */
  fresh(template?: string): Promise<string>;
  /** Kills every process of the server as a crash does (SIGKILL), or as an administrator does (SIGINT: at once, in order). */
  end(signal: 'SIGKILL' | 'SIGINT'): Promise<void>;
  /** Lets all of its processes stand still, or go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** Starts it again on the same data and port. */
  start(): Promise<void>;
  /** Ends it for good and removes its data. */
  close(): Promise<void>;
  /** Lets this process end while the server runs; it is killed then. */
  unref(): void;
}

/** The server refuses to run as root: then it runs as the first of these that exists. */
const USERS = ['postgres', 'nobody'];

/** `settings`: more of the server's own settings. Without `durable` it does not flush to disk: only a crash of the machine would tell. */
export async function startPostgres(
  options: { settings?: Record<string, string>; durable?: boolean } = {},
): Promise<PostgresServer> {
  const bin = await binaries();
  const folder = await mkdtemp(join(tmpdir(), 'parley-pg-'));
  const asUser = await otherUser(folder);
  const data = join(folder, 'data');
  const initdb = [...asUser, join(bin, 'initdb'), '-D', data, '-U', 'parley', '-A', 'trust', '--no-sync', '-E', 'UTF8'];
  await run(initdb[0] as string, [...initdb.slice(1), '--locale=C.UTF-8']);
  const port = await freePort();
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: folder,
    fsync: options.durable ? 'on' : 'off',
    // In files of its folder, not in segments that outlive a server that is killed.
    dynamic_shared_memory_type: 'mmap',
    ...options.settings,
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const command = [...asUser, join(bin, 'postgres'), '-D', data, ...flags];
  const url = (database: string) => `postgres://parley@127.0.0.1:${port}/${database}`;
  let server: ChildServer | undefined;
  let output = '';
  let databases = 0;
  const start = async () => {
    server = runServer(command[0] as string, command.slice(1), (text) => (output += text));
    await eventually(
      () => answers(url('postgres')),
      () => `PostgreSQL to start:\n${output.slice(-2_000)}`,
      30_000,
    );
  };
  await start();
  return {
    port,
    bin,
    start,
    fresh: async (template) => {
      const name = `parley_${++databases}`;
      const source = template === undefined ? '' : ` template ${new URL(template).pathname.slice(1)}`;
      await query(url('postgres'), `create database ${name}${source} strategy file_copy`);
      return url(name);
    },
    unref: () => server?.unref(),
    signal: (signal) => server?.signal(signal),
    end: async (signal) => server?.end(signal),
    close: async () => {
      await server?.end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Runs one statement on a connection of its own. */
export async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(text)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

async function answers(url: string): Promise<boolean> {
  return query(url, 'select 1').then(
    () => true,
    () => false,
  );
}

/** The newest that is installed, where Debian puts it. */
async function binaries(): Promise<string> {
  const root = '/usr/lib/postgresql';
  const versions = await readdir(root).catch(() => []);
  const newest = versions.map(Number).sort((a, b) => b - a)[0];
  if (newest === undefined) throw new Error('PostgreSQL is not installed: apt-get install postgresql');
  return join(root, String(newest), 'bin');
}

/** How to become a user whom the server accepts; the folder becomes theirs. */
async function otherUser(folder: string): Promise<string[]> {
  if (process.getuid?.() !== 0) return [];
  for (const user of USERS) {
    const found = await run('id', ['-u', user]).catch(() => undefined);
    if (found === undefined) continue;
    await chmod(folder, 0o755);
    await run('chown', [user, folder]);
    return ['setpriv', `--reuid=${user}`, '--clear-groups', '--'];
  }
  throw new Error(`None of the users ${USERS.join(', ')} exists`);
}
