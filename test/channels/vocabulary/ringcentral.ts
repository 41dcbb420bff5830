/** Webhooks of RingCentral Engage. */
import { ringcentral } from '../../../service/src/channels/ringcentral/index.ts';
import * as w from '../ringcentral/fixtures/webhooks.ts';
import { parsed } from '../ringcentral/support.ts';
import { OURS, type Speaker } from './acts.ts';

export const RINGCENTRAL: Speaker = {
  channel: ringcentral.id,
  parse: parsed,
  says: {
    'writes a text': w.content({ body: 'hello' }),
    'answers our message': w.content({ body: 'this', in_reply_to_id: OURS }),
    'taps a button': w.content({ body: 'Yes', structured_reply: { payload: 'yes' } }),
    'is answered elsewhere': w.replied({ body: 'from elsewhere', creator_id: 'an-agent' }),
  },
  // Its own in-app messaging has no window.
  opens: { 'writes a text': '', 'answers our message': '', 'taps a button': '' },
};
