import {
  NodeConnectionTypes,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';
import { resourceProperties, runOperation } from '../shared/operation.ts';
import { resumeSendAndWait } from '../shared/operations/send-and-wait.ts';
import { replyWebhooks } from '../shared/reply-wait.ts';
import { INSTAGRAM_RESOURCES } from './resources.ts';

/** Sends on Instagram through the Parley service, which queues, retries and never sends twice. */
export class InstagramMessaging implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Instagram Messaging',
    name: 'instagramMessaging',
    icon: { light: 'file:instagram.svg', dark: 'file:instagram.dark.svg' },
    group: ['output'],
    version: 1,
    subtitle: '={{$parameter["operation"] + ": " + $parameter["resource"]}}',
    description: 'Send messages on Instagram, wait for replies, and manage files, links and the profile',
    defaults: { name: 'Instagram Messaging' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: [
      { name: 'parleyApi', displayName: 'Parley API', required: true },
      { name: 'parleyInstagramApi', displayName: 'Instagram Messaging API', required: true },
    ],
    webhooks: replyWebhooks,
    properties: resourceProperties(INSTAGRAM_RESOURCES),
  };

  webhook = resumeSendAndWait;

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    return await runOperation(this, INSTAGRAM_RESOURCES);
  }
}
