import { parseArgs } from 'node:util';
import { listenOptions, runSandbox } from '../kit/main.ts';
import { TWILIO_DEFAULTS } from './defaults.ts';
import { startTwilioSandbox } from './sandbox.ts';

const USAGE = `node test/sandbox/twilio/main.ts [--port 4012] [--host 127.0.0.1] [--line whatsapp|sms] [--webhook-url <url>]`;

const { values } = parseArgs({
  options: {
    ...listenOptions(4012),
    line: { type: 'string', default: 'whatsapp' },
    'webhook-url': { type: 'string' },
  },
});
const { accountSid, smsNumber, whatsappSender } = TWILIO_DEFAULTS;
const webhookUrl = values['webhook-url'];

await runSandbox(values, USAGE, { accountSid, smsNumber, whatsappSender }, (listen) =>
  startTwilioSandbox({
    ...listen,
    line: values.line === 'sms' ? 'sms' : 'whatsapp',
    ...(webhookUrl !== undefined && { webhookUrl }),
  }),
);
