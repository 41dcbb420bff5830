import { recipientOf } from '../../support/recipient.ts';
import type { OutboundContent } from '../../../contract/message.ts';
import { whatsapp } from '../../../service/src/channels/whatsapp/index.ts';
import { render } from '../../../service/src/channels/protocols/whatsapp/render.ts';
import { OUTBOUND_CASES } from './fixtures/outbound.ts';
import { SETTINGS } from './support.ts';

const PHONE = { kind: 'phone', address: '15550001111' };
const ENVELOPE = {
  messaging_product: 'whatsapp',
  recipient_type: 'individual',
  to: '+15550001111',
  biz_opaque_callback_data: 'msg_1',
};

describe('bodies', () => {
  test.each(OUTBOUND_CASES.map((sample) => [sample.name, sample] as const))('%s', (_name, { content, body }) => {
    const rendered = render({ id: 'msg_1', to: PHONE, content });
    expect(rendered).toEqual({ ...ENVELOPE, ...body });
    expect(JSON.parse(JSON.stringify(rendered))).toEqual(rendered);
  });
});

const TEXT: OutboundContent = { type: 'text', text: 'Hi' };

test('a user id goes into recipient, not into to', () => {
  const body = render({ id: 'msg_1', to: { kind: 'user_id', address: 'US.1' }, content: TEXT });
  expect(body).toMatchObject({ recipient: 'US.1' });
  expect(body).not.toHaveProperty('to');
});

test('a reply quotes, a reaction does not', () => {
  const quoted = { id: 'msg_1', to: PHONE, replyToProviderId: 'wamid.0' };
  expect(render({ ...quoted, content: TEXT })).toHaveProperty('context', { message_id: 'wamid.0' });
  const reaction: OutboundContent = { type: 'reaction', messageId: 'wamid.0', emoji: '👍' };
  expect(render({ ...quoted, content: reaction })).not.toHaveProperty('context');
});

test.each([
  ['+15550001111', PHONE],
  ['15550001111', PHONE],
  ['+1 (555) 000-1111', PHONE],
  [' +1.555.000.1111 ', PHONE],
  ['0015550001111', PHONE],
  ['+44 (0)20 7946 0958', { kind: 'phone', address: '442079460958' }],
  ['5215512345678', { kind: 'phone', address: '5215512345678' }],
  ['US.13491208655302741918', { kind: 'user_id', address: 'US.13491208655302741918' }],
])('recipient %s', (to, identity) => {
  expect(recipientOf(whatsapp, to, SETTINGS)).toEqual(identity);
});
