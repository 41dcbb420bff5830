import {
  NodeConnectionTypes,
  type INodeType,
  type INodeTypeDescription,
  type IWebhookFunctions,
  type IWebhookResponseData,
} from 'n8n-workflow';
import { triggerProperties } from '../shared/trigger/description.ts';
import { deliveryWebhook, subscriptionHooks } from '../shared/trigger/life.ts';
import { receiveDelivery } from '../shared/trigger/receive.ts';
import { sunshineAccount } from './account.ts';
import { SUNSHINE_INBOUND } from './inbound.ts';

/** Starts a workflow for what happens in the conversations of an app: the service filters, stores and hands over the events. */
export class SunshineTrigger implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Sunshine Conversations Trigger',
    name: 'sunshineTrigger',
    icon: { light: 'file:sunshine.svg', dark: 'file:sunshine.dark.svg' },
    group: ['trigger'],
    version: 1,
    subtitle: '={{$parameter["events"].join(", ").replace(/[A-Z]/g, (letter) => " " + letter.toLowerCase())}}',
    description:
      'Starts the workflow when a contact writes on a channel behind Sunshine Conversations (Zendesk), or a message changes its status',
    defaults: { name: 'Sunshine Conversations Trigger' },
    inputs: [],
    outputs: [NodeConnectionTypes.Main],
    credentials: [
      { name: 'parleyApi', displayName: 'Parley API', required: true },
      { name: 'parleySunshineApi', displayName: 'Sunshine Conversations API', required: true },
    ],
    webhooks: [deliveryWebhook],
    properties: [
      {
        displayName:
          "Messages reach this trigger through the Parley service: keep it running, reachable by Sunshine over https, and reachable by n8n at the URL of the 'Parley API' credential. Activating the workflow makes the webhook at Sunshine and learns its secret.",
        name: 'setUpNotice',
        type: 'notice',
        default: '',
      },
      ...triggerProperties(SUNSHINE_INBOUND),
    ],
  };

  webhookMethods = { default: subscriptionHooks(sunshineAccount) };

  async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
    return await receiveDelivery(this);
  }
}
