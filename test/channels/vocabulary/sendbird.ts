/** Webhooks of Sendbird. */
import { sendbird } from '../../../service/src/channels/sendbird/index.ts';
import * as w from '../sendbird/fixtures/webhooks.ts';
import { parsed } from '../sendbird/support.ts';
import { OURS, OWN, type Speaker } from './acts.ts';

const own = (payload: object = {}) => w.said({ message_id: OWN, data: '', ...payload });
const file = (content_type: string, message?: string) =>
  w.file({ message_id: OWN, content_type, message, filename: undefined });
const answered = (answer: object, message: string) =>
  own({ message, data: JSON.stringify({ schema: 'parley/v1', answer }) });

export const SENDBIRD: Speaker = {
  channel: sendbird.id,
  parse: parsed,
  says: {
    'writes a text': own({ message: 'hello' }),
    'answers our message': own({ message: 'this', parent_message_id: OURS }),
    'taps a button': answered({ type: 'button', id: 'yes', title: 'Yes' }, 'Yes'),
    'picks from a list': answered({ type: 'list', id: 'row_1', title: 'Row 1' }, 'Row 1'),
    'sends a captioned photo': file('image/jpeg', 'look'),
    'sends a voice note': file('audio/mpeg'),
    'sends a file': file('application/pdf'),
    reacts: { ...w.REACTION, message: { message_id: OURS } },
    'takes the reaction back': { ...w.UNREACTION, message: { message_id: OURS } },
    'corrects the message': { ...own({ message: 'corrected' }), category: 'group_channel:message_update' },
    'takes the message back': { ...w.DELETION, payload: { message_id: OWN } },
    'is answered elsewhere': { ...own({ message: 'from elsewhere' }), sender: w.ASSISTANT },
  },
  // In-app chat has no window.
  opens: {
    ...{ 'writes a text': '', 'answers our message': '', 'taps a button': '', 'picks from a list': '' },
    ...{ 'sends a captioned photo': '', 'sends a voice note': '', 'sends a file': '' },
  },
};
