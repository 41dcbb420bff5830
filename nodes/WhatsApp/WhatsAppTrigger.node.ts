import {
  NodeConnectionTypes,
  type IHookFunctions,
  type INodeType,
  type INodeTypeDescription,
  type IWebhookFunctions,
  type IWebhookResponseData,
} from 'n8n-workflow';
import { triggerProperties } from '../shared/trigger/description.ts';
import { receiveDelivery } from '../shared/trigger/receive.ts';
import { createSubscription, endSubscription, subscriptionExists } from '../shared/trigger/subscription.ts';
import { whatsAppAccount } from './account.ts';

/** Starts a workflow for what happens on a WhatsApp number: the service filters, stores and hands over the events. */
export class WhatsAppTrigger implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'WhatsApp Business Trigger',
    name: 'whatsAppTrigger',
    icon: { light: 'file:whatsApp.svg', dark: 'file:whatsApp.dark.svg' },
    group: ['trigger'],
    version: 1,
    subtitle: '={{$parameter["events"].join(", ").replace(/[A-Z]/g, (letter) => " " + letter.toLowerCase())}}',
    description:
      'Starts the workflow when a contact writes, taps or calls on WhatsApp, or a message changes its status',
    defaults: { name: 'WhatsApp Business Trigger' },
    inputs: [],
    outputs: [NodeConnectionTypes.Main],
    credentials: [
      { name: 'parleyApi', displayName: 'Parley API', required: true },
      { name: 'whatsAppCloudApi', displayName: 'WhatsApp Cloud API', required: true },
    ],
    webhooks: [
      {
        name: 'default',
        httpMethod: 'POST',
        responseMode: 'onReceived',
        path: 'parley',
        // Only the service calls it. Shown, it would be entered at Meta, where the service's own URL belongs.
        ndvHideUrl: true,
        ndvHideMethod: true,
      },
    ],
    properties: [
      {
        displayName:
          "Messages reach this trigger through the Parley service: keep it running, reachable by Meta over https, and reachable by n8n at the URL of the 'Parley API' credential. Activating the workflow registers the number and subscribes it at Meta.",
        name: 'setUpNotice',
        type: 'notice',
        default: '',
      },
      ...triggerProperties({ events: ['linkClicked'], kinds: ['share'] }),
    ],
  };

  webhookMethods = {
    default: {
      async checkExists(this: IHookFunctions): Promise<boolean> {
        return await subscriptionExists(this, await whatsAppAccount(this));
      },
      async create(this: IHookFunctions): Promise<boolean> {
        return await createSubscription(this, await whatsAppAccount(this));
      },
      async delete(this: IHookFunctions): Promise<boolean> {
        return await endSubscription(this);
      },
    },
  };

  async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
    return await receiveDelivery(this);
  }
}
