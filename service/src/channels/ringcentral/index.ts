/** RingCentral Engage Digital: many channels behind one inbox for agents. The domain is the connection, its sources are the accounts. */
import type { Channel } from '../channel.ts';
import { actions } from './actions.ts';
import { capabilities } from './capabilities.ts';
import { checkContent } from './check.ts';
import { lookup } from './lookup.ts';
import { parse } from './parse.ts';
import { ADDRESS, IDENTITY } from './payloads.ts';
import { recipient, sendOptions } from './render.ts';
import { completion, media, send } from './send.ts';
import { ANY_SOURCE, settingsSchema, webhookSecrets, type RingCentralSettings } from './settings.ts';
import { handshake, SECRET_HEADER, verify } from './verify.ts';

export const ringcentral: Channel<RingCentralSettings> = {
  id: 'ringcentral',
  name: 'RingCentral Engage',
  capabilities,
  settings: settingsSchema,
  secrets: ['accessToken', 'webhookSecret', 'verifyToken'],
  externalId: ({ domain, sourceId }) => sourceId ?? domain.toLowerCase(),
  addresses: ({ sourceId }) => [sourceId ?? ANY_SOURCE],
  connection: (settings) => {
    const domain = settings.domain.toLowerCase();
    return { key: domain, secrets: webhookSecrets(settings), application: domain };
  },
  realm: (_kind, { domain }) => domain.toLowerCase(),
  sendTo: [IDENTITY, ADDRESS],
  recipient,
  webhookHeaders: [SECRET_HEADER],
  verify: (request, _at, settings) => verify(request, settings),
  handshake,
  parse,
  check: (content) => checkContent(content),
  sendOptions,
  send,
  media,
  completion,
  lookup,
  actions,
};
