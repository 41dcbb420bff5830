/** Facebook Messenger: the conversations of a Page. */
import type { Channel } from '../channel.ts';
import { checkContent } from '../protocols/meta/check.ts';
import { MESSENGER } from '../protocols/meta/dialect.ts';
import { messengerOptions } from '../protocols/meta/send-body.ts';
import { appSecrets } from '../protocols/meta/settings.ts';
import { actions } from './actions.ts';
import { capabilities } from './capabilities.ts';
import { media } from './media.ts';
import { parse } from './parse.ts';
import { provisioning } from './provisioning.ts';
import { recipient } from './render.ts';
import { presence, send } from './send.ts';
import { settingsSchema, type MessengerSettings } from './settings.ts';
import { templates } from './templates.ts';
import { handshake, verify } from './verify.ts';

export const messenger: Channel<MessengerSettings> = {
  id: 'messenger',
  name: 'Facebook Messenger',
  capabilities: () => capabilities,
  settings: settingsSchema,
  secrets: ['pageAccessToken', 'appSecret', 'verifyToken'],
  externalId: ({ pageId }) => pageId,
  addresses: ({ pageId }) => [pageId],
  connection: (settings) => ({ key: '', secrets: appSecrets(settings), application: settings.appId }),
  realm: (_kind, { pageId }) => pageId,
  sendTo: ['psid'],
  recipient,
  webhookHeaders: ['x-hub-signature-256'],
  answer: () => ({ status: 200, contentType: 'text/plain', body: 'EVENT_RECEIVED' }),
  verify: (request, _at, settings) => verify(request, settings),
  parse,
  check: (content) => checkContent(content, MESSENGER),
  sendOptions: messengerOptions,
  send,
  handshake,
  media,
  templates,
  presence,
  provisioning,
  actions,
};
