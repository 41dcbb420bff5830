/** Sunshine Conversations (Zendesk): many channels behind one API. The app is the connection, its integrations are the accounts. */
import type { Channel } from '../channel.ts';
import { actions } from './actions.ts';
import { capabilities } from './capabilities.ts';
import { checkContent } from './check.ts';
import { lookup } from './lookup.ts';
import { sendOptions } from './options.ts';
import { parse } from './parse.ts';
import { provisioning } from './provisioning.ts';
import { recipient } from './render.ts';
import { media, presence, send } from './send.ts';
import { ANY_INTEGRATION, learn, settingsSchema, webhookSecrets, type SunshineSettings } from './settings.ts';
import { EXTERNAL, USER } from './payloads.ts';
import { SECRET_HEADER, verify } from './verify.ts';

export const sunshine: Channel<SunshineSettings> = {
  id: 'sunshine',
  name: 'Sunshine Conversations',
  capabilities,
  settings: settingsSchema,
  secrets: ['secret', 'webhookSecret'],
  externalId: ({ appId, integrationId }) => integrationId ?? appId,
  addresses: ({ integrationId }) => [integrationId ?? ANY_INTEGRATION],
  connection: (settings) => {
    const { appId, secret } = settings;
    return { key: appId, secrets: webhookSecrets(settings), credentials: [secret], application: appId };
  },
  learn,
  realm: (_kind, { appId }) => appId,
  sendTo: [USER, EXTERNAL],
  recipient,
  webhookHeaders: [SECRET_HEADER],
  verify: (request, _at, settings) => verify(request, settings),
  parse,
  check: (content) => checkContent(content),
  sendOptions,
  send,
  media,
  presence,
  provisioning,
  lookup,
  actions,
};
