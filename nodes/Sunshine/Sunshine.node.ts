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
import { SUNSHINE_RESOURCES } from './resources.ts';

/** Writes in the conversations of an app through the Parley service, which queues, retries and never sends twice. */
export class Sunshine implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Sunshine Conversations',
    name: 'sunshine',
    icon: { light: 'file:sunshine.svg', dark: 'file:sunshine.dark.svg' },
    group: ['output'],
    version: 1,
    subtitle: '={{$parameter["operation"] + ": " + $parameter["resource"]}}',
    description:
      'Send messages on any channel behind Sunshine Conversations (Zendesk), wait for replies, and pass conversations on',
    defaults: { name: 'Sunshine Conversations' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: [
      { name: 'parleyApi', displayName: 'Parley API', required: true },
      { name: 'parleySunshineApi', displayName: 'Sunshine Conversations API', required: true },
    ],
    webhooks: replyWebhooks,
    properties: resourceProperties(SUNSHINE_RESOURCES),
  };

  webhook = resumeSendAndWait;

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    return await runOperation(this, SUNSHINE_RESOURCES);
  }
}
