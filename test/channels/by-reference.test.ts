/** A channel to throw away, whose webhooks tell documents by reference only: what the suite of channels asks of the power `completion`. */
import { SendError } from '../../service/src/core/errors.ts';
import { whatsapp } from '../../service/src/channels/whatsapp/index.ts';
import type { Channel, ChannelEvent } from '../../service/src/channels/channel.ts';
import type { WhatsAppSettings } from '../../service/src/channels/whatsapp/settings.ts';
import { channelConformance } from '../conformance/channel.ts';
import { json } from '../conformance/fake-io.ts';
import { objectOf } from '../sandbox/kit/json.ts';
import { OUTBOUND_CASES } from './whatsapp/fixtures/outbound.ts';
import { WEBHOOKS } from './whatsapp/fixtures/webhooks.ts';
import { CREDENTIAL, graphError, sign } from './whatsapp/support.ts';

const KEY = 'the key by which the rest is read';

const byReference = (event: ChannelEvent): ChannelEvent =>
  event.type === 'message.received' && event.content.type === 'document'
    ? {
        ...event,
        content: { type: 'unsupported', reason: 'document' },
        rest: { id: event.providerMessageId, key: KEY },
      }
    : event;

const channel: Channel<WhatsAppSettings> = {
  ...whatsapp,
  parse: (...given) => whatsapp.parse(...given).map(byReference),
  completion: {
    async complete({ rest }, _settings, { http }) {
      const url = `https://rests.example.com/${encodeURIComponent(String(rest['id']))}`;
      const { status, body } = await http.request({ method: 'GET', url });
      if (status !== 200) throw new SendError(status < 500 ? 'rejected' : 'unreachable', `HTTP ${status}`);
      return { content: { type: 'text', text: String(objectOf(body)['text']) } };
    },
  },
};

channelConformance({
  channel,
  settings: CREDENTIAL,
  unverifiable: { ...CREDENTIAL, appSecret: undefined },
  sibling: { ...CREDENTIAL, phoneNumberId: '106540352242923', wabaId: undefined, appId: undefined },
  samples: {
    webhooks: WEBHOOKS,
    sign,
    outbound: OUTBOUND_CASES.map(({ content }) => content),
    recipients: { good: ['+15550001111'], bad: ['Ana'] },
    refusals: (text) => [graphError(190, 401, { message: text })],
    completion: { answers: ({ url }) => json(200, { text: `the rest of ${url}` }), secrets: [KEY] },
  },
});
