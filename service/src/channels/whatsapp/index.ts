/** WhatsApp through Meta's own Cloud API. */
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
import { appSecrets, settingsSchema, type WhatsAppSettings } from './settings.ts';
import { templates } from './templates.ts';
import { limits } from './throughput.ts';
import { handshake, verify } from './verify.ts';

export const whatsapp: Channel<WhatsAppSettings> = {
  id: 'whatsapp',
  name: 'WhatsApp',
  capabilities: () => capabilities,
  settings: settingsSchema,
  secrets: ['accessToken', 'appSecret', 'verifyToken'],
  externalId: ({ phoneNumberId }) => phoneNumberId,
  addresses: addressesOf,
  connection: (settings) => ({ key: '', secrets: appSecrets(settings), application: settings.appId }),
  // A number takes every kind of message; a user id no authentication template with a code button (131062).
  realm: () => '',
  sendTo: ['phone', 'user_id'],
  recipient,
  webhookHeaders: ['x-hub-signature-256'],
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
  limits,
};
