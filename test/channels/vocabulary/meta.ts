/** Webhooks of Pages and of Instagram accounts. */
import * as instagram from '../instagram/support.ts';
import * as messenger from '../messenger/support.ts';
import { APP_ID } from '../meta/support.ts';
import { OURS, OWN, type Speaker } from './acts.ts';

type Support = Pick<typeof messenger, 'bodyOf' | 'item' | 'echo'>;

const REACTION = { mid: OURS, action: 'react', reaction: 'like', emoji: '👍' };
const AD = {
  source: 'ADS',
  type: 'OPEN_THREAD',
  ad_id: '61',
  ads_context_data: { ad_title: 'Sale', photo_url: 'https://ads.example/1' },
};

function saysOn({ bodyOf, item, echo }: Support): Speaker['says'] {
  const message = (content: Record<string, unknown>) => bodyOf(item({ message: { mid: OWN, ...content } }));
  const file = (type: string) => [{ type, payload: { url: 'https://cdn.example/1' } }];
  const wish = (value: string) => {
    const optin = { type: 'notification_messages', notification_messages_status: `${value} NOTIFICATIONS` };
    return bodyOf(item({ optin }));
  };
  return {
    'writes a text': message({ text: 'hello' }),
    'answers our message': message({ text: 'this', reply_to: { mid: OURS } }),
    'taps a button': bodyOf(item({ postback: { mid: OWN, title: 'Yes', payload: 'yes' } })),
    'sends a captioned photo': message({ text: 'look', attachments: file('image') }),
    'sends a voice note': message({ attachments: file('audio') }),
    'sends a file': message({ attachments: file('file') }),
    'comes from an ad': message({ text: 'hello', referral: AD }),
    reacts: bodyOf(item({ reaction: REACTION })),
    'takes the reaction back': bodyOf(item({ reaction: { mid: OURS, action: 'unreact' } })),
    'corrects the message': bodyOf(item({ message_edit: { mid: OWN, text: 'corrected', num_edit: 1 } })),
    'takes the message back': message({ is_deleted: true }),
    'wants no more marketing': wish('STOP'),
    'wants marketing again': wish('RESUME'),
    'is answered elsewhere': bodyOf(echo({ mid: 'E1', text: 'from elsewhere' })),
    'is given to us': bodyOf(item({ pass_thread_control: { new_owner_app_id: APP_ID } })),
    'sends what nobody knows': message({ attachments: [{ type: 'hologram' }] }),
  };
}

const { bodyOf, item } = messenger;

export const MESSENGER: Speaker = {
  channel: 'messenger',
  parse: (body) => messenger.parseBody(body),
  says: {
    ...saysOn(messenger),
    'sends a sticker': bodyOf(
      item({
        message: {
          mid: OWN,
          attachments: [{ type: 'sticker', payload: { url: 'https://cdn.example/1' } }],
        },
      }),
    ),
    'sends a place': bodyOf(
      item({
        message: {
          mid: OWN,
          attachments: [{ type: 'location', payload: { coordinates: { lat: 52.52, long: 13.405 } } }],
        },
      }),
    ),
    'sends an order': bodyOf(
      item({
        order: { products: [{ retailer_id: 'sku', quantity: 2, unit_price: 11, currency: 'EUR' }], note: 'gift' },
      }),
    ),
    'has got our message': bodyOf(item({ delivery: { mids: [OURS], watermark: 1750000000000 } })),
  },
  opens: { reacts: 'reaction' },
};

export const INSTAGRAM: Speaker = {
  channel: 'instagram',
  parse: (body) => instagram.parseBody(body),
  says: { ...saysOn(instagram), 'has read our message': instagram.bodyOf(instagram.item({ read: { mid: OURS } })) },
  opens: { reacts: 'reaction' },
};

/** The same tap on what stands below a message. */
export const QUICK_REPLIES = ([MESSENGER, INSTAGRAM] as const).map(({ channel, parse }) => {
  const { bodyOf: body, item: element } = channel === 'messenger' ? messenger : instagram;
  const message = { mid: OWN, text: 'Yes', quick_reply: { payload: 'yes' } };
  return { channel: `${channel}, a quick reply`, parse, says: { 'taps a button': body(element({ message })) } };
});
