import { dialog360 } from '../../../service/src/channels/dialog360/index.ts';
import type { Dialog360Settings } from '../../../service/src/channels/dialog360/settings.ts';
import { channelConformance } from '../../conformance/channel.ts';
import type { ChannelSubject } from '../../conformance/channel-subject.ts';
import { verification } from '../../conformance/channel-verification.ts';
import { json } from '../../conformance/fake-io.ts';
import { OUTBOUND_CASES } from '../whatsapp/fixtures/outbound.ts';
import { WEBHOOKS } from '../whatsapp/fixtures/webhooks.ts';
import { graphError } from '../whatsapp/support.ts';
import { CREDENTIAL, HEADER_VALUE, proxyError, requestWith, sign } from './support.ts';

const subject: ChannelSubject<Dialog360Settings> = {
  channel: dialog360,
  settings: CREDENTIAL,
  unverifiable: { ...CREDENTIAL, webhookSecret: undefined, platformSecret: undefined },
  sibling: { ...CREDENTIAL, phoneNumberId: '106540352242923', wabaId: undefined },
  samples: {
    webhooks: WEBHOOKS,
    sign,
    outbound: OUTBOUND_CASES.map(({ content }) => content),
    recipients: {
      good: ['+4915112345678', '4915112345678', '+44 (0)20 7946 0958', 'DE.13491208655302741918'],
      bad: ['', 'Ana', '123', '120363418770915618@g.us', 'de.1349'],
    },
    refusals: (text) => [
      graphError(131009, 400, { message: text, error_data: { details: text } }),
      graphError(190, 401, { error_user_title: text, error_user_msg: text }),
      proxyError(400, text),
      proxyError(401, `Invalid api_key ${text}`),
      json(502, { meta: { developer_message: text } }),
      json(400, { errors: [{ title: text, details: text }] }),
      json(500, text),
    ],
  },
};

channelConformance(subject);

describe('with a header of our own and no signature', () => {
  const headerOnly = { ...CREDENTIAL, platformSecret: undefined };
  const { samples, sibling } = subject;
  verification({
    ...subject,
    channel: { ...dialog360, secrets: ['apiKey', 'webhookSecret'] },
    settings: headerOnly,
    sibling: { ...sibling, platformSecret: undefined },
    samples: { ...samples, sign: (body) => requestWith(body, { authorization: HEADER_VALUE }) },
  });
});
