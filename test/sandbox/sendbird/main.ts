import { parseArgs } from 'node:util';
import { listenOptions, runSandbox } from '../kit/main.ts';
import { SENDBIRD_DEFAULTS } from './defaults.ts';
import { startSendbirdSandbox } from './sandbox.ts';

const USAGE = `node test/sandbox/sendbird/main.ts [--port 4014] [--host 127.0.0.1] [--webhook-url <url>]`;

const { values } = parseArgs({ options: { ...listenOptions(4014), 'webhook-url': { type: 'string' } } });
const { applicationId, senderId, botId } = SENDBIRD_DEFAULTS;
const webhookUrl = values['webhook-url'];

await runSandbox(values, USAGE, { applicationId, senderId, botId }, (listen) =>
  startSendbirdSandbox({ ...listen, ...(webhookUrl !== undefined && { webhookUrl }) }),
);
