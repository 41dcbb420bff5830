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
import { whatsAppAccount } from './account.ts';
import { connectThroughField, whatsAppCredentials } from './connect-through.ts';
import { WHATSAPP_INBOUND } from './inbound.ts';

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
    credentials: whatsAppCredentials,
    webhooks: [deliveryWebhook],
    properties: [
      connectThroughField,
      {
        displayName:
          "Messages reach this trigger through the Parley service: keep it running, reachable by the provider over https, and reachable by n8n at the URL of the 'Parley API' credential. Activating the workflow registers the number and sets its webhook at the provider.",
        name: 'setUpNotice',
        type: 'notice',
        default: '',
      },
      ...triggerProperties(WHATSAPP_INBOUND),
    ],
  };

  webhookMethods = { default: subscriptionHooks(whatsAppAccount) };

  async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
    return await receiveDelivery(this);
  }
}
