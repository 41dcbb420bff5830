/** Triggers' subscriptions in forms: picking one from a list, and finding it again when the node runs. */
import type { INodeListSearchResult, INodeProperties } from 'n8n-workflow';
import type { Subscription } from '../../contract/api.ts';
import { ParameterError, type Parameters } from '../shared/parameters.ts';
import { parleyRequest, type ParleyContext } from '../shared/transport.ts';

/** By its URL: n8n makes a trigger's subscription anew at each save, the URL stays. */
export const subscriptionField: INodeProperties = {
  displayName: 'Trigger',
  name: 'subscription',
  type: 'resourceLocator',
  default: { mode: 'list', value: '' },
  required: true,
  description: 'The active trigger that the events are handed to',
  modes: [
    {
      displayName: 'From List',
      name: 'list',
      type: 'list',
      placeholder: 'Select a trigger…',
      typeOptions: { searchListMethod: 'searchSubscriptions', searchable: true },
    },
    {
      displayName: 'By Webhook URL',
      name: 'url',
      type: 'string',
      placeholder: 'e.g. https://n8n.example.com/webhook/5a7c…/parley',
    },
    {
      displayName: 'By Subscription ID',
      name: 'id',
      type: 'string',
      placeholder: 'e.g. sub_01kb2m3n4p5q6r7s8t9v0w1x2y',
      hint: 'It changes whenever the workflow of the trigger is saved',
    },
  ],
};

async function listed(context: ParleyContext, itemIndex?: number): Promise<Subscription[]> {
  const request = { method: 'GET', path: '/v1/subscriptions', itemIndex } as const;
  return (await parleyRequest<{ data: Subscription[] }>(context, request)).data;
}

function accountName({ account }: Subscription): string {
  return account ? `${account.channel} ${account.externalId}` : 'All accounts';
}

/** The list from which a trigger is picked. */
export async function searchSubscriptions(context: ParleyContext, filter = ''): Promise<INodeListSearchResult> {
  const wanted = filter.trim().toLowerCase();
  const results = (await listed(context)).map((subscription) => ({
    name: `${accountName(subscription)}: ${subscription.events.join(', ')} (${new URL(subscription.url).pathname})`,
    value: subscription.url,
    description: subscription.url,
  }));
  return { results: results.filter(({ name }) => name.toLowerCase().includes(wanted)) };
}

/** The id of the subscription that `subscriptionField` picked. Throws when its trigger is not active. */
export async function findSubscription(
  context: ParleyContext,
  locator: Parameters,
  itemIndex: number,
): Promise<string> {
  const value = locator.required('value', 'Trigger').trim();
  if (locator.text('mode') === 'id') return value;
  const found = (await listed(context, itemIndex)).find(({ url }) => url === value);
  if (found) return found.id;
  throw new ParameterError(
    `No active trigger listens at ${value}`,
    'Activate the workflow of the trigger first: the events are handed to it.',
  );
}
