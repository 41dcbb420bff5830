/** WhatsApp through 360dialog, a proxy before Meta's Cloud API: bodies and webhooks are Meta's, the way there is its own. */
import type { Channel } from '../channel.ts';
import { capabilities } from '../protocols/whatsapp/capabilities.ts';
import { addressesOf } from '../protocols/whatsapp/change.ts';
import { checkContent } from '../protocols/whatsapp/check.ts';
import { parse } from '../protocols/whatsapp/parse.ts';
import { recipient } from '../protocols/whatsapp/render.ts';
import { templateIn } from '../protocols/whatsapp/template-in.ts';
import { media } from './media.ts';
import { provisioning } from './provisioning.ts';
import { presence, send } from './send.ts';
import { connectionOf, learn, SECRET_HEADERS, settingsSchema, type Dialog360Settings } from './settings.ts';
import { templates } from './templates.ts';
import { handshake, SIGNATURE_HEADER, verify } from './verify.ts';

export const dialog360: Channel<Dialog360Settings> = {
  id: 'dialog360',
  name: '360dialog (WhatsApp)',
  capabilities: () => capabilities,
  settings: settingsSchema,
  secrets: ['apiKey', 'webhookSecret', 'platformSecret'],
  externalId: ({ phoneNumberId }) => phoneNumberId,
  addresses: addressesOf,
  connection: connectionOf,
  learn,
  realm: () => '',
  sendTo: ['phone', 'user_id'],
  recipient,
  webhookHeaders: [...SECRET_HEADERS, SIGNATURE_HEADER],
  verify: (request, _at, settings) => verify(request, settings),
  parse,
  check: checkContent,
  templateIn,
  send,
  handshake,
  media,
  templates,
  presence,
  provisioning,
};
