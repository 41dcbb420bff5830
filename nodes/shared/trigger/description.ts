/** The parameters that every channel's trigger has; a channel names the types of events and the kinds of messages that it has. */
import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { EVENT_TYPES, type EventType } from '../../../contract/event.ts';
import { INBOUND_KINDS, type InboundKind } from '../../../contract/message.ts';
import { listField, optionsField } from '../collections.ts';
import {
  EVENT_CHOICES,
  KIND_CHOICES,
  MESSAGE_CHANGED,
  MESSAGE_RECEIVED,
  MESSAGE_STATUS,
  STATUS_CHOICES,
} from './events.ts';

/** What can come in on a channel besides what every account has: the trigger offers both, in the words of `events.ts`. */
export interface Inbound {
  events: readonly EventType[];
  kinds: readonly InboundKind[];
  /** The channel tells attributes of its conversations: offers to start by them. */
  attributes?: true;
}

/** What the service tells of every account, and what no channel is without. */
const EVERY_ACCOUNT: Inbound = {
  events: [
    ...(['account.alert', 'account.changed', 'conversation.control'] as const),
    ...(['message.received', 'message.status', 'unsupported'] as const),
  ],
  // Times and several picks are offered on every channel, by numbers at least.
  kinds: ['text', 'choices', 'time_slot', 'unsupported'],
};

const EVERYTHING: Inbound = { events: EVENT_TYPES, kinds: INBOUND_KINDS, attributes: true };

function plain({ name, value, description }: INodePropertyOptions): INodePropertyOptions {
  return { name, value, ...(description === undefined ? {} : { description }) };
}

const attributesOption = listField(
  {
    displayName: 'Attributes',
    name: 'attributes',
    description:
      "Start only for conversations of which the channel told these 'attributes', e.g. an intent, a group or a locale. With several, each has to be there.",
  },
  { displayName: 'Attribute', name: 'attribute' },
  [
    {
      displayName: 'Name',
      name: 'name',
      type: 'string',
      default: '',
      placeholder: 'e.g. intent',
      description: "Its name in the 'attributes' of an item",
    },
    {
      displayName: 'Values',
      name: 'values',
      type: 'string',
      default: '',
      placeholder: 'e.g. billing, returns',
      description: 'The value, or several separated by commas: one of them',
    },
  ],
);

const OPTIONS: INodeProperties[] = [
  {
    displayName: 'Download Media',
    name: 'downloadMedia',
    type: 'boolean',
    default: false,
    description:
      "Whether to put the file of a message into the item's binary field 'data'; further files of the same message go into 'data_1', 'data_2' and so on. Off, the operation 'Media: Download' can fetch it later by 'mediaId'.",
  },
  {
    displayName: 'Events per Execution',
    name: 'maxBatch',
    type: 'number',
    typeOptions: { minValue: 1, maxValue: 500, numberPrecision: 0 },
    default: 1,
    description:
      'How many events may start one execution together, as one item each. More keeps n8n quick under load; the events of one conversation stay in order.',
  },
  {
    displayName: 'If Set-Up at the Provider Fails',
    name: 'ifSetUpFails',
    type: 'options',
    options: [
      {
        name: 'Start Anyway',
        value: 'start',
        description: 'For a webhook that you entered at the provider by hand',
      },
      {
        name: 'Stop With an Error',
        value: 'stop',
        description: 'Say what is missing, rather than wait for messages that cannot arrive',
      },
    ],
    default: 'stop',
    description: 'What to do on activation when the webhook could not be set up at the provider',
  },
  {
    displayName: 'Include Conversations Handled by People',
    name: 'includeHandedOff',
    type: 'boolean',
    default: false,
    description: 'Whether to start also while a person has taken over the conversation',
  },
  {
    displayName: 'Include Raw Event',
    name: 'includeRaw',
    type: 'boolean',
    default: false,
    description: "Whether to add what the provider sent, unchanged, as 'raw'",
  },
  {
    displayName: 'Include Replies Being Waited For',
    name: 'includeAwaited',
    type: 'boolean',
    default: false,
    description: "Whether to start also for replies that a waiting 'Send and Wait for Reply' gets",
  },
];

/** `setsUp`: activating sets something up at a provider. */
function triggerOptions({ attributes }: Inbound, setsUp: boolean): INodeProperties {
  return optionsField([
    ...(attributes ? [attributesOption] : []),
    ...OPTIONS.filter(({ name }) => setsUp || name !== 'ifSetUpFails'),
  ]);
}

/** Parameters of a trigger, read by `subscriptionWish` and `receiveDelivery`. Absent: of one that hears every channel and sets up nothing. */
export function triggerProperties(ofChannel?: Inbound): INodeProperties[] {
  const inbound = ofChannel ?? EVERYTHING;
  const events = [...EVERY_ACCOUNT.events, ...inbound.events];
  const kinds = [...EVERY_ACCOUNT.kinds, ...inbound.kinds];
  return [
    {
      displayName: 'Events',
      name: 'events',
      type: 'multiOptions',
      required: true,
      options: EVENT_CHOICES.filter(({ types }) => types.some((type) => events.includes(type))).map(plain),
      default: [MESSAGE_RECEIVED],
      description: 'What starts the workflow. Each event becomes one item.',
    },
    {
      displayName: 'Message Kinds',
      name: 'messageKinds',
      type: 'multiOptions',
      displayOptions: { show: { events: [MESSAGE_RECEIVED, MESSAGE_CHANGED] } },
      options: KIND_CHOICES.filter(({ value }) => kinds.includes(value)).map(plain),
      default: [],
      description: 'Start only for messages of these kinds. Leave empty for all.',
    },
    {
      displayName: 'Statuses',
      name: 'statuses',
      type: 'multiOptions',
      displayOptions: { show: { events: [MESSAGE_STATUS] } },
      options: STATUS_CHOICES.map(plain),
      // How a message ended, without the steps on the way: every status costs an execution.
      default: ['delivered', 'read', 'failed', 'unknown'],
      description: 'Start only for these statuses. Leave empty for all: several per message.',
    },
    triggerOptions(inbound, ofChannel !== undefined),
  ];
}
