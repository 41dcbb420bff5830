/** WhatsApp through Meta's own Cloud API. */
import type { Channel } from '../channel.ts';
import { phoneAddress, wabaAddress } from '../kit/whatsapp/change.ts';
import { checkContent } from '../kit/whatsapp/check.ts';
import { capabilities } from './capabilities.ts';
import { media } from './media.ts';
import { parse } from './parse.ts';
import { provisioning } from './provisioning.ts';
import { recipient } from './render.ts';
import { presence, send } from './send.ts';
import { settingsSchema, type WhatsAppSettings } from './settings.ts';
import { templates } from './templates.ts';
import { limits } from './throughput.ts';
import { handshake, verify } from './verify.ts';

export const whatsapp: Channel<WhatsAppSettings> = {
  id: 'whatsapp',
  name: 'WhatsApp',
  capabilities,
  settings: settingsSchema,
  secrets: ['accessToken', 'appSecret', 'verifyToken'],
  externalId: ({ phoneNumberId }) => phoneNumberId,
  addresses: ({ phoneNumberId, wabaId }) => [
    phoneAddress(phoneNumberId),
    ...(wabaId === undefined ? [] : [wabaAddress(wabaId)]),
  ],
  // A number takes every kind of message; a user id no authentication template with a code button (131062).
  sendTo: ['phone', 'user_id'],
  recipient,
  webhookHeaders: ['x-hub-signature-256'],
  verify,
  parse,
  check: checkContent,
  send,
  handshake,
  media,
  templates,
  presence,
  provisioning,
  limits,
};
