import {
  NodeConnectionTypes,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';
import { resourceProperties, runOperation } from '../shared/operation.ts';
import { resumeSendAndWait } from '../shared/operations/send-and-wait.ts';
import { templateMethods } from '../shared/operations/template-methods.ts';
import { replyWebhooks } from '../shared/reply-wait.ts';
import { messengerAccount } from './account.ts';
import { MESSENGER_RESOURCES } from './resources.ts';

/** Sends as a Facebook Page on Messenger through the Parley service, which queues, retries and never sends twice. */
export class FacebookMessenger implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Facebook Messenger',
    name: 'facebookMessenger',
    icon: { light: 'file:messenger.svg', dark: 'file:messenger.dark.svg' },
    group: ['output'],
    version: 1,
    subtitle: '={{$parameter["operation"] + ": " + $parameter["resource"]}}',
    description: 'Send messages on Messenger, wait for replies, and manage files, links, personas and the profile',
    defaults: { name: 'Facebook Messenger' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: [
      { name: 'parleyApi', displayName: 'Parley API', required: true },
      { name: 'parleyMessengerApi', displayName: 'Messenger Page API', required: true },
    ],
    webhooks: replyWebhooks,
    properties: resourceProperties(MESSENGER_RESOURCES),
  };

  methods = templateMethods(messengerAccount);

  webhook = resumeSendAndWait;

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    return await runOperation(this, MESSENGER_RESOURCES);
  }
}
