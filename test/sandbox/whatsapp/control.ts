import { deliverySummary, get, onePartyControls, post, text, type Control } from '../kit/control.ts';
import { textOf, type JsonObject } from '../kit/json.ts';
import type { Sandbox, SandboxParty } from '../kit/sandbox.ts';
import type { WebhookDelivery } from '../kit/webhook-poster.ts';
import type { Customer } from './customer.ts';
import type { SandboxSettings, StatusName } from './defaults.ts';
import type { TemplateSeed } from './template-review.ts';
import type { UserRef } from './users.ts';
import type { AcceptedMessage, ReadMark, Template, Webhooks } from './world.ts';

/** The part of the sandbox that can be reached over HTTP. */
export interface Controlled extends Omit<Sandbox<SandboxSettings>, 'port' | 'close'>, SandboxParty<AcceptedMessage> {
  customer: Customer;
  webhooks: Webhooks;
  templates: {
    seed(seed: TemplateSeed): Template;
    list(): Template[];
    /** Changes the status and posts the webhook: APPROVED, REJECTED, PAUSED, DISABLED … */
    setStatus(id: string, status: string, reason?: string): WebhookDelivery | undefined;
  };
  listReadMarks(): ReadMark[];
  /** How often a message with this `biz_opaque_callback_data` was accepted; more than 1 is a duplicate. */
  acceptedCountFor(bizOpaqueCallbackData: string): number;
  /** Posts a status of an accepted message by hand; `failed` with an error code. */
  postStatus(messageId: string, status: StatusName, errorCode?: number): WebhookDelivery | undefined;
  /** Drops every file, before its time. */
  losesFiles(): void;
  /** When the service window with this user ends, in milliseconds; undefined: never opened. */
  windowEndsAt(user: UserRef, phoneNumberId?: string): number | undefined;
  /** Subscribes a URL to every field, without a handshake. */
  subscribe(callbackUrl: string): void;
}

export const CONTROLS: Control<Controlled>[] = [
  ...onePartyControls<Controlled, AcceptedMessage>(messageSummary),
  post('/customer/sets-marketing', async ({ sandbox: { customer }, body }) => {
    const value = text(body, 'value') === 'stop' ? 'stop' : 'resume';
    return deliverySummary(await customer.setsMarketing({ from: text(body, 'from'), value }));
  }),
  post('/templates', ({ sandbox: { templates }, body }) => templates.seed(body as unknown as TemplateSeed)),
  post('/templates/status', ({ sandbox: { templates }, body }) =>
    deliverySummary(templates.setStatus(text(body, 'id'), text(body, 'status'), textOf(body['reason']))),
  ),
  get('/templates', ({ sandbox: { templates } }) => templates.list()),
];

function messageSummary(message: AcceptedMessage): JsonObject {
  const { id, phoneNumberId, acceptedAt, to, type, body, bizOpaqueCallbackData, statuses } = message;
  return { id, phoneNumberId, acceptedAt, to: to.waId ?? to.userId, type, body, bizOpaqueCallbackData, statuses };
}
