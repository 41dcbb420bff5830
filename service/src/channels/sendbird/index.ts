/** Sendbird: in-app chat. A conversation is a group channel of the business's application; its URL is the thread. */
import type { Channel } from '../channel.ts';
import { actions } from './actions.ts';
import { capabilities } from './capabilities.ts';
import { checkContent } from './check.ts';
import { lookup } from './lookup.ts';
import { media } from './media.ts';
import { sendOptions } from './options.ts';
import { parse } from './parse.ts';
import { IDENTITY } from './payloads.ts';
import { recipient } from './render.ts';
import { presence, send } from './send.ts';
import { ANY_SENDER, settingsSchema, webhookTokens, type SendbirdSettings } from './settings.ts';
import { SIGNATURE_HEADER, verify } from './verify.ts';

export const sendbird: Channel<SendbirdSettings> = {
  id: 'sendbird',
  name: 'Sendbird',
  capabilities,
  settings: settingsSchema,
  secrets: ['apiToken', 'webhookToken'],
  externalId: ({ applicationId, senderId }) => `${applicationId}/${senderId}`,
  addresses: ({ senderId }) => [senderId, ANY_SENDER],
  connection: (settings) => {
    const { applicationId } = settings;
    return { key: applicationId, secrets: webhookTokens(settings), application: applicationId };
  },
  realm: (_kind, { applicationId }) => applicationId,
  sendTo: [IDENTITY],
  recipient,
  // Three tries, each of which waits five seconds (page "Webhooks"): blocks have neither an ID nor a time.
  repeatsWithinMs: 5 * 60_000,
  webhookHeaders: [SIGNATURE_HEADER],
  verify: (request, _at, settings) => verify(request, settings),
  parse,
  check: checkContent,
  sendOptions,
  send,
  media,
  presence,
  lookup,
  limits: { perSecond: async ({ perSecond }) => perSecond },
  actions,
};
