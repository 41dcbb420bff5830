/** A server program of the machine as a child of the test: started on a free port, killed, stopped and started again. */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';

export interface ChildServer {
  readonly pid: number;
  /** The signal reaches the server and every process of its own. */
  signal(signal: NodeJS.Signals): void;
  /** Lets this process end before the server, which is killed then. */
  unref(): void;
  /** Resolves when the process has ended. */
  end(signal: NodeJS.Signals): Promise<void>;
}

const running = new Set<ChildProcess>();
// A test that is killed leaves no server behind.
process.on('exit', () => {
  for (const child of running) kill(child, 'SIGKILL');
});

/** The server and all that it started; PostgreSQL's processes lead groups of their own, so each is told. */
function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  // In order is for the server to arrange; everything else happens to all of it at once.
  const all = signal === 'SIGINT' || signal === 'SIGTERM' ? [child.pid] : [child.pid, ...childrenOf(child.pid)];
  for (const pid of all) signalTo(pid, signal);
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** One that has ended meanwhile needs no signal. */
function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** `output` is told everything the program says. */
export function runServer(command: string, args: readonly string[], output: (text: string) => void): ChildServer {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  running.add(child);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  void exited.then(() => running.delete(child));
  child.once('error', (error) => output(String(error)));
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => output(text.toString('utf8')));
  return {
    pid: child.pid ?? 0,
    unref: () => {
      child.unref();
      // A pipe is a socket, of which the types do not tell.
      for (const stream of [child.stdout, child.stderr] as unknown as Socket[]) stream.unref();
    },
    signal: (signal) => kill(child, signal),
    end: async (signal) => {
      kill(child, signal);
      await exited;
    },
  };
}
