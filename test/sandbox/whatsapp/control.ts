import { deliverySummary, get, onePartyControls, post, text, type Control } from '../kit/control.ts';
import { textOf, type JsonObject } from '../kit/json.ts';
import type { WhatsAppSandbox } from './sandbox.ts';
import type { TemplateSeed } from './template-review.ts';
import type { AcceptedMessage } from './world.ts';

/** The part of the sandbox that can be reached over HTTP. */
export type Controlled = Omit<WhatsAppSandbox, 'url' | 'port' | 'close'>;

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
