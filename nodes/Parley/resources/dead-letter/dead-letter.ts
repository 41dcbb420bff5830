/** What the operations on dead letters share: how they are named and filtered, and how one looks as an item. */
import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { DeadLetter, DeadLetterDetails, DeadLetterFilter } from '../../../../contract/dead-letter.ts';
import { filtersField } from '../../../shared/collections.ts';
import { compact, type Parameters } from '../../../shared/parameters.ts';
import { channelFilter } from '../../accounts.ts';

export const deadLetterPath = (id: string) => `/v1/dead-letters/${encodeURIComponent(id)}`;

export const deadLetterFilters = filtersField([
  {
    displayName: 'Account ID',
    name: 'externalId',
    type: 'string',
    default: '',
    placeholder: 'e.g. 106540352242922',
    description: "The account's ID at its provider, e.g. a phone number ID",
  },
  channelFilter,
  {
    displayName: 'Given Up Before',
    name: 'to',
    type: 'dateTime',
    default: '',
    description: 'When it became clear that it would not arrive',
  },
  {
    displayName: 'Given Up Since',
    name: 'from',
    type: 'dateTime',
    default: '',
    description: 'When it became clear that it would not arrive',
  },
  {
    displayName: 'Reason',
    name: 'code',
    type: 'options',
    options: [
      { name: 'Account Refused', value: 'settings', description: 'The credentials or the account were not accepted' },
      { name: 'Contact Left', value: 'blocked', description: 'Nobody may write until the contact does' },
      { name: 'Contact Opted Out', value: 'opted_out' },
      { name: 'Expired', value: 'expired', description: 'It could not be sent in time' },
      { name: 'Handled by a Person', value: 'handed_off', description: 'A person had taken over the conversation' },
      { name: 'Invalid', value: 'invalid', description: 'The provider will never take this message' },
      { name: 'Outcome Unknown', value: 'uncertain', description: 'The provider never told what became of it' },
      { name: 'Refused by the Provider', value: 'rejected' },
      { name: 'Refused by the Workflow', value: 'refused', description: 'The workflow took other events' },
      { name: 'Session Closed', value: 'session_closed' },
      { name: 'Unavailable', value: 'unavailable', description: 'The provider said that it did not take it' },
      { name: 'Unknown Account', value: 'no_account', description: 'Nobody registered the account of a webhook' },
      { name: 'Unreachable', value: 'unreachable', description: 'The provider could not be reached at the time' },
      { name: 'Unreadable Webhook', value: 'unreadable' },
      {
        name: 'Workflow Gone',
        value: 'subscription_ended',
        description: 'The workflow was switched off, or nobody was at its address for a week',
      },
    ],
    default: 'unreachable',
  },
  {
    displayName: 'Status',
    name: 'status',
    type: 'options',
    options: [
      { name: 'Failed', value: 'failed', description: 'Messages that did not arrive' },
      { name: 'Unknown', value: 'unknown', description: 'Messages that may have arrived' },
    ],
    default: 'failed',
  },
  {
    displayName: 'Type',
    name: 'type',
    type: 'options',
    options: [
      { name: 'Event', value: 'event', description: 'What a workflow was to get and did not take' },
      { name: 'Message', value: 'message', description: 'What was to be sent' },
      { name: 'Webhook', value: 'webhook', description: 'What came from the provider and could not be read' },
      {
        name: 'Webhook of an Unknown Account',
        value: 'unrouted',
        description: 'What came from the provider about an account that is not registered',
      },
    ],
    default: 'message',
  },
  {
    displayName: 'Unknown Address',
    name: 'address',
    type: 'string',
    default: '',
    placeholder: 'e.g. 106540352242922',
    description: 'The address that a webhook names and no account has, as in the output field "addresses"',
  },
]);

/** One or several by their ids, or all that match. */
export const choiceFields: INodeProperties[] = [
  {
    displayName: 'Dead Letters',
    name: 'choose',
    type: 'options',
    options: [
      { name: 'All That Match', value: 'filter', description: 'Every dead letter that the filters let through' },
      { name: 'By ID', value: 'ids', description: 'One, or several separated by commas' },
    ],
    default: 'ids',
    description: 'Which dead letters to take',
  },
  {
    displayName: 'Dead Letter IDs',
    name: 'deadLetterIds',
    type: 'string',
    default: '',
    required: true,
    placeholder: 'e.g. msg_01kb2m3n4p5q6r7s8t9v0w1x2y',
    description: 'The ID of what did not arrive (of a message: its message ID), or several separated by commas',
    displayOptions: { show: { choose: ['ids'] } },
  },
  { ...deadLetterFilters, displayOptions: { show: { choose: ['filter'] } } },
];

/** The filters as the service takes them; times without an offset are of the workflow's time zone. */
export function filterOf(context: IExecuteFunctions, parameters: Parameters): DeadLetterFilter {
  const filters = parameters.group('filters');
  const zone = context.getTimezone();
  return compact({
    type: filters.optional('type') as DeadLetterFilter['type'],
    channel: filters.optional('channel'),
    externalId: filters.optional('externalId')?.trim(),
    code: filters.optional('code'),
    status: filters.optional('status') as DeadLetterFilter['status'],
    address: filters.optional('address')?.trim(),
    from: filters.instant('from', 'Given Up Since', zone),
    to: filters.instant('to', 'Given Up Before', zone),
  });
}

/** A dead letter as an item: the whole of it, or flat, so that an If node can ask `code` or `status`. Pure. */
export function deadLetterOutput(deadLetter: DeadLetter | DeadLetterDetails, simplify: boolean): IDataObject {
  if (!simplify) return { ...deadLetter };
  const { id, type, account, code, detail, providerCode, createdAt, deadAt, message, webhook, event } = deadLetter;
  return compact({
    id,
    type,
    channel: account.channel,
    accountId: account.externalId,
    code,
    detail,
    providerCode,
    status: message?.status,
    kind: message?.kind,
    conversationId: message?.conversationId ?? event?.conversationId,
    metadata: message?.metadata,
    bytes: webhook?.bytes,
    addresses: webhook?.addresses,
    eventId: event?.id,
    event: event?.type,
    workflowUrl: event?.url,
    tries: 'attempts' in deadLetter ? deadLetter.attempts?.length : undefined,
    createdAt,
    deadAt,
  });
}
