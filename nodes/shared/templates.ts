/** Templates in forms: picking one from a list, showing its variables, and finding it again when the node runs. */
import type { INodeListSearchResult, INodeProperties, ResourceMapperFields } from 'n8n-workflow';
import type { Page, Template } from '../../contract/api.ts';
import type { ChannelAccount } from './account.ts';
import { ParameterError, type Parameters } from './parameters.ts';
import { isRequired, variableLabel } from './template-content.ts';
import { accountRequest, type ParleyContext } from './transport.ts';

const PAGE = 100;
/** Enough for a screen of the list; the rest comes when the user scrolls. */
const LIST_AT_LEAST = 20;

/** A field that picks a template, from a list filled by `searchListMethod`. */
export function templateField(name: string, searchListMethod: string, displayName = 'Template'): INodeProperties {
  const field: INodeProperties = {
    displayName: 'Template',
    name: 'template',
    type: 'resourceLocator',
    default: { mode: 'list', value: '' },
    required: true,
    description: 'The template in one of its languages',
    modes: [
      {
        displayName: 'From List',
        name: 'list',
        type: 'list',
        placeholder: 'Select a template…',
        typeOptions: { searchListMethod, searchable: true },
      },
      { displayName: 'By ID', name: 'id', type: 'string', placeholder: 'e.g. 1689556908129832' },
      {
        displayName: 'By Name',
        name: 'name',
        type: 'string',
        placeholder: 'e.g. order_confirmation/en_US',
        hint: 'The name, a slash and the language',
      },
    ],
  };
  return { ...field, name, displayName };
}

/** A form with the variables of the template that the field `template` picks. */
export function variablesField(name: string, template: string, resourceMapperMethod: string): INodeProperties {
  const field: INodeProperties = {
    displayName: 'Variables',
    name: 'variables',
    type: 'resourceMapper',
    noDataExpression: true,
    default: { mappingMode: 'defineBelow', value: null },
    description: 'What to put in the place of the variables of the template',
  };
  return {
    ...field,
    name,
    typeOptions: {
      loadOptionsDependsOn: [`${template}.value`],
      resourceMapper: {
        resourceMapperMethod,
        mode: 'add',
        valuesLabel: 'Variables',
        fieldWords: { singular: 'variable', plural: 'variables' },
        addAllFields: true,
        multiKeyMatch: false,
        supportAutoMap: false,
        noFieldsError: 'This template has no variables',
      },
    },
  };
}

/** Ids and names that were asked for in this run, so that a hundred items ask once. */
const known = new WeakMap<object, Map<string, Promise<Template>>>();

/** The template that a `templateField` picked. Throws when there is none, or several languages and none was named. */
export async function findTemplate(
  context: ParleyContext,
  account: ChannelAccount,
  locator: Parameters,
  itemIndex?: number,
): Promise<Template> {
  const value = locator.required('value', 'Template').trim();
  const mode = locator.text('mode');
  const cache = known.get(context) ?? new Map<string, Promise<Template>>();
  known.set(context, cache);
  const key = `${mode} ${value}`;
  const found = cache.get(key) ?? lookUp(context, account, { mode, value }, itemIndex);
  cache.set(key, found);
  return await found;
}

/** As it is named in a message. */
export function sendable(account: ChannelAccount, template: Template): Template {
  return account.templatesById ? { ...template, name: template.id } : template;
}

async function lookUp(
  context: ParleyContext,
  account: ChannelAccount,
  locator: { mode: string; value: string },
  itemIndex?: number,
): Promise<Template> {
  if (locator.mode !== 'name') {
    const path = `/v1/templates/${encodeURIComponent(locator.value)}`;
    return await accountRequest<Template>(context, account, { method: 'GET', path, itemIndex });
  }
  const [name, language] = locator.value.split('/');
  const query = { name, language, limit: PAGE };
  const request = { method: 'GET', path: '/v1/templates', query, itemIndex } as const;
  const page = await accountRequest<Page<Template>>(context, account, request);
  return only(
    page.data.filter((template) => template.name === name && (!language || template.language === language)),
    locator.value,
  );
}

function only(templates: readonly Template[], asked: string): Template {
  const [template, another] = templates;
  if (template === undefined) {
    throw new ParameterError(
      `There is no template '${asked}'`,
      'Check the name and the language; both are written as the provider shows them, e.g. order_confirmation/en_US.',
    );
  }
  if (another === undefined) return template;
  const languages = templates.map(({ language }) => language).join(', ');
  throw new ParameterError(
    `The template '${asked}' exists in several languages: ${languages}`,
    `Add the language, e.g. ${template.name}/${template.language}.`,
  );
}

/** One page of the list from which a template is picked. */
export async function searchTemplates(
  context: ParleyContext,
  account: ChannelAccount,
  search: { status?: string; filter?: string; after?: string },
): Promise<INodeListSearchResult> {
  const wanted = search.filter?.trim().toLowerCase() ?? '';
  const found: Template[] = [];
  let after = search.after;
  do {
    const query = { status: search.status, limit: PAGE, after };
    const page: Page<Template> = await accountRequest<Page<Template>>(context, account, {
      method: 'GET',
      path: '/v1/templates',
      query,
    });
    found.push(...page.data.filter((template) => template.name.toLowerCase().includes(wanted)));
    after = page.next;
  } while (after !== undefined && found.length < LIST_AT_LEAST);
  const results = found.map((template) => ({
    name: `${template.name} (${template.language})`,
    value: template.id,
    description: [template.category, search.status ? undefined : template.status].filter(Boolean).join(' · '),
  }));
  return { results, paginationToken: after };
}

/** The variables of a template as the fields of a form. */
export function variableFields(template: Template): ResourceMapperFields {
  return {
    emptyFieldsNotice: 'This template has no variables: there is nothing to fill in.',
    fields: template.variables.map((variable) => ({
      id: variable.key,
      displayName: variableLabel(variable),
      required: isRequired(variable),
      defaultMatch: false,
      canBeUsedToMatch: false,
      display: true,
      type: variable.type === 'offer_end' ? 'dateTime' : 'string',
    })),
  };
}
