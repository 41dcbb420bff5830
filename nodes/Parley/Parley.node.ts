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
import { parleyMethods } from './methods.ts';
import { PARLEY_RESOURCES } from './resources/index.ts';

/** What is the same on every channel: sends, conversations and dead letters, whatever account they are of. */
export class Parley implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Parley',
    name: 'parley',
    icon: { light: 'file:parley.svg', dark: 'file:parley.dark.svg' },
    group: ['output'],
    version: 1,
    subtitle: '={{$parameter["operation"] + ": " + $parameter["resource"]}}',
    description:
      'Send messages and wait for replies on any channel, read conversations, and see to what did not arrive',
    defaults: { name: 'Parley' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: 'parleyApi', displayName: 'Parley API', required: true }],
    webhooks: replyWebhooks,
    properties: resourceProperties(PARLEY_RESOURCES),
  };

  methods = parleyMethods;

  webhook = resumeSendAndWait;

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    return await runOperation(this, PARLEY_RESOURCES);
  }
}
