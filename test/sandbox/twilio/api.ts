import type { Fault } from '../kit/faults.ts';
import { withFault, type Answered } from '../kit/faulty.ts';
import type { HttpReply, HttpRequest } from '../kit/http-server.ts';
import { matchRoute, type Route } from '../kit/router.ts';
import { checkAuth, formOf, type Handler } from './call.ts';
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
import { notFound, TwilioError } from './errors.ts';
import { redirectToStorage } from './media.ts';
import { deleteMessage, listMessages, readMessage, writeMessage } from './message-resources.ts';
import { createMessage } from './messages.ts';
import { listSenders, numbers, readAccount, service, typing, writeSender } from './provisioning.ts';
import type { World } from './world.ts';

/** `operation` is what fault injection calls it. */
interface Target {
  operation: string;
  handle: Handler;
}

function route(method: string, path: string, operation: string, handle: Handler): Route<Target> {
  return { method, path, handler: { operation, handle } };
}

const ACCOUNT = '/2010-04-01/Accounts/:account';
const longNumbers = numbers('incoming_phone_numbers', 'PhoneNumber', 'PN');
const shortCodes = numbers('short_codes', 'ShortCode', 'SC');

/** Paths as they are after `.json` was taken away. */
const ROUTES: Route<Target>[] = [
  route('GET', ACCOUNT, 'provisioning', readAccount),
  route('POST', `${ACCOUNT}/Messages`, 'send', createMessage),
  route('GET', `${ACCOUNT}/Messages`, 'list', listMessages),
  route('GET', `${ACCOUNT}/Messages/:message`, 'object', readMessage),
  route('POST', `${ACCOUNT}/Messages/:message`, 'object', writeMessage),
  route('DELETE', `${ACCOUNT}/Messages/:message`, 'object', deleteMessage),
  route('GET', `${ACCOUNT}/Messages/:message/Media/:media`, 'download', redirectToStorage),
  route('GET', `${ACCOUNT}/IncomingPhoneNumbers`, 'provisioning', longNumbers.list),
  route('POST', `${ACCOUNT}/IncomingPhoneNumbers/:number`, 'provisioning', longNumbers.write),
  route('GET', `${ACCOUNT}/SMS/ShortCodes`, 'provisioning', shortCodes.list),
  route('POST', `${ACCOUNT}/SMS/ShortCodes/:number`, 'provisioning', shortCodes.write),
  route('GET', '/v1/Services/:service', 'provisioning', service),
  route('POST', '/v1/Services/:service', 'provisioning', service),
  route('GET', '/v2/Channels/Senders', 'provisioning', listSenders),
  route('POST', '/v2/Channels/Senders/:sender', 'provisioning', writeSender),
  route('POST', '/v2/Indicators/Typing', 'read', typing),
  route('POST', '/v1/Content', 'templates', createContent),
  route('GET', '/v1/Content/:content', 'templates', readContent),
  route('PUT', '/v1/Content/:content', 'templates', editContent),
  route('DELETE', '/v1/Content/:content', 'templates', deleteContent),
  route('GET', '/v1/Content/:content/ApprovalRequests', 'templates', readApproval),
  route('POST', '/v1/Content/:content/ApprovalRequests/whatsapp', 'templates', submitContent),
  route('GET', '/v2/Content', 'templates', listContents(false)),
  route('GET', '/v2/ContentAndApprovals', 'templates', listContents(true)),
];

const matched = ({ method, path }: HttpRequest) => matchRoute(ROUTES, method, path.replace(/\.json$/, ''));

/** Answers one request as Twilio would, with the fault that waits for it. */
export function answerApi(world: World, request: HttpRequest): Promise<Answered> {
  const operation = matched(request)?.handler.operation ?? 'object';
  return withFault(world.faults, operation, (fault) => {
    const refusal = fault && refusalOf(fault);
    return refusal ? refusal.toReply() : answer(world, request);
  });
}

function refusalOf({ kind, retryAfterSeconds }: Fault): TwilioError | undefined {
  const headers: Record<string, string> =
    retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  if (kind === 'throttled') return new TwilioError(20429, undefined, headers);
  if (kind === 'recipient_throttled') return new TwilioError(14107, undefined, headers);
  if (kind === 'server_error') return new TwilioError(20500);
  if (kind === 'unavailable') return new TwilioError(20503);
  return kind === 'token_expired' ? new TwilioError(20003) : undefined;
}

async function answer(world: World, request: HttpRequest): Promise<HttpReply> {
  try {
    checkAuth(world, request);
    if (world.settings.accountStatus !== 'active') throw new TwilioError(20005);
    const match = matched(request);
    const account = match?.params['account'] ?? TWILIO_DEFAULTS.accountSid;
    if (match === undefined || account !== TWILIO_DEFAULTS.accountSid) throw notFound(request.path);
    return await match.handler.handle({ world, request, params: match.params, form: formOf(request) });
  } catch (error) {
    if (error instanceof TwilioError) return error.toReply();
    throw error;
  }
}
