/** Fields that several operations and several channels share. */
import type { INodeProperties } from 'n8n-workflow';
import { optionsField } from './collections.ts';
import { showFor } from './content/kind.ts';
import type { Parameters } from './parameters.ts';

/** How a channel names people. */
export interface RecipientWords {
  /** The kind of address, e.g. 'Phone Number'. */
  name: string;
  /** What it is, beside the choice. */
  choice: string;
  placeholder: string;
  description: string;
  /** An account may have several conversations with one contact, as the channel's capabilities say: offers 'Thread'. */
  threads?: true;
}

/** A phone number, or the channel's own ID of a person. */
export const PHONE_OR_USER: RecipientWords = {
  name: 'Phone Number or User ID',
  choice: "The 'from' of a trigger, or a phone number",
  placeholder: 'e.g. +15550001111',
  description: "The phone number with + and its country code, or the value of 'from' of a trigger",
};

/** Which conversation with the contact. It follows the contact of the item only: in the thread of one person nobody writes to another. */
export const threadField: INodeProperties = {
  displayName: 'Thread',
  name: 'thread',
  type: 'string',
  default: "={{ [$json.from, $json.to].includes($parameter.to) ? $json.thread : '' }}",
  description:
    "Which conversation with the contact, where there are several: the 'thread' of a trigger. As it stands, an answer to the contact of the item goes where they wrote.",
};

/** 'Thread', on a channel that has threads. */
export function threadFields({ threads }: RecipientWords): INodeProperties[] {
  return threads ? [threadField] : [];
}

/** To whom: an address of the channel, or a conversation that the service knows. */
export function recipientFields(words: RecipientWords): INodeProperties[] {
  return [
    {
      displayName: 'Send To',
      name: 'sendTo',
      type: 'options',
      options: [
        { name: 'Conversation', value: 'conversation', description: 'A conversation ID that a trigger gave' },
        { name: words.name, value: 'address', description: words.choice },
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
      placeholder: words.placeholder,
      description: words.description,
      displayOptions: { show: { sendTo: ['address'] } },
    },
    ...showFor(threadFields(words), { sendTo: ['address'] }),
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
}

/** What a message is for. */
export const purposeField: INodeProperties = {
  displayName: 'Purpose',
  name: 'purpose',
  type: 'options',
  options: [
    { name: 'Campaign', value: 'campaign', description: 'May wait while replies go first' },
    { name: 'Reply', value: 'reply', description: 'Goes out as soon as possible' },
  ],
  default: 'reply',
  description: 'What the message is for: replies overtake campaigns',
};

/** Options of every send, sorted by name. */
const sendOptions: INodeProperties[] = [
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
  purposeField,
  {
    displayName: 'Reply To',
    name: 'replyTo',
    type: 'string',
    default: '',
    placeholder: 'e.g. {{ $json.messageId }}',
    description: 'The ID of a message of the chat to quote above this one',
  },
];

/** What a channel's sends take besides `sendOptions`. */
export interface SendOffer {
  /** People may write for longer than programs: offers 'Written by a Person'. */
  people?: boolean;
  /** False: a message cannot quote another. */
  quotes?: boolean;
  /** What only this channel knows: members of `SendMessage.options`, by the field's name. */
  options?: readonly INodeProperties[];
}

/** Who wrote it, where that makes a difference. */
export const writtenByPersonField: INodeProperties = {
  displayName: 'Written by a Person',
  name: 'writtenByPerson',
  type: 'boolean',
  default: false,
  description:
    "Whether a person of yours wrote it: it may then be sent for some days longer, and while a person handles the conversation, which is theirs from then on (until 'Set Owner' of the Parley node). The channel forbids this for what a program wrote.",
};

/** The collection that holds `sendOptions` and what the channel and the operation add. */
export function sendOptionsField(offer: SendOffer = {}, further: readonly INodeProperties[] = []): INodeProperties {
  const fields = [
    ...sendOptions.filter(({ name }) => offer.quotes !== false || name !== 'replyTo'),
    ...(offer.people ? [writtenByPersonField] : []),
    ...(offer.options ?? []),
    ...further,
  ];
  return optionsField([...fields].sort((a, b) => a.displayName.localeCompare(b.displayName)));
}

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

/** How many results `returnAllField` and `limitField` ask for; undefined: all. */
export function limitOf(parameters: Parameters): number | undefined {
  return parameters.flag(returnAllField.name) ? undefined : parameters.number(limitField.name, limitField.displayName);
}

export const simplifyField: INodeProperties = {
  displayName: 'Simplify',
  name: 'simplify',
  type: 'boolean',
  default: true,
  description: 'Whether to return a simplified version of the response instead of the raw data',
};
