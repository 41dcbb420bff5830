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
import { SENDBIRD_RESOURCES } from './resources.ts';

/** Writes in the channels of an app through the Parley service, which queues, retries and never sends twice. */
export class Sendbird implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Sendbird',
    name: 'sendbird',
    icon: { light: 'file:sendbird.svg', dark: 'file:sendbird.dark.svg' },
    group: ['output'],
    version: 1,
    subtitle: '={{$parameter["operation"] + ": " + $parameter["resource"]}}',
    description: 'Send messages into the in-app chat of your app (Sendbird), and wait for replies',
    defaults: { name: 'Sendbird' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: [
      { name: 'parleyApi', displayName: 'Parley API', required: true },
      { name: 'parleySendbirdApi', displayName: 'Sendbird API', required: true },
    ],
    webhooks: replyWebhooks,
    properties: resourceProperties(SENDBIRD_RESOURCES),
  };

  webhook = resumeSendAndWait;

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    return await runOperation(this, SENDBIRD_RESOURCES);
  }
}
