/** What the forms of the nodes ask the service for while they are filled in. */
import type { ILoadOptionsFunctions, INodeListSearchResult, INodePropertyOptions } from 'n8n-workflow';
import type { ParleyContext } from '../shared/transport.ts';
import { channelChoices, searchAccounts, searchAnyAccount } from './accounts.ts';
import { searchSubscriptions } from './subscriptions.ts';

type Search = (context: ParleyContext, filter?: string) => Promise<INodeListSearchResult>;

function listSearch(search: Search) {
  return async function (this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
    return await search(this, filter);
  };
}

export const parleyMethods = {
  loadOptions: {
    async getChannels(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
      return await channelChoices(this);
    },
  },
  listSearch: { searchAccounts: listSearch(searchAccounts), searchSubscriptions: listSearch(searchSubscriptions) },
};

export const parleyTriggerMethods = { listSearch: { searchAnyAccount: listSearch(searchAnyAccount) } };
