/** `npm run demo [-- --channel <name>] [-- --keep] [-- --no-build]`. Imports only what any Node.js has until the version is known to be right. */
import { parseArgs } from 'node:util';

const NEEDED = 24;
const HELP = `npm run demo [-- <options>]
  --channel <name>  whatsapp (default), messenger, instagram, dialog360 or twilio
  --keep            stay up after the story, and say what to try
  --no-build        take what is built, without looking whether it is up to date
`;

function options() {
  return parseArgs({
    options: {
      channel: { type: 'string', default: 'whatsapp' },
      keep: { type: 'boolean' },
      'no-build': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  }).values;
}

async function main(): Promise<number> {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < NEEDED) {
    process.stderr.write(
      `The demo needs Node.js ${String(NEEDED)}, this is ${process.version}. "npm ci" installs one into node_modules and "npm run demo" uses it;\n` +
        'where npm does not run install scripts, run "npm rebuild node" once.\n',
    );
    return 1;
  }
  const { channel, keep = false, 'no-build': isBuilt = false, help = false } = options();
  if (help) {
    process.stdout.write(HELP);
    return 0;
  }
  const { demoChannel } = await import('./channels.ts');
  const told = demoChannel(channel);
  const { runDemo } = await import('./run.ts');
  return await runDemo({ keep, build: !isBuilt, channel: told });
}

try {
  // Not left to the event loop: n8n's engine keeps timers of its own.
  process.exit(await main());
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
