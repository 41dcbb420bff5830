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
import { twilioAccount } from './account.ts';
import { channelField } from './channel.ts';
import { TWILIO_RESOURCES } from './resources.ts';

/** Sends by SMS, MMS or WhatsApp through Twilio and the Parley service, which queues, retries and never sends twice. */
export class TwilioMessaging implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Twilio Messaging',
    name: 'twilioMessaging',
    icon: { light: 'file:twilio.svg', dark: 'file:twilio.dark.svg' },
    group: ['output'],
    version: 1,
    subtitle: '={{$parameter["operation"] + ": " + $parameter["resource"]}}',
    description: 'Send SMS, MMS and WhatsApp messages and templates through Twilio, and wait for replies',
    defaults: { name: 'Twilio Messaging' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: [
      { name: 'parleyApi', displayName: 'Parley API', required: true },
      { name: 'parleyTwilioApi', displayName: 'Twilio Messaging API', required: true },
    ],
    webhooks: replyWebhooks,
    properties: [channelField, ...resourceProperties(TWILIO_RESOURCES)],
  };

  methods = templateMethods(twilioAccount);

  webhook = resumeSendAndWait;

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    return await runOperation(this, TWILIO_RESOURCES);
  }
}
