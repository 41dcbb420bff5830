/** Reading templates: the same on every channel that has them. */
import type { IDataObject, INodeProperties } from 'n8n-workflow';
import type { Template } from '../../../contract/api.ts';
import { filtersField } from '../collections.ts';
import { simplifyField } from '../descriptions.ts';
import { itemParameters, type Operation } from '../operation.ts';
import { listFields, listItems } from './get-many.ts';
import { findTemplate, templateField } from '../templates.ts';
import { accountPages } from '../transport.ts';
import type { AccountGetter } from '../account-getter.ts';

/** What stands in the body: of the part that is called so, or of the first that has one. */
function bodyText({ components }: Template): string | null {
  const text = components.find((component) => component['type'] === 'BODY')?.['text'];
  const body = components.find((component) => typeof component['body'] === 'string')?.['body'];
  return [text, body].find((found): found is string => typeof found === 'string') ?? null;
}

/** A template as an item: the whole of it, or what one looks for. */
function templateOutput(template: Template, simplify: boolean): IDataObject {
  if (!simplify) return { ...template };
  const { id, name, language, status, category, quality, rejectedReason, variables } = template;
  return {
    id,
    name,
    language,
    status,
    category,
    quality: quality ?? null,
    rejectedReason: rejectedReason ?? null,
    body: bodyText(template),
    variables: variables.map(({ key }) => key),
  };
}

/** 'Get'. The node has `templateMethods`. */
export function getTemplateOperation(accountOf: AccountGetter): Operation {
  return {
    value: 'get',
    name: 'Get',
    action: 'Get a template',
    description: 'Get one template with its status and its variables',
    fields: [templateField('template', 'searchTemplates'), simplifyField],
    run: async (context, itemIndex) => {
      const account = await accountOf(context);
      const parameters = itemParameters(context, itemIndex);
      const template = await findTemplate(context, account, parameters.group('template'), itemIndex);
      return [{ json: templateOutput(template, parameters.flag('simplify')) }];
    },
  };
}

type Choices = { name: string; value: string }[];

/** What templates can be filtered by: the provider's words. */
export interface TemplateFilters {
  categories: Choices;
  statuses: Choices;
}

function templateFilters({ categories, statuses }: TemplateFilters): INodeProperties {
  return filtersField([
    { displayName: 'Category', name: 'category', type: 'options', options: categories, default: 'UTILITY' },
    {
      displayName: 'Language',
      name: 'language',
      type: 'string',
      default: '',
      placeholder: 'e.g. pt_BR',
      description: 'The code of the language as the provider writes it',
    },
    { displayName: 'Name', name: 'name', type: 'string', default: '', placeholder: 'e.g. order_confirmation' },
    { displayName: 'Status', name: 'status', type: 'options', options: statuses, default: 'APPROVED' },
  ]);
}

/** 'Get Many'. */
export function getTemplatesOperation(accountOf: AccountGetter, filters: TemplateFilters): Operation {
  return {
    value: 'getAll',
    name: 'Get Many',
    action: 'Get many templates',
    description: 'Get many templates, filtered by status, category, language or name',
    fields: listFields(templateFilters(filters)),
    run: async (context, itemIndex) => {
      const account = await accountOf(context);
      const parameters = itemParameters(context, itemIndex);
      const wanted = parameters.group('filters');
      const query = {
        category: wanted.optional('category'),
        language: wanted.optional('language')?.trim(),
        name: wanted.optional('name')?.trim(),
        status: wanted.optional('status'),
      };
      const request = { method: 'GET', path: '/v1/templates', query, itemIndex } as const;
      return listItems(parameters, (limit) => accountPages<Template>(context, account, request, limit), templateOutput);
    },
  };
}
