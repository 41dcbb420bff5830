import { onePartyControls, type Control } from '../kit/control.ts';
import type { JsonObject } from '../kit/json.ts';
import type { Sandbox, SandboxParty } from '../kit/sandbox.ts';
import type { WebhookDelivery } from '../kit/webhook-poster.ts';
import type { Customer } from './customer.ts';
import type { SunshineSandboxSettings } from './defaults.ts';
import type { Conversation, Integration, SandboxMessage, World } from './world.ts';

/** The part of the sandbox that can be reached over HTTP. */
export interface Controlled
  extends Omit<Sandbox<SunshineSandboxSettings>, 'port' | 'close'>, SandboxParty<SandboxMessage> {
  customer: Customer;
  listActivities(): World['activities'];
  listNotifications(): JsonObject[];
  /** The integrations, those that were made among them. */
  integrations(): Integration[];
  conversations(): Conversation[];
  /** How often a message with this id of ours was accepted; more than 1 is a duplicate. */
  acceptedCountFor(messageId: string): number;
  /** Posts a delivery of an accepted message by hand: `channel`, `user` or `failure`. */
  postStatus(messageId: string, step: string): WebhookDelivery | undefined;
  /** Sets a webhook for everything, as the integration of a program; answers its secret, which is made unless told. */
  subscribe(target: string, secret?: string): string;
}

export const CONTROLS: Control<Controlled>[] = onePartyControls<Controlled, SandboxMessage>(messageSummary);

function messageSummary({ id, conversationId, content, metadata, receivedAt }: SandboxMessage): JsonObject {
  return { id, thread: conversationId, content, metadata, acceptedAt: receivedAt };
}
