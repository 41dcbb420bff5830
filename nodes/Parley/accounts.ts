/** The service's accounts in forms: picking one from a list, and naming it to the service. */
import type { INodeListSearchResult, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import type { Account } from '../../contract/api.ts';
import type { AccountRef } from '../../contract/channel.ts';
import type { Parameters } from '../shared/parameters.ts';
import { ParameterError } from '../shared/parameters.ts';
import { parleyRequest, type ParleyContext } from '../shared/transport.ts';

/** What stands for every account where one may be left out. */
const ALL_ACCOUNTS = { name: 'All Accounts', value: '' };

function accountField(searchListMethod: string): INodeProperties {
  return {
    displayName: 'Account',
    name: 'account',
    type: 'resourceLocator',
    default: { mode: 'list', value: '' },
    modes: [
      {
        displayName: 'From List',
        name: 'list',
        type: 'list',
        placeholder: 'Select an account…',
        typeOptions: { searchListMethod, searchable: true },
      },
      {
        displayName: 'By ID',
        name: 'id',
        type: 'string',
        placeholder: 'e.g. whatsapp/106540352242922',
        hint: "The channel, a slash and the account's ID at its provider; or the account's ID in Parley",
      },
    ],
  };
}

/** Picks one account. */
export const oneAccountField: INodeProperties = {
  ...accountField('searchAccounts'),
  required: true,
  description: 'The account to send from',
};

/** Picks one account, or all by leaving it as it is. */
export const anyAccountField: INodeProperties = {
  ...accountField('searchAnyAccount'),
  default: { mode: 'list', value: ALL_ACCOUNTS.value, cachedResultName: ALL_ACCOUNTS.name },
  description: 'Whose events start the workflow',
};

function listed(account: Account): INodeListSearchResult['results'][number] {
  const { channel, channelName, externalId, name } = account;
  return {
    name: [channelName, name, externalId].filter((part) => part !== undefined).join(' · '),
    value: `${channel}/${externalId}`,
  };
}

async function allAccounts(context: ParleyContext): Promise<Account[]> {
  const { data } = await parleyRequest<{ data: Account[] }>(context, { method: 'GET', path: '/v1/accounts' });
  return data;
}

/** The channels that the service has accounts on. */
export async function channelChoices(context: ParleyContext): Promise<INodePropertyOptions[]> {
  const names = new Map((await allAccounts(context)).map(({ channel, channelName }) => [channel, channelName]));
  const choices = [...names].map(([value, name]) => ({ name, value }));
  return choices.sort((a, b) => a.name.localeCompare(b.name));
}

/** Narrows a list to one channel. */
export const channelFilter: INodeProperties = {
  displayName: 'Channel Name or ID',
  name: 'channel',
  type: 'options',
  typeOptions: { loadOptionsMethod: 'getChannels' },
  default: '',
  description:
    'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
};

/** The list from which an account is picked. */
export async function searchAccounts(context: ParleyContext, filter = ''): Promise<INodeListSearchResult> {
  const data = await allAccounts(context);
  const wanted = filter.trim().toLowerCase();
  const results = data.map(listed).filter(({ name }) => name.toLowerCase().includes(wanted));
  return { results: results.sort((a, b) => a.name.localeCompare(b.name)) };
}

/** The same, headed by what stands for all of them. */
export async function searchAnyAccount(context: ParleyContext, filter = ''): Promise<INodeListSearchResult> {
  const { results } = await searchAccounts(context, filter);
  return { results: filter.trim() === '' ? [ALL_ACCOUNTS, ...results] : results };
}

/** The account that a locator picked; undefined: none in particular. Throws when it names none that can be. */
export async function accountOf(
  context: ParleyContext,
  locator: Parameters,
  itemIndex?: number,
): Promise<AccountRef | undefined> {
  const value = locator.optional('value')?.trim();
  if (value === undefined) return undefined;
  const slash = value.indexOf('/');
  if (slash < 0) {
    const path = `/v1/accounts/${encodeURIComponent(value)}`;
    const { channel, externalId } = await parleyRequest<Account>(context, { method: 'GET', path, itemIndex });
    return { channel, externalId };
  }
  const ref = { channel: value.slice(0, slash).trim(), externalId: value.slice(slash + 1).trim() };
  if (ref.channel !== '' && ref.externalId !== '') return ref;
  throw new ParameterError(
    `This names no account: ${value}`,
    "Write in 'Account' the channel, a slash and the account's ID, e.g. whatsapp/106540352242922.",
  );
}
