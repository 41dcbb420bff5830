import {
  NodeConnectionTypes,
  type IHookFunctions,
  type INodeType,
  type INodeTypeDescription,
  type IWebhookFunctions,
  type IWebhookResponseData,
} from 'n8n-workflow';
import type { AnyAccount } from '../shared/account.ts';
import { Parameters } from '../shared/parameters.ts';
import { triggerProperties } from '../shared/trigger/description.ts';
import { deliveryWebhook, subscriptionHooks } from '../shared/trigger/life.ts';
import { receiveDelivery } from '../shared/trigger/receive.ts';
import { accountOf, anyAccountField } from './accounts.ts';
import { parleyTriggerMethods } from './methods.ts';

/** The account that the trigger is to hear; undefined: all of them. */
async function heardAccount(context: IHookFunctions): Promise<AnyAccount | undefined> {
  const locator = new Parameters({ locator: context.getNodeParameter('account', null) }).group('locator');
  const ref = await accountOf(context, locator);
  return ref && { ref };
}

/** Starts a workflow for what happens on any account that the service has, whatever the channel: the same events and fields. */
export class ParleyTrigger implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Parley Trigger',
    name: 'parleyTrigger',
    icon: { light: 'file:parley.svg', dark: 'file:parley.dark.svg' },
    group: ['trigger'],
    version: 1,
    subtitle: '={{$parameter["events"].join(", ").replace(/[A-Z]/g, (letter) => " " + letter.toLowerCase())}}',
    description:
      'Starts the workflow when a contact writes, taps or calls on any channel, or a message changes its status',
    defaults: { name: 'Parley Trigger' },
    inputs: [],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: 'parleyApi', displayName: 'Parley API', required: true }],
    webhooks: [deliveryWebhook],
    properties: [
      {
        displayName:
          "Hears accounts that the Parley service has already. To add one, activate its channel's own trigger once, or run a node of its channel with its credential.",
        name: 'setUpNotice',
        type: 'notice',
        default: '',
      },
      anyAccountField,
      ...triggerProperties(),
    ],
  };

  methods = parleyTriggerMethods;

  webhookMethods = { default: subscriptionHooks(heardAccount) };

  async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
    return await receiveDelivery(this);
  }
}
