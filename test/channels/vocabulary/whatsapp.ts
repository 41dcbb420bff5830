/** Meta's WhatsApp webhooks, which 360dialog passes on as they are. */
import { dialog360 } from '../../../service/src/channels/dialog360/index.ts';
import { requestWith, SETTINGS as DIALOG360 } from '../dialog360/support.ts';
import { bodyOf, messagesChange, METADATA, parseBody } from '../whatsapp/support.ts';
import { OURS, OWN, type Speaker } from './acts.ts';

const FROM = '15550001111';
const about = { from: FROM, id: OWN, timestamp: '1750000000' };
const message = (content: Record<string, unknown>) => bodyOf(messagesChange({ messages: [{ ...about, ...content }] }));
const status = (name: string) =>
  bodyOf(messagesChange({ statuses: [{ id: OURS, status: name, timestamp: '1750000000', recipient_id: FROM }] }));
const wish = (value: string) => {
  const user_preferences = [{ wa_id: FROM, category: 'marketing_messages', value, timestamp: 1750000000 }];
  return bodyOf({ field: 'user_preferences', value: { metadata: METADATA, user_preferences } });
};
const text = (body: string) => ({ type: 'text', text: { body } });
const reply = (type: string, answer: object) => ({ type: 'interactive', interactive: { type, [type]: answer } });
const file = (type: string, more: object = {}) => ({ type, [type]: { id: '9', mime_type: 'a/b', ...more } });

const says: Speaker['says'] = {
  'writes a text': message(text('hello')),
  'answers our message': message({ ...text('this'), context: { id: OURS } }),
  'taps a button': message(reply('button_reply', { id: 'yes', title: 'Yes' })),
  'picks from a list': message(reply('list_reply', { id: 'row_1', title: 'Row 1' })),
  'sends a captioned photo': message(file('image', { caption: 'look' })),
  'sends a voice note': message(file('audio')),
  'sends a file': message(file('document')),
  'sends a sticker': message(file('sticker')),
  'sends a place': message({ type: 'location', location: { latitude: 52.52, longitude: 13.405 } }),
  'sends an order': message({
    type: 'order',
    order: {
      catalog_id: '1',
      text: 'gift',
      product_items: [{ product_retailer_id: 'sku', quantity: 2, item_price: 11, currency: 'EUR' }],
    },
  }),
  'comes from an ad': message({
    ...text('hello'),
    referral: { source_type: 'ad', source_id: '61', headline: 'Sale', image_url: 'https://ads.example/1' },
  }),
  reacts: message({ type: 'reaction', reaction: { message_id: OURS, emoji: '👍' } }),
  'takes the reaction back': message({ type: 'reaction', reaction: { message_id: OURS } }),
  'corrects the message': message({
    ...about,
    id: 'IN2',
    type: 'edit',
    edit: { original_message_id: OWN, message: text('corrected') },
  }),
  'takes the message back': message({ id: 'IN2', type: 'revoke', revoke: { original_message_id: OWN } }),
  'wants no more marketing': wish('stop'),
  'wants marketing again': wish('resume'),
  'is answered elsewhere': bodyOf({
    field: 'smb_message_echoes',
    value: {
      metadata: METADATA,
      message_echoes: [{ from: '1', to: FROM, id: 'E1', timestamp: '1750000000', ...text('from elsewhere') }],
    },
  }),
  'is given to us': bodyOf({
    field: 'messaging_handovers',
    value: {
      sender: { phone_number: FROM },
      recipient: { phone_number_id: METADATA.phone_number_id },
      type: 'control_passed',
      timestamp: '1750000000',
      control_passed: { new_owner_role: 'ai_agent' },
    },
  }),
  'has got our message': status('delivered'),
  'has read our message': status('read'),
  'sends what nobody knows': message({ type: 'hologram' }),
};

export const WHATSAPP: Speaker = { channel: 'whatsapp', says, parse: (body) => parseBody(body) };

export const DIALOG360_SPEAKER: Speaker = {
  channel: 'dialog360',
  says,
  parse: (body) => dialog360.parse(requestWith(Buffer.from(JSON.stringify(body))), DIALOG360),
};
