import { ringcentral } from '../../../service/src/channels/ringcentral/index.ts';
import { channelConformance } from '../../conformance/channel.ts';
import { json } from '../../conformance/fake-io.ts';
import { OUTBOUND } from './fixtures/outbound.ts';
import { CONTENT_ID, WEBHOOKS } from './fixtures/webhooks.ts';
import { CREDENTIAL, refusal, sign } from './support.ts';

channelConformance({
  channel: ringcentral,
  settings: CREDENTIAL,
  unverifiable: { ...CREDENTIAL, webhookSecret: undefined },
  sibling: { ...CREDENTIAL, sourceId: undefined, agentId: undefined, ownIds: undefined },
  samples: {
    sign: (body) => sign(body),
    webhooks: WEBHOOKS,
    outbound: OUTBOUND.map(({ content }) => content),
    recipients: { good: ['+15550001111', '536cbd9e7aa58d58f3000050', 'ana@example.com'], bad: ['', 'x', 'two words'] },
    refusals: (text) => [
      refusal(401, 'unauthorized', text),
      refusal(422, 'invalid', text),
      refusal(500, 'internal', text),
      json(500, text),
    ],
    completion: {
      answers: ({ url }) => {
        const attachment = { id: '1', content_type: 'image/jpeg', filename: 'a.jpg', url: `${url}/file.jpg` };
        return json(200, { id: CONTENT_ID, body: 'look', attachments: [attachment] });
      },
      secrets: [],
    },
  },
});
