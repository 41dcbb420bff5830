import { instagram } from '../../../service/src/channels/instagram/index.ts';
import { channelConformance } from '../../conformance/channel.ts';
import { json } from '../../conformance/fake-io.ts';
import { graphError } from '../meta/answers.ts';
import { sign } from '../meta/support.ts';
import { OUTBOUND_CASES } from './fixtures/outbound.ts';
import { WEBHOOKS } from './fixtures/webhooks.ts';
import { CREDENTIAL } from './support.ts';

channelConformance({
  channel: instagram,
  settings: CREDENTIAL,
  unverifiable: { ...CREDENTIAL, appSecret: undefined },
  sibling: { ...CREDENTIAL, igUserId: '17841400000000001', appId: undefined },
  samples: {
    webhooks: WEBHOOKS,
    sign,
    outbound: [
      ...OUTBOUND_CASES.map(({ content }) => content),
      { type: 'reaction', messageId: 'aWdf1', emoji: '❤️' },
      { type: 'reaction', messageId: 'aWdf1', emoji: '' },
    ],
    recipients: {
      good: ['5678', '  6880549838637451 ', '17841400000000000'],
      bad: ['', 'Ana', '+15550001111', '5678/messages', '12 34', '-5', '1.5', '9'.repeat(33)],
    },
    refusals: (text) => [
      graphError(190, 401, { message: text }),
      graphError(100, 400, { message: text, error_user_title: text, error_user_msg: text, error_data: text }),
      graphError(10, 403, { subcode: 2018278, message: text }),
      json(500, text),
    ],
  },
});
