import { route, type Api, type Target } from '../kit/api.ts';
import { basic } from '../kit/credentials.ts';
import { retryAfter } from '../kit/refusal.ts';
import type { Route } from '../kit/router.ts';
import { formOf, type Handler } from './call.ts';
import {
  createContent,
  deleteContent,
  editContent,
  listContents,
  readApproval,
  readContent,
  submitContent,
} from './contents.ts';
import { TWILIO_DEFAULTS } from './defaults.ts';
import { notFound, refusalOf, TwilioError } from './errors.ts';
import { redirectToStorage } from './media.ts';
import { deleteMessage, listMessages, readMessage, writeMessage } from './message-resources.ts';
import { createMessage } from './messages.ts';
import { listSenders, numbers, readAccount, service, typing, writeSender } from './provisioning.ts';
import type { World } from './world.ts';

function at(method: string, path: string, operation: string, handle: Handler): Route<Target<World>> {
  return route(method, path, {
    operation,
    handle: ({ world, request, params }) => handle({ world, request, params, form: formOf(request) }),
  });
}

const ACCOUNT = '/2010-04-01/Accounts/:account';
const longNumbers = numbers('incoming_phone_numbers', 'PhoneNumber', 'PN');
const shortCodes = numbers('short_codes', 'ShortCode', 'SC');

/** Paths as they are after `.json` was taken away. */
const ROUTES: Route<Target<World>>[] = [
  at('GET', ACCOUNT, 'provisioning', readAccount),
  at('POST', `${ACCOUNT}/Messages`, 'send', createMessage),
  at('GET', `${ACCOUNT}/Messages`, 'list', listMessages),
  at('GET', `${ACCOUNT}/Messages/:message`, 'object', readMessage),
  at('POST', `${ACCOUNT}/Messages/:message`, 'object', writeMessage),
  at('DELETE', `${ACCOUNT}/Messages/:message`, 'object', deleteMessage),
  at('GET', `${ACCOUNT}/Messages/:message/Media/:media`, 'download', redirectToStorage),
  at('GET', `${ACCOUNT}/IncomingPhoneNumbers`, 'provisioning', longNumbers.list),
  at('POST', `${ACCOUNT}/IncomingPhoneNumbers/:number`, 'provisioning', longNumbers.write),
  at('GET', `${ACCOUNT}/SMS/ShortCodes`, 'provisioning', shortCodes.list),
  at('POST', `${ACCOUNT}/SMS/ShortCodes/:number`, 'provisioning', shortCodes.write),
  at('GET', '/v1/Services/:service', 'provisioning', service),
  at('POST', '/v1/Services/:service', 'provisioning', service),
  at('GET', '/v2/Channels/Senders', 'provisioning', listSenders),
  at('POST', '/v2/Channels/Senders/:sender', 'provisioning', writeSender),
  at('POST', '/v2/Indicators/Typing', 'read', typing),
  at('POST', '/v1/Content', 'templates', createContent),
  at('GET', '/v1/Content/:content', 'templates', readContent),
  at('PUT', '/v1/Content/:content', 'templates', editContent),
  at('DELETE', '/v1/Content/:content', 'templates', deleteContent),
  at('GET', '/v1/Content/:content/ApprovalRequests', 'templates', readApproval),
  at('POST', '/v1/Content/:content/ApprovalRequests/whatsapp', 'templates', submitContent),
  at('GET', '/v2/Content', 'templates', listContents(false)),
  at('GET', '/v2/ContentAndApprovals', 'templates', listContents(true)),
];

/** The account and its token, or an API key. */
function callerOf(pair: string, { settings }: World): string | undefined {
  const { accountSid, apiKeySid, apiKeySecret } = TWILIO_DEFAULTS;
  const known = [`${accountSid}:${settings.authToken}`, `${apiKeySid}:${apiKeySecret}`];
  return known.includes(pair) ? accountSid : undefined;
}

/** Twilio's APIs, on whatever host. */
export const TWILIO: Api<World> = {
  routes: ROUTES,
  pathOf: (path) => path.replace(/\.json$/, ''),
  auth: {
    presented: basic,
    callerOf,
    unknown: () => new TwilioError(20003),
    authorize: ({ world, params, request, caller }) => {
      if (world.settings.accountStatus !== 'active') throw new TwilioError(20005);
      if ((params['account'] ?? caller) !== caller) throw notFound(request.path);
    },
  },
  refusals: {
    faults: {
      throttled: ({ retryAfterSeconds }) => new TwilioError(20429, undefined, retryAfter(retryAfterSeconds)),
      recipient_throttled: ({ retryAfterSeconds }) => new TwilioError(14107, undefined, retryAfter(retryAfterSeconds)),
      server_error: () => new TwilioError(20500),
      unavailable: () => new TwilioError(20503),
      token_expired: () => new TwilioError(20003),
    },
    noRoute: ({ request }) => notFound(request.path),
    invalid: refusalOf,
  },
};
