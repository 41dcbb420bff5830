import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { CreateTemplate } from '../../../../contract/api.ts';
import { exampleUpload } from '../../../shared/binary.ts';
import { optionsField } from '../../../shared/collections.ts';
import { itemParameters, type Operation, type Output } from '../../../shared/operation.ts';
import { compact } from '../../../shared/parameters.ts';
import { accountRequest } from '../../../shared/transport.ts';
import { whatsAppAccount } from '../../account.ts';
import { providerNotice } from '../../connect-through.ts';
import { CATEGORIES, componentFields, templateNameField, ttlOption } from './component-fields.ts';
import { templateParts } from './components.ts';

const choice: INodeProperties = {
  displayName: 'Write Template As',
  name: 'componentsFrom',
  type: 'options',
  options: [
    { name: 'Form', value: 'form' },
    { name: 'JSON', value: 'json' },
  ],
  default: 'form',
  description: 'The form covers the common cases, JSON everything',
};

const fields: INodeProperties[] = [
  {
    displayName:
      'Meta reviews a new template, which takes minutes to a day. The trigger tells you with a template event.',
    name: 'reviewNotice',
    type: 'notice',
    default: '',
  },
  providerNotice(
    'dialog360',
    'dialog360CreateNotice',
    '360dialog takes no example files: make templates with a file in the header in the 360dialog Hub.',
  ),
  providerNotice(
    'twilio',
    'twilioCreateNotice',
    "Twilio takes no example files: make templates with a file in the header in Twilio's Content Template Builder.",
  ),
  templateNameField,
  {
    displayName: 'Language',
    name: 'language',
    type: 'string',
    default: 'en_US',
    required: true,
    placeholder: 'e.g. pt_BR',
    description: 'The code of the language as Meta writes it',
  },
  {
    displayName: 'Category',
    name: 'category',
    type: 'options',
    options: CATEGORIES,
    default: 'UTILITY',
    description: 'It decides the price; Meta may correct it',
  },
  ...componentFields(choice, true),
  optionsField([
    {
      displayName: 'Allow Category Change',
      name: 'allowCategoryChange',
      type: 'boolean',
      default: false,
      description: 'Whether Meta may put the template into another category instead of rejecting it',
    },
    ttlOption,
  ]),
];

async function run(context: IExecuteFunctions, itemIndex: number): Promise<Output[]> {
  const account = await whatsAppAccount(context);
  const parameters = itemParameters(context, itemIndex);
  const options = parameters.group('options');
  const parts = await templateParts(parameters, exampleUpload(context, account, itemIndex));
  const body: CreateTemplate = compact({
    name: parameters.required('templateName', 'Name').trim(),
    language: parameters.required('language', 'Language').trim(),
    category: parameters.required('category', 'Category'),
    ...parts,
    allowCategoryChange: options.flag('allowCategoryChange') || undefined,
    ttlSeconds: options.optionalNumber(ttlOption.name, ttlOption.displayName),
  });
  const request = { method: 'POST', path: '/v1/templates', body, itemIndex } as const;
  const created = await accountRequest<{ id: string; status: string; category: string }>(context, account, request);
  return [{ json: { ...created, name: body.name, language: body.language } }];
}

export const createOperation: Operation = {
  value: 'create',
  name: 'Create',
  action: 'Create a template',
  description: 'Write a template and hand it to Meta for review',
  fields,
  run,
};
