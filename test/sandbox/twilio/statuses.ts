import type { WebhookDelivery } from '../kit/webhook-poster.ts';
import { TWILIO_DEFAULTS } from './defaults.ts';
import type { SandboxMessage, World } from './world.ts';

const API_VERSION = '2010-04-01';

/** Posts one status to the message's own callback; undefined when it has none. */
export function postStatus(
  world: World,
  message: SandboxMessage,
  status: string,
  errorCode?: number,
): WebhookDelivery | undefined {
  message.status = status;
  if (status === 'sent' || status === 'delivered') message.sentAt ??= world.clock.now();
  if (errorCode !== undefined) message.errorCode = errorCode;
  message.statuses.push(status);
  world.changes.notify();
  if (message.statusCallback === undefined) return undefined;
  const onWhatsApp = message.line === 'whatsapp';
  return world.webhooks.post(message.statusCallback, {
    ...(onWhatsApp ? { ChannelPrefix: 'whatsapp', ChannelInstallSid: 'XE00000000000000000000000000000001' } : {}),
    ...(onWhatsApp && status !== 'sent' ? { EventType: status.toUpperCase() } : {}),
    MessageSid: message.sid,
    MessageStatus: status,
    SmsSid: message.sid,
    SmsStatus: status,
    To: message.to,
    From: message.from,
    ...(message.messagingServiceSid === null ? {} : { MessagingServiceSid: message.messagingServiceSid }),
    ...(errorCode === undefined ? {} : { ErrorCode: String(errorCode) }),
    ...(errorCode === undefined || !onWhatsApp ? {} : { ChannelStatusMessage: '' }),
    AccountSid: TWILIO_DEFAULTS.accountSid,
    ApiVersion: API_VERSION,
  });
}

/** What becomes of an accepted message by itself. `errorCode`: why it does not arrive. */
export async function followUp(world: World, message: SandboxMessage, errorCode?: number): Promise<void> {
  const bare = message.to.replace(/^whatsapp:/, '');
  const isUnreachable = message.line === 'whatsapp' && world.settings.unreachable.includes(bare);
  const fault = errorCode ?? (isUnreachable ? 63003 : undefined);
  if (fault !== undefined) {
    await postStatus(world, message, 'undelivered', fault)?.first;
    return;
  }
  const { autoStatuses, statusOrder } = world.settings;
  const wanted = autoStatuses.filter((status) => status !== 'read' || message.line === 'whatsapp');
  for (const status of statusOrder === 'reversed' ? wanted.toReversed() : wanted) {
    await postStatus(world, message, status)?.first;
  }
}
