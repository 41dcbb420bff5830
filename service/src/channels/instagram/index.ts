/** Instagram: the direct messages of a professional account. */
import type { Channel } from '../channel.ts';
import { checkContent } from '../protocols/meta/check.ts';
import { INSTAGRAM } from '../protocols/meta/dialect.ts';
import { instagramOptions } from '../protocols/meta/send-body.ts';
import { appSecrets } from '../protocols/meta/settings.ts';
import { actions } from './actions.ts';
import { capabilities } from './capabilities.ts';
import { lookup } from './lookup.ts';
import { media } from './media.ts';
import { parse } from './parse.ts';
import { provisioning } from './provisioning.ts';
import { recipient } from './render.ts';
import { presence, send } from './send.ts';
import { settingsSchema, type InstagramSettings } from './settings.ts';
import { handshake, verify } from './verify.ts';

export const instagram: Channel<InstagramSettings> = {
  id: 'instagram',
  name: 'Instagram',
  capabilities: () => capabilities,
  settings: settingsSchema,
  secrets: ['accessToken', 'appSecret', 'verifyToken'],
  externalId: ({ igUserId }) => igUserId,
  addresses: ({ igUserId }) => [igUserId],
  connection: (settings) => ({ key: '', secrets: appSecrets(settings), application: settings.appId }),
  realm: (_kind, { igUserId }) => igUserId,
  sendTo: ['igsid'],
  recipient,
  webhookHeaders: ['x-hub-signature-256'],
  answer: () => ({ status: 200, contentType: 'text/plain', body: 'EVENT_RECEIVED' }),
  verify: (request, _at, settings) => verify(request, settings),
  parse,
  check: (content) => checkContent(content, INSTAGRAM),
  sendOptions: instagramOptions,
  send,
  handshake,
  media,
  presence,
  provisioning,
  lookup,
  actions,
};
