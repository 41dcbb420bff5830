import { parseArgs } from 'node:util';
import { META_DEFAULTS } from './defaults.ts';
import { startMetaSandbox } from './sandbox.ts';

const USAGE =
  'node test/sandbox/meta/main.ts [--port 4011] [--host 127.0.0.1] [--messenger-webhook-url <url>] [--instagram-webhook-url <url>]';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4011' },
    host: { type: 'string', default: '127.0.0.1' },
    'messenger-webhook-url': { type: 'string' },
    'instagram-webhook-url': { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(USAGE);
} else {
  const sandbox = await startMetaSandbox({
    port: Number(values.port),
    host: values.host,
    messengerWebhookUrl: values['messenger-webhook-url'],
    instagramWebhookUrl: values['instagram-webhook-url'],
  });
  // One line of JSON, so that whoever started the process can read where it listens.
  const { pageId, igUserId, appId } = META_DEFAULTS;
  console.log(JSON.stringify({ url: sandbox.url, pageId, igUserId, appId }));
  const stop = () => void sandbox.close();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}
