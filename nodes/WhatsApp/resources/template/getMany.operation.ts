import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { Template } from '../../../../contract/api.ts';
import { limitField, returnAllField, simplifyField } from '../../../shared/descriptions.ts';
import { itemParameters, type Operation, type Output } from '../../../shared/operation.ts';
import { accountPages } from '../../../shared/transport.ts';
import { whatsAppAccount } from '../../account.ts';
import { CATEGORIES } from './component-fields.ts';
import { templateOutput } from './get.operation.ts';

const STATUSES = [
  { name: 'Approved', value: 'APPROVED' },
  { name: 'Disabled', value: 'DISABLED' },
  { name: 'In Appeal', value: 'IN_APPEAL' },
  { name: 'Paused', value: 'PAUSED' },
  { name: 'Pending', value: 'PENDING' },
  { name: 'Rejected', value: 'REJECTED' },
];

const filters: INodeProperties = {
  displayName: 'Filters',
  name: 'filters',
  type: 'collection',
  placeholder: 'Add Filter',
  default: {},
  options: [
    { displayName: 'Category', name: 'category', type: 'options', options: CATEGORIES, default: 'UTILITY' },
    {
      displayName: 'Language',
      name: 'language',
      type: 'string',
      default: '',
      placeholder: 'e.g. pt_BR',
      description: 'The code of the language as Meta writes it',
    },
    { displayName: 'Name', name: 'name', type: 'string', default: '', placeholder: 'e.g. order_confirmation' },
    { displayName: 'Status', name: 'status', type: 'options', options: STATUSES, default: 'APPROVED' },
  ],
};

async function run(context: IExecuteFunctions, itemIndex: number): Promise<Output[]> {
  const account = await whatsAppAccount(context);
  const parameters = itemParameters(context, itemIndex);
  const wanted = parameters.group('filters');
  const query = {
    category: wanted.optional('category'),
    language: wanted.optional('language')?.trim(),
    name: wanted.optional('name')?.trim(),
    status: wanted.optional('status'),
  };
  const limit = parameters.flag('returnAll') ? undefined : parameters.number('limit', 'Limit');
  const request = { method: 'GET', path: '/v1/templates', query, itemIndex } as const;
  const templates = await accountPages<Template>(context, account, request, limit);
  const simplify = parameters.flag('simplify');
  return templates.map((template) => ({ json: templateOutput(template, simplify) }));
}

export const getManyOperation: Operation = {
  value: 'getAll',
  name: 'Get Many',
  action: 'Get many templates',
  description: 'Get many templates, filtered by status, category, language or name',
  fields: [returnAllField, limitField, filters, simplifyField],
  run,
};
