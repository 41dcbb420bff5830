import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { TemplateContent } from '../../../../contract/message.ts';
import { itemFiles } from '../../../shared/binary.ts';
import { recipientFields, sendOptions } from '../../../shared/descriptions.ts';
import { itemParameters, type Operation, type Output } from '../../../shared/operation.ts';
import type { Parameters } from '../../../shared/parameters.ts';
import { expiryOf, send, sendMessage, sentOutput } from '../../../shared/sending.ts';
import { templateContent } from '../../../shared/template-content.ts';
import { findTemplate, templateField, variablesField } from '../../../shared/templates.ts';
import { whatsAppAccount } from '../../account.ts';

const extraContentField: INodeProperties = {
  displayName: 'Extra Content',
  name: 'extraContent',
  type: 'json',
  default: '{}',
  description:
    'Parts of the template that are no variables, e.g. {"buttons": [{"type": "catalog", "index": 0, "thumbnailProductId": "sku-1"}]}',
};

const fields: INodeProperties[] = [
  ...recipientFields,
  templateField('template', 'searchApprovedTemplates'),
  variablesField('variables', 'template', 'getTemplateVariables'),
  {
    displayName:
      'For a header file give a link, a media ID, or the name of a binary field of the input item. Only approved templates are listed.',
    name: 'templateNotice',
    type: 'notice',
    default: '',
  },
  {
    displayName: 'Options',
    name: 'options',
    type: 'collection',
    placeholder: 'Add Option',
    default: {},
    options: [...[extraContentField, ...sendOptions].sort((a, b) => a.displayName.localeCompare(b.displayName))],
  },
];

/** Adds what the user wrote by hand; buttons and cards are added to those of the variables. */
export function withExtraContent(content: TemplateContent, options: Parameters): TemplateContent {
  const extra = options.object('extraContent', 'Extra Content') as Partial<TemplateContent> | undefined;
  if (extra === undefined) return content;
  const buttons = [...(content.buttons ?? []), ...(extra.buttons ?? [])];
  return { ...content, ...extra, type: 'template', ...(buttons.length > 0 ? { buttons } : {}) };
}

async function run(context: IExecuteFunctions, itemIndex: number): Promise<Output[]> {
  const account = await whatsAppAccount(context);
  const parameters = itemParameters(context, itemIndex);
  const options = parameters.group('options');
  const template = await findTemplate(context, account, parameters.group('template'), itemIndex);
  const values = parameters.group('variables').group('value');
  const filled = await templateContent(template, values, itemFiles(context, account, itemIndex));
  const expiresAt = expiryOf(context, parameters);
  const message = sendMessage(account, parameters, withExtraContent(filled, options), { expiresAt });
  const accepted = await send(context, account, itemIndex, message, options.optional('idempotencyKey'));
  return [{ json: { ...sentOutput(accepted, message.to), template: template.name, language: template.language } }];
}

export const sendTemplateOperation: Operation = {
  value: 'sendTemplate',
  name: 'Send Template',
  action: 'Send a template',
  description: 'Send an approved template, which may start a conversation at any time',
  fields,
  run,
};
