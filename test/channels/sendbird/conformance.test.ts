import { sendbird } from '../../../service/src/channels/sendbird/index.ts';
import { channelConformance } from '../../conformance/channel.ts';
import { json } from '../../conformance/fake-io.ts';
import { DRAWN, PLAIN } from './fixtures/outbound.ts';
import { WEBHOOKS } from './fixtures/webhooks.ts';
import { CREDENTIAL, refusal, sign } from './support.ts';

channelConformance({
  channel: sendbird,
  settings: { ...CREDENTIAL, drawsContent: true },
  unverifiable: { ...CREDENTIAL, webhookToken: undefined },
  sibling: { ...CREDENTIAL, senderId: 'another-bot', senderType: 'bot', staffIds: undefined },
  samples: {
    sign: (body) => sign(body),
    webhooks: WEBHOOKS,
    outbound: [...PLAIN, ...DRAWN].map(({ content }) => content),
    recipients: { good: ['u-42', ' 4711 ', 'zoë@example.com'], bad: ['', ' ', 'two words', 'x'.repeat(81)] },
    refusals: (text) => [
      refusal(400401, 400, text),
      refusal(900080, 400, text),
      refusal(999999, 400, text),
      refusal(500901, 500, text),
      json(500, text),
    ],
  },
});
