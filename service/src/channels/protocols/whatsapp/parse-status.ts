/** `statuses[]`: the way of an outbound message (webhooks/reference/messages/status). */
import type { ChannelEvent, ParsedStatus } from '../../channel.ts';
import { fingerprint } from '../../kit/fingerprint.ts';
import {
  compact,
  flagOf,
  idOf,
  instantOf,
  isObject,
  objectOf,
  objectsOf,
  textOf,
  type JsonObject,
} from '../../kit/json.ts';
import { baseOf, unsupported, type Change } from './change.ts';
import { proven } from '../meta/fault.ts';
import { faultOf } from './errors.ts';
import { contactOf, identitiesOf } from './identity.ts';
import { paymentEvent } from './parse-payment.ts';

const STATUSES: ReadonlyMap<unknown, ParsedStatus['status']> = new Map(
  (['sent', 'delivered', 'read', 'played', 'failed'] as const).map((status) => [status, status]),
);

/** `billable` will be dropped from webhooks: the type decides where it is known. */
const BILLABLE: ReadonlyMap<unknown, boolean> = new Map([
  ['regular', true],
  ['free_customer_service', false],
  ['free_entry_point', false],
]);

function pricingOf(status: JsonObject): ParsedStatus['pricing'] {
  const { billable, pricing_model: model, type, category } = objectOf(status.pricing);
  const pricing = compact({
    billable: BILLABLE.get(type) ?? flagOf(billable),
    model: textOf(model),
    type: textOf(type),
    category: textOf(category)?.replaceAll('-', '_'),
  });
  return Object.keys(pricing).length > 0 ? pricing : undefined;
}

/** A conversation's end is told only for the free entry point (v24.0 on), or for any kind of conversation before that. */
function freeUntil(status: JsonObject): number | undefined {
  const { origin, expiration_timestamp: end } = objectOf(status.conversation);
  const isFree =
    objectOf(origin).type === 'referral_conversion' || objectOf(status.pricing).type === 'free_entry_point';
  return isFree ? instantOf(end) : undefined;
}

function errorOf(status: JsonObject): ParsedStatus['error'] {
  const { kind, message, details } = faultOf(objectsOf(status.errors)[0]);
  const meant = proven(kind);
  const { providerCode, scope, lostFile } = details;
  return compact({ kind: meant, code: meant, message, providerCode, scope, lostFile });
}

/** One element of `statuses[]` under `messages`. */
export function statusEvent(change: Change, status: JsonObject): ChannelEvent {
  const id = idOf(status.id);
  const said = textOf(status.status) ?? '';
  const at = instantOf(status.timestamp);
  const participant = textOf(status.recipient_participant_user_id) ?? textOf(status.recipient_participant_id);
  const key = id && [id, said, participant].filter((part) => part !== undefined).join(':');
  const isGroup = status.recipient_type === 'group' || participant !== undefined;
  if (status.type === 'payment' || isObject(status.payment)) return paymentEvent(change, status);
  if (isGroup) return unsupported(change, 'status of a group message', status, { id: key, at });
  const step = STATUSES.get(said);
  if (step === undefined || id === undefined) {
    // Two facts may be told by the same word of the same message.
    const fact = key && `${key}:${fingerprint(status)}`;
    return unsupported(change, `status "${said}" is not known`, status, { id: fact, at, status: said });
  }
  const identities = identitiesOf(status.recipient_user_id, status.recipient_id);
  return compact({
    type: 'message.status' as const,
    ...baseOf(change, 'status', key, status, at),
    contact: contactOf(identities, change.profiles),
    providerMessageId: id,
    correlationId: textOf(status.biz_opaque_callback_data),
    status: step,
    error: step === 'failed' ? errorOf(status) : undefined,
    pricing: pricingOf(status),
    freeUntil: freeUntil(status),
  });
}
