/** What the form of a node with templates asks the service for while it is filled in. */
import type { ILoadOptionsFunctions, INodeListSearchResult, ResourceMapperFields } from 'n8n-workflow';
import { Parameters } from '../parameters.ts';
import { findTemplate, searchTemplates, variableFields } from '../templates.ts';
import type { AccountGetter } from '../account-getter.ts';

type ListSearch = (this: ILoadOptionsFunctions, filter?: string, after?: string) => Promise<INodeListSearchResult>;
type Mapping = (this: ILoadOptionsFunctions) => Promise<ResourceMapperFields>;

export interface TemplateMethods {
  listSearch: { searchApprovedTemplates: ListSearch; searchTemplates: ListSearch };
  resourceMapping: { getTemplateVariables: Mapping; getFallbackVariables: Mapping };
}

/** `approved` is the provider's word for a template that may be sent. */
export function templateMethods(accountOf: AccountGetter, approved = 'APPROVED'): TemplateMethods {
  function listSearch(status?: string): ListSearch {
    return async function (filter, after) {
      return await searchTemplates(this, await accountOf(this), { status, filter, after });
    };
  }
  function variablesOf(field: string): Mapping {
    return async function () {
      const locator = new Parameters({ locator: this.getCurrentNodeParameter(field) }).group('locator');
      if (locator.optional('value') === undefined) {
        return { fields: [], emptyFieldsNotice: 'Choose a template first.' };
      }
      return variableFields(await findTemplate(this, await accountOf(this), locator));
    };
  }
  return {
    listSearch: { searchApprovedTemplates: listSearch(approved), searchTemplates: listSearch() },
    resourceMapping: {
      getTemplateVariables: variablesOf('template'),
      getFallbackVariables: variablesOf('fallbackTemplate'),
    },
  };
}
