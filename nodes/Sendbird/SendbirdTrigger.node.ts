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
import { sendbirdAccount } from './account.ts';
import { SENDBIRD_INBOUND } from './inbound.ts';

/** Starts a workflow for what happens in the channels of an app: the service filters, stores and hands over the events. */
export class SendbirdTrigger implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Sendbird Trigger',
    name: 'sendbirdTrigger',
    icon: { light: 'file:sendbird.svg', dark: 'file:sendbird.dark.svg' },
    group: ['trigger'],
    version: 1,
    subtitle: '={{$parameter["events"].join(", ").replace(/[A-Z]/g, (letter) => " " + letter.toLowerCase())}}',
    description:
      'Starts the workflow when a user writes in the in-app chat of your app (Sendbird), or a message changes its status',
    defaults: { name: 'Sendbird Trigger' },
    inputs: [],
    outputs: [NodeConnectionTypes.Main],
    credentials: [
      { name: 'parleyApi', displayName: 'Parley API', required: true },
      { name: 'parleySendbirdApi', displayName: 'Sendbird API', required: true },
    ],
    webhooks: [deliveryWebhook],
    properties: [
      {
        displayName:
          "Messages reach this trigger through the Parley service: keep it running, reachable by Sendbird over https, and reachable by n8n at the URL of the 'Parley API' credential. Enter the account's webhook URL in Sendbird's dashboard (Settings → Chat → Webhooks) and let it include the members; activating the workflow says which URL it is.",
        name: 'setUpNotice',
        type: 'notice',
        default: '',
      },
      ...triggerProperties(SENDBIRD_INBOUND),
    ],
  };

  webhookMethods = { default: subscriptionHooks(sendbirdAccount) };

  async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
    return await receiveDelivery(this);
  }
}
