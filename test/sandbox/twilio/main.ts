import { parseArgs } from 'node:util';
import { TWILIO_DEFAULTS } from './defaults.ts';
import { startTwilioSandbox } from './sandbox.ts';

const USAGE = `node test/sandbox/twilio/main.ts [--port 4012] [--host 127.0.0.1] [--line whatsapp|sms] [--webhook-url <url>]`;

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4012' },
    host: { type: 'string', default: '127.0.0.1' },
    line: { type: 'string', default: 'whatsapp' },
    'webhook-url': { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(USAGE);
} else {
  const webhookUrl = values['webhook-url'];
  const sandbox = await startTwilioSandbox({
    port: Number(values.port),
    host: values.host,
    line: values.line === 'sms' ? 'sms' : 'whatsapp',
    ...(webhookUrl !== undefined && { webhookUrl }),
  });
  // One line of JSON, so that whoever started the process can read where it listens.
  const { accountSid, smsNumber, whatsappSender } = TWILIO_DEFAULTS;
  console.log(JSON.stringify({ url: sandbox.url, accountSid, smsNumber, whatsappSender }));
  const stop = () => void sandbox.close();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}
