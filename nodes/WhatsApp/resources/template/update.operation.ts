import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { EditTemplate } from '../../../../contract/api.ts';
import { exampleUpload } from '../../../shared/binary.ts';
import { optionsField } from '../../../shared/collections.ts';
import { itemParameters, type Operation, type Output } from '../../../shared/operation.ts';
import { compact, ParameterError } from '../../../shared/parameters.ts';
import { findTemplate, templateField } from '../../../shared/templates.ts';
import { accountRequest } from '../../../shared/transport.ts';
import { whatsAppAccount } from '../../account.ts';
import { providerNotice } from '../../connect-through.ts';
import { CATEGORIES, componentFields, ttlOption } from './component-fields.ts';
import { templateParts } from './components.ts';

const choice: INodeProperties = {
  displayName: 'Content',
  name: 'componentsFrom',
  type: 'options',
  options: [
    { name: 'Keep', value: 'keep', description: 'Only change what is in the options' },
    { name: 'Write in a Form', value: 'form' },
    { name: 'Write in JSON', value: 'json' },
  ],
  default: 'form',
  description: 'The content is replaced as a whole',
};

const fields: INodeProperties[] = [
  {
    displayName: 'Only approved, rejected and paused templates can be changed; an approved one once a day.',
    name: 'updateNotice',
    type: 'notice',
    default: '',
  },
  providerNotice(
    'dialog360',
    'dialog360UpdateNotice',
    '360dialog cannot change templates: do it in the 360dialog Hub, or create one under another name.',
  ),
  templateField('template', 'searchTemplates'),
  ...componentFields(choice, false),
  optionsField([
    {
      displayName: 'Category',
      name: 'category',
      type: 'options',
      options: CATEGORIES,
      default: 'UTILITY',
      description: 'The category of an approved template cannot be changed',
    },
    ttlOption,
  ]),
];

async function run(context: IExecuteFunctions, itemIndex: number): Promise<Output[]> {
  const account = await whatsAppAccount(context);
  const parameters = itemParameters(context, itemIndex);
  const options = parameters.group('options');
  const keep = parameters.text('componentsFrom') === 'keep';
  const body: EditTemplate = compact({
    components: keep
      ? undefined
      : (await templateParts(parameters, exampleUpload(context, account, itemIndex))).components,
    category: options.optional('category'),
    ttlSeconds: options.optionalNumber(ttlOption.name, ttlOption.displayName),
  });
  if (Object.keys(body).length === 0) {
    throw new ParameterError('There is nothing to change', "Choose what to change in 'Content' or 'Options'.");
  }
  const template = await findTemplate(context, account, parameters.group('template'), itemIndex);
  const path = `/v1/templates/${encodeURIComponent(template.id)}`;
  await accountRequest(context, account, { method: 'PATCH', path, body, itemIndex });
  return [{ json: { updated: true, id: template.id, name: template.name, language: template.language } }];
}

export const updateOperation: Operation = {
  value: 'update',
  name: 'Update',
  action: 'Update a template',
  description: 'Change the content of a template; Meta reviews it again',
  fields,
  run,
};
