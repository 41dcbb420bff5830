/**
 * Waiting for a contact's reply. The node parks the execution; the service posts the reply to n8n's signed resume URL.
 * On a time-out n8n hands on what stood in the input, so the input is replaced by the answer that a time-out should give.
 */
import type {
  IDataObject,
  IExecuteFunctions,
  INodeExecutionData,
  INodeProperties,
  IWebhookFunctions,
} from 'n8n-workflow';
import { WAIT_INDEFINITELY, type IWebhookDescription, type IWebhookResponseData } from 'n8n-workflow';
import type { DeliveryBody, EventOf, ParleyEvent } from '../../contract/event.ts';
import { confirm } from './confirm.ts';
import type { Parameters } from './parameters.ts';

const webhook: IWebhookDescription = {
  name: 'default',
  httpMethod: 'GET',
  responseMode: 'onReceived',
  responseData: '',
  path: '={{ $nodeId }}',
  restartWebhook: true,
  isFullPath: true,
};

/** What an action node with 'Send and Wait for Reply' declares. GET is there to be answered without resuming. */
export const replyWebhooks: IWebhookDescription[] = [webhook, { ...webhook, httpMethod: 'POST' }];

const UNIT_MS: Record<string, number> = { minutes: 60_000, hours: 3_600_000, days: 86_400_000 };

export const waitFields: INodeProperties[] = [
  {
    displayName: 'Limit Wait Time',
    name: 'limitWaitTime',
    type: 'boolean',
    default: true,
    description: "Whether to go on without a reply after a time; the output then has 'timedOut' set",
  },
  {
    displayName: 'Wait For',
    name: 'waitAmount',
    type: 'number',
    typeOptions: { minValue: 1 },
    default: 24,
    description: 'How long to wait for a reply',
    displayOptions: { show: { limitWaitTime: [true] } },
  },
  {
    displayName: 'Unit',
    name: 'waitUnit',
    type: 'options',
    options: [
      { name: 'Days', value: 'days' },
      { name: 'Hours', value: 'hours' },
      { name: 'Minutes', value: 'minutes' },
    ],
    default: 'hours',
    displayOptions: { show: { limitWaitTime: [true] } },
  },
];

/** When the waiting ends; `now` is milliseconds since the epoch. Pure. */
export function waitUntil(parameters: Parameters, now: number): Date {
  if (!parameters.flag('limitWaitTime')) return WAIT_INDEFINITELY;
  const unit = UNIT_MS[parameters.text('waitUnit')] ?? UNIT_MS['hours'] ?? 0;
  return new Date(now + parameters.number('waitAmount', 'Wait For') * unit);
}

/** Parks the execution. `timedOut` is what comes out when no reply comes in time; `sent` is shown while it waits. */
export async function parkUntilReply(
  context: IExecuteFunctions,
  until: Date,
  outputs: { sent: IDataObject; timedOut: IDataObject },
): Promise<INodeExecutionData[]> {
  const items = context.getInputData();
  items.splice(0, items.length, { json: outputs.timedOut, pairedItem: { item: 0 } });
  await context.putExecutionToWait(until);
  return [{ json: outputs.sent, pairedItem: { item: 0 } }];
}

function isDelivery(body: unknown): body is DeliveryBody {
  return typeof body === 'object' && body !== null && 'events' in body && Array.isArray(body.events);
}

function refuse(context: IWebhookFunctions, status: number, text: string): IWebhookResponseData {
  context.getResponseObject().status(status).send(text).end();
  return { noWebhookResponse: true };
}

/** What ends the wait: the contact's reply, or the news that the question could not be sent. */
export type EndOfWait = EventOf<'message.received' | 'message.status'>;

function isEndOfWait(event: ParleyEvent): event is EndOfWait {
  return event.type === 'message.received' || event.status?.status === 'failed';
}

/** Resumes with what ends the wait; anything else, a link preview's GET first of all, is answered and changes nothing. */
export function resumeWithReply(
  context: IWebhookFunctions,
  output: (event: EndOfWait) => IDataObject,
): IWebhookResponseData {
  if (context.getRequestObject().method !== 'POST') {
    return refuse(context, 200, 'This workflow waits for a reply in the chat. Nothing happens here.');
  }
  const body: unknown = context.getBodyData();
  if (!isDelivery(body)) return refuse(context, 400, 'This is not a delivery of the Parley service.');
  const end = body.events.find(isEndOfWait);
  if (end === undefined) return refuse(context, 202, 'There is no reply in this delivery.');
  return { webhookResponse: confirm(context), workflowData: [[{ json: output(end) }]] };
}
