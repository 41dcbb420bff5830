/** Elements of `statuses[]` of the type `payment`: what became of a payment that a message asked for (Payments API, "Payment status"). */
import type { PaymentNews } from '../../../../../contract/event-data.ts';
import type { ChannelEvent } from '../../channel.ts';
import { fingerprint } from '../../kit/fingerprint.ts';
import { compact, idOf, instantOf, numberOf, objectOf, objectsOf, textOf, type JsonObject } from '../../kit/json.ts';
import { baseOf, type Change } from './change.ts';
import { contactOf, identitiesOf } from './identity.ts';

const wordOf = (value: unknown): string | undefined => textOf(value)?.toLowerCase();

/** `{"value": 1250, "offset": 100}` is 12.5. */
function amountOf(value: unknown): number | undefined {
  const { value: units, offset } = objectOf(value);
  const [all = NaN, each = 1] = [numberOf(units), numberOf(offset)];
  const amount = all / each;
  return Number.isFinite(amount) ? amount : undefined;
}

function errorOf(value: unknown): PaymentNews['error'] {
  const { code, reason, message } = objectOf(value);
  const error = compact({ code: idOf(code), message: textOf(reason) ?? textOf(message) });
  return Object.keys(error).length > 0 ? error : undefined;
}

function refundOf(refund: JsonObject) {
  const { id, status, amount, currency } = refund;
  return compact({ id: idOf(id), status: wordOf(status), amount: amountOf(amount), currency: textOf(currency) });
}

/** The same words tell of a payment and of its refund: what is told tells them apart. */
export function paymentEvent(change: Change, status: JsonObject): ChannelEvent {
  const id = idOf(status.id);
  const said = wordOf(status.status) ?? 'unknown';
  const payment = objectOf(status.payment);
  const transaction = objectOf(payment.transaction);
  const refunds = [...objectsOf(payment.refunds), ...objectsOf(transaction.refunds)].map(refundOf);
  return compact({
    type: 'payment.updated' as const,
    ...baseOf(change, 'payment', id && `${id}:${said}:${fingerprint(status)}`, status, instantOf(status.timestamp)),
    contact: contactOf(identitiesOf(status.recipient_user_id, status.recipient_id), change.profiles),
    data: compact({
      providerMessageId: id,
      status: said,
      referenceId: idOf(payment.reference_id),
      amount: amountOf(payment.amount) ?? amountOf(transaction.amount),
      currency: textOf(payment.currency) ?? textOf(transaction.currency),
      transactionId: idOf(transaction.id),
      transactionType: wordOf(transaction.type),
      transactionStatus: wordOf(transaction.status),
      refunds: refunds.length > 0 ? refunds : undefined,
      error: errorOf(transaction.error) ?? errorOf(objectsOf(status.errors)[0]),
    }),
  });
}
