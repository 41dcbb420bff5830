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
import { whatsAppAccount } from './account.ts';
import { connectThroughField, whatsAppCredentials } from './connect-through.ts';
import { WHATSAPP_RESOURCES } from './resources/index.ts';

/** Sends on WhatsApp through the Parley service, which queues, retries and never sends twice. */
export class WhatsApp implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'WhatsApp Business',
    name: 'whatsApp',
    icon: { light: 'file:whatsApp.svg', dark: 'file:whatsApp.dark.svg' },
    group: ['output'],
    version: 1,
    subtitle: '={{$parameter["operation"] + ": " + $parameter["resource"]}}',
    description: 'Send messages and templates on WhatsApp, wait for replies, and manage templates and files',
    defaults: { name: 'WhatsApp Business' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: whatsAppCredentials,
    webhooks: replyWebhooks,
    properties: [connectThroughField, ...resourceProperties(WHATSAPP_RESOURCES)],
  };

  methods = templateMethods(whatsAppAccount);

  webhook = resumeSendAndWait;

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    return await runOperation(this, WHATSAPP_RESOURCES);
  }
}
