/** The options that every stand-in takes as a process. */
export const listenOptions = (port: number) =>
  ({
    port: { type: 'string', default: String(port) },
    host: { type: 'string', default: '127.0.0.1' },
    help: { type: 'boolean', default: false },
  }) as const;

/** Runs a stand-in until the process is told to stop, or says how to use it. */
export async function runSandbox(
  { port, host, help }: { port: string; host: string; help: boolean },
  usage: string,
  ids: Record<string, string>,
  start: (listen: { port: number; host: string }) => Promise<{ url: string; close(): Promise<void> }>,
): Promise<void> {
  if (help) {
    console.log(usage);
    return;
  }
  const sandbox = await start({ port: Number(port), host });
  // One line of JSON, so that whoever started the process can read where it listens.
  console.log(JSON.stringify({ url: sandbox.url, ...ids }));
  const stop = () => void sandbox.close();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}
