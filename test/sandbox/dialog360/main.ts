import { parseArgs } from 'node:util';
import { DIALOG360_DEFAULTS } from './defaults.ts';
import { startDialog360Sandbox } from './sandbox.ts';

const USAGE = `node test/sandbox/dialog360/main.ts [--port 4013] [--host 127.0.0.1] [--webhook-url <url>] [--no-limits]`;

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4013' },
    host: { type: 'string', default: '127.0.0.1' },
    'webhook-url': { type: 'string' },
    'no-limits': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(USAGE);
} else {
  const sandbox = await startDialog360Sandbox({
    port: Number(values.port),
    host: values.host,
    ...(values['no-limits'] ? { limitPairRate: false, throughputPerSecond: null } : {}),
  });
  if (values['webhook-url'] !== undefined) sandbox.subscribe(values['webhook-url']);
  // One line of JSON, so that whoever started the process can read where it listens.
  console.log(JSON.stringify({ url: sandbox.url, ...DIALOG360_DEFAULTS }));
  const stop = () => void sandbox.close();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}
