/** Answers of Twilio's APIs, read into Parley's words. */
import type { FoundMessage, ParsedStatus } from '../channel.ts';
import { compact, idOf, objectOf, textOf, type JsonObject } from '../kit/json.ts';
import { faultOf } from './errors.ts';

/** A message as the 2010 API lists it. */
export interface ListedMessage {
  sid: string;
  isOutbound: boolean;
  to: string;
  from?: string;
  messagingServiceSid?: string;
  body: string;
  /** To the second, milliseconds since the epoch. */
  createdAt?: number;
  status: string;
  errorCode?: string;
  errorMessage?: string;
}

/** Dates are RFC 2822. */
export function rfcInstant(value: unknown): number | undefined {
  const at = Date.parse(textOf(value) ?? '');
  return Number.isNaN(at) ? undefined : at;
}

/** One element of `messages[]`, or the answer of a creation; undefined when it names no message. */
export function listedMessage(value: JsonObject): ListedMessage | undefined {
  const sid = textOf(value.sid);
  if (sid === undefined) return undefined;
  return compact({
    sid,
    isOutbound: textOf(value.direction)?.startsWith('outbound') ?? false,
    to: textOf(value.to) ?? '',
    from: textOf(value.from),
    messagingServiceSid: textOf(value.messaging_service_sid),
    body: textOf(value.body) ?? '',
    createdAt: rfcInstant(value.date_created),
    status: textOf(value.status) ?? '',
    errorCode: idOf(value.error_code),
    errorMessage: textOf(value.error_message),
  });
}

/**
 * The steps of a message. What Twilio only plans, queues or hands on proves that it has the message, which is Parley's `sent`;
 * `partially_delivered` reached some devices of one recipient.
 */
const STEPS: ReadonlyMap<string, ParsedStatus['status']> = new Map([
  ['accepted', 'sent'],
  ['scheduled', 'sent'],
  ['queued', 'sent'],
  ['sending', 'sent'],
  ['sent', 'sent'],
  ['partially_delivered', 'sent'],
  ['delivered', 'delivered'],
  ['read', 'read'],
  ['undelivered', 'failed'],
  ['failed', 'failed'],
  ['canceled', 'failed'],
]);

type Step = Pick<FoundMessage, 'status' | 'error'>;

/** `undefined` for a status that is not known. `said`: Twilio's explanation. */
export function stepOf(status: string, code: unknown, said: unknown): Step | undefined {
  const step = STEPS.get(status);
  if (step !== 'failed') return step && { status: step };
  const why = textOf(said) ?? (idOf(code) === undefined ? `Twilio says "${status}"` : undefined);
  const { kind: told, message, details } = faultOf(code, why);
  // The status itself proves that it did not go out.
  const kind = told === 'uncertain' ? 'unavailable' : told;
  return {
    status: step,
    error: compact({ kind, code: kind, message, providerCode: details.providerCode, scope: details.scope }),
  };
}

/** A stored content (a template, or the form of an interactive message). */
export interface StoredContent {
  sid: string;
  name: string;
  language: string;
  types: JsonObject;
  /** Samples, by the name of the variable. */
  variables: JsonObject;
  /** What the listing with approvals, or the approval itself, says of WhatsApp. */
  approval: JsonObject;
}

/** The listing writes approvals flat, `…/ApprovalRequests` below the channel. */
function approvalOf(value: JsonObject): JsonObject {
  const requests = objectOf(value.approval_requests);
  return 'whatsapp' in requests ? objectOf(requests.whatsapp) : requests;
}

export function storedContent(value: JsonObject): StoredContent | undefined {
  const sid = textOf(value.sid);
  if (sid === undefined) return undefined;
  return {
    sid,
    name: textOf(value.friendly_name) ?? '',
    language: textOf(value.language) ?? '',
    types: objectOf(value.types),
    variables: objectOf(value.variables),
    approval: approvalOf(value),
  };
}
