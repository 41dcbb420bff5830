import { parseArgs } from 'node:util';
import { listenOptions, runSandbox } from '../kit/main.ts';
import { SANDBOX_DEFAULTS } from './defaults.ts';
import { startWhatsAppSandbox } from './sandbox.ts';

const USAGE = `node test/sandbox/whatsapp/main.ts [--port 4010] [--host 127.0.0.1] [--webhook-url <url>] [--no-limits]`;

const { values } = parseArgs({
  options: {
    ...listenOptions(4010),
    'webhook-url': { type: 'string' },
    'no-limits': { type: 'boolean', default: false },
  },
});
const { phoneNumberId, wabaId, appId } = SANDBOX_DEFAULTS;

await runSandbox(values, USAGE, { phoneNumberId, wabaId, appId }, (listen) =>
  startWhatsAppSandbox({
    ...listen,
    webhookUrl: values['webhook-url'],
    ...(values['no-limits'] ? { limitPairRate: false, throughputPerSecond: null } : {}),
  }),
);
