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
import { messengerAccount } from './account.ts';
import { MESSENGER_INBOUND } from './inbound.ts';

/** Starts a workflow for what happens on a Facebook Page's Messenger: the service filters, stores and hands over the events. */
export class FacebookMessengerTrigger implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Facebook Messenger Trigger',
    name: 'facebookMessengerTrigger',
    icon: { light: 'file:messenger.svg', dark: 'file:messenger.dark.svg' },
    group: ['trigger'],
    version: 1,
    subtitle: '={{$parameter["events"].join(", ").replace(/[A-Z]/g, (letter) => " " + letter.toLowerCase())}}',
    description:
      'Starts the workflow when a contact writes, taps or reacts on Messenger, or a message changes its status',
    defaults: { name: 'Facebook Messenger Trigger' },
    inputs: [],
    outputs: [NodeConnectionTypes.Main],
    credentials: [
      { name: 'parleyApi', displayName: 'Parley API', required: true },
      { name: 'parleyMessengerApi', displayName: 'Messenger Page API', required: true },
    ],
    webhooks: [deliveryWebhook],
    properties: [
      {
        displayName:
          "Messages reach this trigger through the Parley service: keep it running, reachable by Meta over https, and reachable by n8n at the URL of the 'Parley API' credential. Activating the workflow registers the Page and subscribes it at Meta.",
        name: 'setUpNotice',
        type: 'notice',
        default: '',
      },
      ...triggerProperties(MESSENGER_INBOUND),
    ],
  };

  webhookMethods = { default: subscriptionHooks(messengerAccount) };

  async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
    return await receiveDelivery(this);
  }
}
