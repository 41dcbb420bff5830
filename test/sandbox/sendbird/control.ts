import { onePartyControls, post, text, type Control } from '../kit/control.ts';
import type { JsonObject } from '../kit/json.ts';
import type { Sandbox, SandboxParty } from '../kit/sandbox.ts';
import type { WebhookDelivery } from '../kit/webhook-poster.ts';
import type { Customer } from './customer.ts';
import type { SendbirdSandboxSettings } from './defaults.ts';
import type { GroupChannel, SandboxMessage, World } from './world.ts';

/** The part of the sandbox that can be reached over HTTP. */
export interface Controlled
  extends Omit<Sandbox<SendbirdSandboxSettings>, 'port' | 'close'>, SandboxParty<SandboxMessage> {
  customer: Customer;
  listReadMarks(): World['readMarks'];
  listTyping(): World['typing'];
  /** A channel by its URL, to look at or to change. */
  channel(url: string): GroupChannel | undefined;
  /** How often a message with this id of ours was accepted; more than 1 is a duplicate. */
  acceptedCountFor(messageId: string): number;
  /** Sendbird tells no statuses: does nothing. */
  postStatus(messageId: string, status: string): WebhookDelivery | undefined;
  /** Everything goes there. */
  subscribe(callbackUrl: string): void;
}

export const CONTROLS: Control<Controlled>[] = [
  ...onePartyControls<Controlled, SandboxMessage>(messageSummary),
  post('/subscribe', ({ sandbox, body }) => {
    sandbox.subscribe(text(body, 'callbackUrl'));
    return {};
  }),
];

function messageSummary(message: SandboxMessage): JsonObject {
  const { id, channelUrl, userId, message: body, data, file, suggestedReplies, dedupId, createdAt } = message;
  return { id: String(id), thread: channelUrl, from: userId, body, data, file, suggestedReplies, dedupId, createdAt };
}
