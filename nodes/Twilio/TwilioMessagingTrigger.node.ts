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
import { twilioAccount } from './account.ts';
import { channelField } from './channel.ts';
import { TWILIO_INBOUND } from './inbound.ts';

/** Starts a workflow for what happens on a Twilio sender: the service filters, stores and hands over the events. */
export class TwilioMessagingTrigger implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Twilio Messaging Trigger',
    name: 'twilioMessagingTrigger',
    icon: { light: 'file:twilio.svg', dark: 'file:twilio.dark.svg' },
    group: ['trigger'],
    version: 1,
    subtitle: '={{$parameter["events"].join(", ").replace(/[A-Z]/g, (letter) => " " + letter.toLowerCase())}}',
    description:
      'Starts the workflow when a contact writes by SMS, MMS or WhatsApp through Twilio, or a message changes its status',
    defaults: { name: 'Twilio Messaging Trigger' },
    inputs: [],
    outputs: [NodeConnectionTypes.Main],
    credentials: [
      { name: 'parleyApi', displayName: 'Parley API', required: true },
      { name: 'parleyTwilioApi', displayName: 'Twilio Messaging API', required: true },
    ],
    webhooks: [deliveryWebhook],
    properties: [
      channelField,
      {
        displayName:
          "Messages reach this trigger through the Parley service: keep it running, reachable by Twilio over https, and reachable by n8n at the URL of the 'Parley API' credential. Activating the workflow sets the sender's webhook at Twilio; the sandbox for WhatsApp is set by hand in the Console.",
        name: 'setUpNotice',
        type: 'notice',
        default: '',
      },
      ...triggerProperties(TWILIO_INBOUND),
    ],
  };

  webhookMethods = { default: subscriptionHooks(twilioAccount) };

  async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
    return await receiveDelivery(this);
  }
}
