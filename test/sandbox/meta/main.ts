import { parseArgs } from 'node:util';
import { listenOptions, runSandbox } from '../kit/main.ts';
import { META_DEFAULTS } from './defaults.ts';
import { startMetaSandbox } from './sandbox.ts';

const USAGE =
  'node test/sandbox/meta/main.ts [--port 4011] [--host 127.0.0.1] [--messenger-webhook-url <url>] [--instagram-webhook-url <url>]';

const { values } = parseArgs({
  options: {
    ...listenOptions(4011),
    'messenger-webhook-url': { type: 'string' },
    'instagram-webhook-url': { type: 'string' },
  },
});
const { pageId, igUserId, appId } = META_DEFAULTS;

await runSandbox(values, USAGE, { pageId, igUserId, appId }, (listen) =>
  startMetaSandbox({
    ...listen,
    messengerWebhookUrl: values['messenger-webhook-url'],
    instagramWebhookUrl: values['instagram-webhook-url'],
  }),
);
