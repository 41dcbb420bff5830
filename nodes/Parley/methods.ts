/** What the form of the node asks the service for while it is filled in. */
import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { searchSubscriptions } from './subscriptions.ts';

export const parleyMethods = {
  listSearch: {
    async searchSubscriptions(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
      return await searchSubscriptions(this, filter);
    },
  },
};
