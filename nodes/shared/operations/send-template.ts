import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { TemplateContent } from '../../../contract/message.ts';
import { itemFiles } from '../binary.ts';
import { recipientFields, sendOptionsField } from '../descriptions.ts';
import { itemParameters, type Operation, type Output } from '../operation.ts';
import type { Parameters } from '../parameters.ts';
import { expiryOf, offeredOptions, send, sendMessage, sentOutput } from '../sending.ts';
import { templateContent } from '../template-content.ts';
import { findTemplate, sendable, templateField, variablesField } from '../templates.ts';
import type { ChannelForm } from './channel-form.ts';

/** What is the channel's own in 'Send Template'. */
export interface TemplateSending {
  description?: string;
  /** How the file of a template is given. */
  files?: string;
  /** Parts that are no variables can be added by hand. */
  extraContent?: boolean;
}

const extraContentField: INodeProperties = {
  displayName: 'Extra Content',
  name: 'extraContent',
  type: 'json',
  default: '{}',
  description:
    'Parts of the template that are no variables, e.g. {"buttons": [{"type": "catalog", "index": 0, "thumbnailProductId": "sku-1"}]}',
};

const FILES = 'For a header file give a link, a media ID, or the name of a binary field of the input item.';

function fields(form: ChannelForm, { files = FILES, extraContent = false }: TemplateSending): INodeProperties[] {
  return [
    ...recipientFields(form.recipient),
    templateField('template', 'searchApprovedTemplates'),
    variablesField('variables', 'template', 'getTemplateVariables'),
    {
      displayName: `${files} Only approved templates are listed.`,
      name: 'templateNotice',
      type: 'notice',
      default: '',
    },
    sendOptionsField(form, extraContent ? [extraContentField] : []),
  ];
}

/** Adds what the user wrote by hand; buttons and cards are added to those of the variables. */
function withExtraContent(content: TemplateContent, options: Parameters): TemplateContent {
  const extra = options.object('extraContent', 'Extra Content') as Partial<TemplateContent> | undefined;
  if (extra === undefined) return content;
  const buttons = [...(content.buttons ?? []), ...(extra.buttons ?? [])];
  return { ...content, ...extra, type: 'template', ...(buttons.length > 0 ? { buttons } : {}) };
}

async function sendItem(form: ChannelForm, context: IExecuteFunctions, itemIndex: number): Promise<Output[]> {
  const account = await form.account(context);
  const parameters = itemParameters(context, itemIndex);
  const options = parameters.group('options');
  const template = await findTemplate(context, account, parameters.group('template'), itemIndex);
  const values = parameters.group('variables').group('value');
  const files = itemFiles(context, account, itemIndex);
  const filled = await templateContent(sendable(account, template), values, files);
  const message = sendMessage(account, parameters, withExtraContent(filled, options), {
    expiresAt: expiryOf(context, parameters),
    ...offeredOptions(options, form, context.getTimezone()),
  });
  const accepted = await send(context, account, itemIndex, message, options.optional('idempotencyKey'));
  return [{ json: { ...sentOutput(accepted, message), template: template.name, language: template.language } }];
}

/** 'Send Template'. The node has `templateMethods`. */
export function sendTemplateOperation(form: ChannelForm, sending: TemplateSending): Operation {
  const { description = 'Send an approved template, which may start a conversation at any time' } = sending;
  return {
    value: 'sendTemplate',
    name: 'Send Template',
    action: 'Send a template',
    description,
    fields: fields(form, sending),
    run: async (context, itemIndex) => await sendItem(form, context, itemIndex),
  };
}
