import type { IExecuteFunctions } from 'n8n-workflow';
import type { ConversationView } from '../../../../contract/api.ts';
import { filtersField } from '../../../shared/collections.ts';
import { itemParameters, type Operation, type Output } from '../../../shared/operation.ts';
import { listFields, listItems } from '../../../shared/operations/get-many.ts';
import { compact, type Parameters } from '../../../shared/parameters.ts';
import { parleyPages } from '../../../shared/transport.ts';
import { accountOf, channelFilter, oneAccountField } from '../../accounts.ts';
import { conversationOutput } from '../../conversations.ts';

const conversationFilters = filtersField([
  { ...oneAccountField, required: false, description: 'Only conversations with this account' },
  channelFilter,
  {
    displayName: 'Contact ID',
    name: 'contactId',
    type: 'string',
    default: '',
    placeholder: 'e.g. con_01kb2m3n4p5q6r7s8t9v0w1x2y',
    description: 'Only conversations with this contact, on all their channels',
  },
  {
    displayName: 'Heard Since',
    name: 'heardSince',
    type: 'dateTime',
    default: '',
    description: 'Only conversations in which the contact wrote, tapped or called since then',
  },
  {
    displayName: 'Owner',
    name: 'owner',
    type: 'options',
    options: [
      { name: 'Bot', value: 'bot', description: 'Workflows answer' },
      { name: 'Person', value: 'human', description: 'A person has taken over' },
    ],
    default: 'human',
    description: 'Only conversations that are answered so',
  },
  {
    displayName: 'Session Open',
    name: 'open',
    type: 'boolean',
    default: true,
    description: 'Whether to return only conversations in which any kind of message may be sent now',
  },
]);

async function query(context: IExecuteFunctions, filters: Parameters, itemIndex: number) {
  const account = await accountOf(context, filters.group('account'), itemIndex);
  return compact({
    channel: account?.channel ?? filters.optional('channel'),
    externalId: account?.externalId,
    owner: filters.optional('owner'),
    contactId: filters.optional('contactId')?.trim(),
    open: filters.flag('open') || undefined,
    heardSince: filters.instant('heardSince', 'Heard Since', context.getTimezone()),
  });
}

async function run(context: IExecuteFunctions, itemIndex: number): Promise<Output[]> {
  const parameters = itemParameters(context, itemIndex);
  const asked = await query(context, parameters.group('filters'), itemIndex);
  const request = { method: 'GET', path: '/v1/conversations', query: asked, itemIndex } as const;
  return listItems(parameters, (limit) => parleyPages<ConversationView>(context, request, limit), conversationOutput);
}

export const getManyOperation: Operation = {
  value: 'getAll',
  name: 'Get Many',
  action: 'Get many conversations',
  description: 'Get many conversations, the one last heard from first',
  fields: listFields(conversationFilters),
  run,
};
