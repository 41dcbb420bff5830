import { whatsapp } from '../../../service/src/channels/whatsapp/index.ts';
import { channelConformance } from '../../conformance/channel.ts';
import { json } from '../../conformance/fake-io.ts';
import { OUTBOUND_CASES } from './fixtures/outbound.ts';
import { WEBHOOKS } from './fixtures/webhooks.ts';
import { CREDENTIAL, graphError, sign } from './support.ts';

channelConformance({
  channel: whatsapp,
  settings: CREDENTIAL,
  unverifiable: { ...CREDENTIAL, appSecret: undefined },
  sibling: { ...CREDENTIAL, phoneNumberId: '106540352242923', wabaId: undefined, appId: undefined },
  samples: {
    webhooks: WEBHOOKS,
    sign,
    outbound: OUTBOUND_CASES.map(({ content }) => content),
    recipients: {
      good: [
        '+15550001111',
        '15550001111',
        '+44 (0)20 7946 0958',
        '0049 171 1234567',
        '5215512345678',
        'US.134912',
        'US.ENT.1181',
      ],
      bad: ['', 'Ana', '123', 'call +15550001111', '120363418770915618@g.us', '+1 555 000 1111 ext. 5', 'us.1349'],
    },
    refusals: (text) => [
      graphError(190, 401, { message: text }),
      graphError(131009, 400, { error_data: { details: text } }),
      graphError(100, 400, { error_data: text, error_user_title: text, error_user_msg: text }),
      json(500, text),
    ],
  },
});
