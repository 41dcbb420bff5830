import { sunshine } from '../../../service/src/channels/sunshine/index.ts';
import { channelConformance } from '../../conformance/channel.ts';
import { json } from '../../conformance/fake-io.ts';
import { OUTBOUND } from './fixtures/outbound.ts';
import { WEBHOOKS } from './fixtures/webhooks.ts';
import { CREDENTIAL, refusal, sign } from './support.ts';

channelConformance({
  channel: sunshine,
  settings: CREDENTIAL,
  unverifiable: { ...CREDENTIAL, webhookSecret: undefined },
  sibling: { ...CREDENTIAL, integrationId: undefined },
  samples: {
    sign: (body) => sign(body),
    webhooks: WEBHOOKS,
    outbound: OUTBOUND.map(({ content }) => content),
    recipients: { good: ['26508c10541a4b0ff472e5e2', ' 912382197 ', 'zoe@example.com'], bad: ['', ' ', 'two words'] },
    refusals: (text) => [
      refusal(401, 'unauthorized', text),
      refusal(400, 'bad_request', text),
      refusal(404, 'whatever', text),
      refusal(500, 'internal', text),
      json(423, text),
      json(500, text),
    ],
  },
});
