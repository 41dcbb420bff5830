/** How the API's description tells of deliveries: the calls that the service makes to workflows. */
import type { WebhookDescription } from '../platform/openapi.ts';
import { deliveryBody } from './events.schema.ts';

export const delivery: WebhookDescription = {
  summary: 'Events of a subscription',
  description:
    'The service posts one or more events to the URL of a subscription, in order per conversation, signed as Standard Webhooks say. An event may come more than once, always with the same id.',
  body: deliveryBody,
  headers: {
    'webhook-id': 'The id of the delivery',
    'webhook-timestamp': 'When it was signed, in seconds since the epoch',
    'webhook-signature': "The signature with the subscription's secret: HMAC-SHA256 over id, timestamp and body",
  },
  answers: {
    '2XX': 'The events are taken',
    '410': 'Nobody is there any more: the subscription ends',
    default: 'The events are delivered again later',
  },
};
