/** Facebook Messenger: the conversations of a Page. */
import { ParleyError } from '../../core/errors.ts';
import type { Channel } from '../channel.ts';
import { capabilities } from './capabilities.ts';
import { parse } from './parse.ts';
import { recipient } from './render.ts';
import { send } from './send.ts';
import { settingsSchema, type MessengerSettings } from './settings.ts';
import { handshake, verify } from './verify.ts';

export const messenger: Channel<MessengerSettings> = {
  id: 'messenger',
  name: 'Facebook Messenger',
  capabilities,
  settings: settingsSchema,
  secrets: ['pageAccessToken', 'appSecret', 'verifyToken'],
  externalId: ({ pageId }) => pageId,
  addresses: ({ pageId }) => [pageId],
  sendTo: ['psid'],
  recipient,
  webhookHeaders: ['x-hub-signature-256'],
  acknowledgement: { contentType: 'text/plain', body: 'EVENT_RECEIVED' },
  verify,
  parse,
  check(content) {
    if (!capabilities.kinds.includes(content.type)) {
      throw new ParleyError(400, 'unsupported_by_channel', `Messenger cannot send "${content.type}".`);
    }
  },
  send,
  handshake,
};
