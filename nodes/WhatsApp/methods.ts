/** What the form of the node asks the service for while it is filled in. */
import type { ILoadOptionsFunctions, INodeListSearchResult, ResourceMapperFields } from 'n8n-workflow';
import { Parameters } from '../shared/parameters.ts';
import { findTemplate, searchTemplates, variableFields } from '../shared/templates.ts';
import { whatsAppAccount } from './account.ts';

type ListSearch = (this: ILoadOptionsFunctions, filter?: string, after?: string) => Promise<INodeListSearchResult>;
type Mapping = (this: ILoadOptionsFunctions) => Promise<ResourceMapperFields>;

function listSearch(status?: string): ListSearch {
  return async function (filter, after) {
    return await searchTemplates(this, await whatsAppAccount(this), { status, filter, after });
  };
}

function variablesOf(field: string): Mapping {
  return async function () {
    const locator = new Parameters({ locator: this.getCurrentNodeParameter(field) }).group('locator');
    if (locator.optional('value') === undefined) {
      return { fields: [], emptyFieldsNotice: 'Choose a template first.' };
    }
    return variableFields(await findTemplate(this, await whatsAppAccount(this), locator));
  };
}

export const whatsAppMethods = {
  listSearch: { searchApprovedTemplates: listSearch('APPROVED'), searchTemplates: listSearch() },
  resourceMapping: {
    getTemplateVariables: variablesOf('template'),
    getFallbackVariables: variablesOf('fallbackTemplate'),
  },
};
