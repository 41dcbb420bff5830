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
import { instagramAccount } from './account.ts';
import { INSTAGRAM_INBOUND } from './inbound.ts';

/** Starts a workflow for what happens on an Instagram account: the service filters, stores and hands over the events. */
export class InstagramMessagingTrigger implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Instagram Messaging Trigger',
    name: 'instagramMessagingTrigger',
    icon: { light: 'file:instagram.svg', dark: 'file:instagram.dark.svg' },
    group: ['trigger'],
    version: 1,
    subtitle: '={{$parameter["events"].join(", ").replace(/[A-Z]/g, (letter) => " " + letter.toLowerCase())}}',
    description:
      'Starts the workflow when a contact writes, taps or reacts on Instagram, or a message changes its status',
    defaults: { name: 'Instagram Messaging Trigger' },
    inputs: [],
    outputs: [NodeConnectionTypes.Main],
    credentials: [
      { name: 'parleyApi', displayName: 'Parley API', required: true },
      { name: 'parleyInstagramApi', displayName: 'Instagram Messaging API', required: true },
    ],
    webhooks: [deliveryWebhook],
    properties: [
      {
        displayName:
          "Messages reach this trigger through the Parley service: keep it running, reachable by Meta over https, and reachable by n8n at the URL of the 'Parley API' credential. Activating the workflow registers the account and subscribes it at Meta.",
        name: 'setUpNotice',
        type: 'notice',
        default: '',
      },
      ...triggerProperties(INSTAGRAM_INBOUND),
    ],
  };

  webhookMethods = { default: subscriptionHooks(instagramAccount) };

  async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
    return await receiveDelivery(this);
  }
}
