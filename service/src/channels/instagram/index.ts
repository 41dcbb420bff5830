/** Instagram: the direct messages of a professional account. */
import { ParleyError } from '../../core/errors.ts';
import type { Channel } from '../channel.ts';
import { capabilities } from './capabilities.ts';
import { parse } from './parse.ts';
import { recipient } from './render.ts';
import { send } from './send.ts';
import { settingsSchema, type InstagramSettings } from './settings.ts';
import { handshake, verify } from './verify.ts';

export const instagram: Channel<InstagramSettings> = {
  id: 'instagram',
  name: 'Instagram',
  capabilities,
  settings: settingsSchema,
  secrets: ['accessToken', 'appSecret', 'verifyToken'],
  externalId: ({ igUserId }) => igUserId,
  addresses: ({ igUserId }) => [igUserId],
  sendTo: ['igsid'],
  recipient,
  webhookHeaders: ['x-hub-signature-256'],
  acknowledgement: { contentType: 'text/plain', body: 'EVENT_RECEIVED' },
  verify,
  parse,
  check(content) {
    if (!capabilities.kinds.includes(content.type)) {
      throw new ParleyError(400, 'unsupported_by_channel', `Instagram cannot send "${content.type}".`);
    }
  },
  send,
  handshake,
};
