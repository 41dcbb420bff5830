/** Fields that several operations and several channels share. */
import type { INodeProperties } from 'n8n-workflow';

/** To whom: an address of the channel, or a conversation that the service knows. */
export const recipientFields: INodeProperties[] = [
  {
    displayName: 'Send To',
    name: 'sendTo',
    type: 'options',
    options: [
      { name: 'Conversation', value: 'conversation', description: 'A conversation ID that a trigger gave' },
      { name: 'Phone Number or User ID', value: 'address', description: "The 'from' of a trigger, or a phone number" },
    ],
    default: 'address',
    description: 'How to name the contact',
  },
  {
    displayName: 'To',
    name: 'to',
    type: 'string',
    default: '',
    required: true,
    placeholder: 'e.g. +15550001111',
    description: "The phone number with its country code, or the value of 'from' of a trigger",
    displayOptions: { show: { sendTo: ['address'] } },
  },
  {
    displayName: 'Conversation ID',
    name: 'conversationId',
    type: 'string',
    default: '',
    required: true,
    placeholder: 'e.g. {{ $json.conversationId }}',
    description: "The value of 'conversationId' of a trigger",
    displayOptions: { show: { sendTo: ['conversation'] } },
  },
];

/** Options of every send, sorted by name. */
export const sendOptions: INodeProperties[] = [
  {
    displayName: 'Expires After (Minutes)',
    name: 'expiresAfter',
    type: 'number',
    typeOptions: { minValue: 1, maxValue: 43_200 },
    default: 60,
    description:
      'A message that could not be sent within this time fails instead of going out late, also while it is held. Without it: 24 hours after it could first be sent.',
  },
  {
    displayName: 'Expires At',
    name: 'expiresAt',
    type: 'dateTime',
    default: '',
    description:
      'A message that could not be sent by then fails instead of going out late, also while it is held. At most 30 days ahead; the earlier one counts when both are set.',
  },
  {
    displayName: 'Idempotency Key',
    name: 'idempotencyKey',
    type: 'string',
    default: '',
    placeholder: 'e.g. order-77-shipped',
    description:
      'A message with the same key is sent once, however often the workflow runs. Empty: made of the execution and the item, so that a retry sends nothing twice.',
  },
  {
    displayName: 'Metadata',
    name: 'metadata',
    type: 'json',
    default: '{}',
    description: 'Kept with the message and given back with every status of it, e.g. {"orderId": "77"}',
  },
  {
    displayName: 'Purpose',
    name: 'purpose',
    type: 'options',
    options: [
      { name: 'Campaign', value: 'campaign', description: 'May wait while replies go first' },
      { name: 'Reply', value: 'reply', description: 'Goes out as soon as possible' },
    ],
    default: 'reply',
    description: 'What the message is for: replies overtake campaigns',
  },
  {
    displayName: 'Reply To',
    name: 'replyTo',
    type: 'string',
    default: '',
    placeholder: 'e.g. {{ $json.messageId }}',
    description: 'The ID of a message of the chat to quote above this one',
  },
];

/** The collection that holds `sendOptions`. */
export const sendOptionsField: INodeProperties = {
  displayName: 'Options',
  name: 'options',
  type: 'collection',
  placeholder: 'Add Option',
  default: {},
  options: sendOptions,
};

export const returnAllField: INodeProperties = {
  displayName: 'Return All',
  name: 'returnAll',
  type: 'boolean',
  default: false,
  description: 'Whether to return all results or only up to a given limit',
};

export const limitField: INodeProperties = {
  displayName: 'Limit',
  name: 'limit',
  type: 'number',
  typeOptions: { minValue: 1 },
  default: 50,
  description: 'Max number of results to return',
  displayOptions: { show: { returnAll: [false] } },
};

export const simplifyField: INodeProperties = {
  displayName: 'Simplify',
  name: 'simplify',
  type: 'boolean',
  default: true,
  description: 'Whether to return a simplified version of the response instead of the raw data',
};
