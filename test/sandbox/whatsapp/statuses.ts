import type { StatusName } from './defaults.ts';
import { GraphError } from './errors.ts';
import { isWindowOpen } from './limits.ts';
import { contactOf } from './users.ts';
import type { WebhookDelivery } from '../kit/webhook-poster.ts';
import type { AcceptedMessage, PhoneNumber, World } from './world.ts';

/** Posts one status of an accepted message. `error`: why it failed, for `failed`. */
export function postStatus(
  world: World,
  message: AcceptedMessage,
  status: StatusName,
  error?: GraphError,
): WebhookDelivery | undefined {
  const number = world.numbers.get(message.phoneNumberId) as PhoneNumber;
  message.statuses.push(status);
  world.changes.notify();
  return world.webhooks.emit(
    { field: 'messages', value: statusValue(world, number, message, status, error) },
    number.id,
  );
}

/** Posts the statuses that the settings ask for, in the order they ask for. */
export async function postAutoStatuses(world: World, message: AcceptedMessage): Promise<void> {
  // A reaction is only ever reported as sent.
  const wanted = world.settings.autoStatuses.filter((status) => message.type !== 'reaction' || status === 'sent');
  const { statusOrder } = world.settings;
  for (const status of statusOrder === 'reversed' ? wanted.toReversed() : wanted) {
    const delivery = postStatus(world, message, status);
    if (statusOrder !== 'concurrent') await delivery?.first;
  }
}

function statusValue(
  world: World,
  number: PhoneNumber,
  message: AcceptedMessage,
  status: StatusName,
  error: GraphError | undefined,
) {
  const { to } = message;
  const opaque = message.bizOpaqueCallbackData;
  return {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: number.displayPhoneNumber, phone_number_id: number.id },
    ...(status === 'failed' ? {} : { contacts: [contactOf(to)] }),
    statuses: [
      {
        id: message.id,
        status,
        timestamp: String(Math.floor(world.clock.now() / 1000)),
        ...(to.waId === undefined ? {} : { recipient_id: to.waId }),
        recipient_user_id: to.userId,
        ...(opaque === undefined ? {} : { biz_opaque_callback_data: opaque }),
        ...(status === 'sent' || status === 'delivered' ? { pricing: pricingOf(world, number, message) } : {}),
        ...(error ? { errors: [error.toWebhookError()] } : {}),
      },
    ],
  };
}

/** Per-message pricing: templates are charged, service messages and utility templates inside a window are not. */
function pricingOf(world: World, number: PhoneNumber, message: AcceptedMessage) {
  const category = message.templateCategory?.toLowerCase();
  const isFree = category === undefined || (category === 'utility' && isWindowOpen(world, number, message.to));
  return {
    billable: !isFree,
    pricing_model: 'PMP',
    type: isFree ? 'free_customer_service' : 'regular',
    category: category ?? 'service',
  };
}
