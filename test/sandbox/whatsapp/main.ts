import { parseArgs } from 'node:util';
import { SANDBOX_DEFAULTS } from './defaults.ts';
import { startWhatsAppSandbox } from './sandbox.ts';

const USAGE = `node test/sandbox/whatsapp/main.ts [--port 4010] [--host 127.0.0.1] [--webhook-url <url>] [--no-limits]`;

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4010' },
    host: { type: 'string', default: '127.0.0.1' },
    'webhook-url': { type: 'string' },
    'no-limits': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(USAGE);
} else {
  const sandbox = await startWhatsAppSandbox({
    port: Number(values.port),
    host: values.host,
    webhookUrl: values['webhook-url'],
    ...(values['no-limits'] ? { limitPairRate: false, throughputPerSecond: null } : {}),
  });
  // One line of JSON, so that whoever started the process can read where it listens.
  const { phoneNumberId, wabaId, appId } = SANDBOX_DEFAULTS;
  console.log(JSON.stringify({ url: sandbox.url, phoneNumberId, wabaId, appId }));
  const stop = () => void sandbox.close();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}
