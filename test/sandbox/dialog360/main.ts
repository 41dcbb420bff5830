import { parseArgs } from 'node:util';
import { listenOptions, runSandbox } from '../kit/main.ts';
import { DIALOG360_DEFAULTS } from './defaults.ts';
import { startDialog360Sandbox } from './sandbox.ts';

const USAGE = `node test/sandbox/dialog360/main.ts [--port 4013] [--host 127.0.0.1] [--webhook-url <url>] [--no-limits]`;

const { values } = parseArgs({
  options: {
    ...listenOptions(4013),
    'webhook-url': { type: 'string' },
    'no-limits': { type: 'boolean', default: false },
  },
});

await runSandbox(values, USAGE, DIALOG360_DEFAULTS, async (listen) => {
  const sandbox = await startDialog360Sandbox({
    ...listen,
    ...(values['no-limits'] ? { limitPairRate: false, throughputPerSecond: null } : {}),
  });
  if (values['webhook-url'] !== undefined) sandbox.subscribe(values['webhook-url']);
  return sandbox;
});
