/** The parameters that every channel's trigger has; a channel names the events and kinds that exist there. */
import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import type { InboundKind } from '../../../contract/message.ts';
import {
  EVENT_CHOICES,
  KIND_CHOICES,
  MESSAGE_CHANGED,
  MESSAGE_RECEIVED,
  MESSAGE_STATUS,
  STATUS_CHOICES,
} from './events.ts';

/** What is not on a channel. */
export interface Absent {
  events?: readonly string[];
  kinds?: readonly InboundKind[];
  /** Names of options. */
  options?: readonly string[];
}

function without(choices: readonly INodePropertyOptions[], absent: readonly string[] = []): INodePropertyOptions[] {
  return choices
    .filter((choice) => !absent.includes(String(choice.value)))
    .map(({ name, value, description }) => ({ name, value, ...(description === undefined ? {} : { description }) }));
}

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

function optionsField(absent: readonly string[] = []): INodeProperties {
  return {
    displayName: 'Options',
    name: 'options',
    type: 'collection',
    placeholder: 'Add option',
    default: {},
    options: OPTIONS.filter((option) => !absent.includes(option.name)),
  };
}

/** Parameters of a trigger, read by `subscriptionWish` and `receiveDelivery`. */
export function triggerProperties(absent: Absent = {}): INodeProperties[] {
  return [
    {
      displayName: 'Events',
      name: 'events',
      type: 'multiOptions',
      required: true,
      options: without(EVENT_CHOICES, absent.events),
      default: [MESSAGE_RECEIVED],
      description: 'What starts the workflow. Each event becomes one item.',
    },
    {
      displayName: 'Message Kinds',
      name: 'messageKinds',
      type: 'multiOptions',
      displayOptions: { show: { events: [MESSAGE_RECEIVED, MESSAGE_CHANGED] } },
      options: without(KIND_CHOICES, absent.kinds),
      default: [],
      description: 'Start only for messages of these kinds. Leave empty for all.',
    },
    {
      displayName: 'Statuses',
      name: 'statuses',
      type: 'multiOptions',
      displayOptions: { show: { events: [MESSAGE_STATUS] } },
      options: without(STATUS_CHOICES),
      // How a message ended, without the steps on the way: every status costs an execution.
      default: ['delivered', 'read', 'failed', 'unknown'],
      description: 'Start only for these statuses. Leave empty for all: several per message.',
    },
    optionsField(absent.options),
  ];
}
