/** Webhooks of Sunshine Conversations, of people on WhatsApp. */
import { sunshine } from '../../../service/src/channels/sunshine/index.ts';
import * as w from '../sunshine/fixtures/webhooks.ts';
import { parsed } from '../sunshine/support.ts';
import { OURS, OWN, type Speaker } from './acts.ts';

const own = (content: object, change: object = {}) => w.said({ ...content }, { id: OWN, ...change });
const file = (mediaType: string, text?: string) =>
  own({ type: 'file', mediaUrl: 'https://x.smooch.io/1', mediaType, text });
const row = { payload: 'row_1', metadata: { parleyKind: 'list', parleyText: 'Row 1' } };

export const SUNSHINE: Speaker = {
  channel: sunshine.id,
  parse: parsed,
  says: {
    'writes a text': own({ type: 'text', text: 'hello' }),
    'answers our message': own(
      { type: 'text', text: 'this' },
      { quotedMessage: { type: 'message', message: { id: OURS } } },
    ),
    'taps a button': own({ type: 'text', text: 'Yes', payload: 'yes' }),
    'picks from a list': w.webhook('conversation:postback', {
      ...{ conversation: w.CONVERSATION, user: w.USER, source: w.SOURCE, postback: row },
    }),
    'sends a captioned photo': file('image/jpeg', 'look'),
    'sends a voice note': file('audio/ogg'),
    'sends a file': file('application/pdf'),
    'sends a place': own({ type: 'location', coordinates: { lat: 52.52, long: 13.405 } }),
    'takes the message back': own({ type: 'text' }, { deleted: true }),
    'wants no more marketing': w.BLOCKED,
    'wants marketing again': w.UNBLOCKED,
    'is answered elsewhere': w.ofBusiness({ content: { type: 'text', text: 'from elsewhere' } }),
    'is given to us': w.switched('passControl', {}),
    'has got our message': w.delivery('user', { message: { id: OURS } }),
    'sends what nobody knows': own({ type: 'hologram' }),
  },
};
