/** The choices of a trigger: events in the user's words, and the types of the service that each stands for. */
import type { INodePropertyOptions } from 'n8n-workflow';
import { EVENT_TYPES, type EventType } from '../../../contract/event.ts';
import { INBOUND_KINDS, type InboundKind, type MessageStatus } from '../../../contract/message.ts';

/** One choice of the parameter 'Events'. */
export interface EventChoice extends INodePropertyOptions {
  value: string;
  types: readonly EventType[];
}

export const MESSAGE_RECEIVED = 'messageReceived';
export const MESSAGE_CHANGED = 'messageChanged';
export const MESSAGE_STATUS = 'messageStatus';

/** A word of the service as people read it: `call_permission` becomes 'Call Permission'. */
function titleOf(word: string): string {
  return word
    .split(/[._]/)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join(' ');
}

const byName = (a: { name: string }, b: { name: string }): number => a.name.localeCompare(b.name);

const NAMED: readonly EventChoice[] = [
  {
    name: 'Account Alert or Change',
    value: 'account',
    description: 'The provider warned about the account, limited it, or its profile changed',
    types: ['account.alert', 'account.changed'],
  },
  {
    name: 'Call',
    value: 'call',
    description: 'A contact calls, a call ended, or its recording is there',
    types: ['call'],
  },
  {
    name: 'Contact Identity Changed',
    value: 'contactIdentity',
    description: 'A contact has a new number or user ID; the conversation goes on',
    types: ['contact.identity_changed'],
  },
  {
    name: 'Contact Preference',
    value: 'contactPreference',
    description: 'A contact stopped or resumed marketing messages',
    types: ['contact.preference'],
  },
  {
    name: 'Contact Typing',
    value: 'contactTyping',
    description: 'A contact began to write or stopped, on channels that tell it',
    types: ['contact.typing'],
  },
  {
    name: 'Conversation Control',
    value: 'conversationControl',
    description: 'The conversation passed to another app, to a person, or back, or the contact left it',
    types: ['conversation.control'],
  },
  {
    name: 'Conversation Members',
    value: 'conversationMembers',
    description: 'People came into a conversation of several, or went, on channels that have such',
    types: ['conversation.members'],
  },
  {
    name: 'Link Clicked',
    value: 'linkClicked',
    description: 'A contact came by a link with a reference, or followed one in a message',
    types: ['link.clicked'],
  },
  {
    name: 'Message Edited or Deleted',
    value: MESSAGE_CHANGED,
    description: 'A contact changed or took back a message, or the business took back one of its own',
    types: ['message.edited', 'message.deleted'],
  },
  {
    name: 'Message Received',
    value: MESSAGE_RECEIVED,
    description: 'A contact wrote, tapped a button, chose from a list, sent a file, a form, an order…',
    types: ['message.received'],
  },
  {
    name: 'Message Sent Elsewhere',
    value: 'messageEcho',
    description:
      'The business wrote from another place, e.g. the app on the phone, or changed there what it had written',
    types: ['message.echo'],
  },
  {
    name: 'Message Status',
    value: MESSAGE_STATUS,
    description: 'A message of yours was sent, delivered, read, or failed',
    types: ['message.status'],
  },
  {
    name: 'Payment Updated',
    value: 'payment',
    description: 'What a contact was asked to pay was paid, failed, or was refunded',
    types: ['payment.updated'],
  },
  {
    name: 'Template Status or Quality',
    value: 'template',
    description: 'A template was approved, rejected, paused, or its quality or category changed',
    types: ['template.status', 'template.quality', 'template.changed'],
  },
  {
    name: 'Unsupported Event',
    value: 'unsupported',
    description: "Something this version does not know; turn on 'Include Raw Event' to see it",
    types: ['unsupported'],
  },
];

const isNamed = (type: EventType): boolean => NAMED.some(({ types }) => types.includes(type));

/** Sorted by name. A type that no choice names is a choice of its own. */
export const EVENT_CHOICES: readonly EventChoice[] = [
  ...NAMED,
  ...EVENT_TYPES.filter((type) => !isNamed(type)).map((type) => ({ name: titleOf(type), value: type, types: [type] })),
].sort(byName);

/** The service's types for the chosen values; unknown values count for nothing. Pure. */
export function eventTypes(chosen: readonly string[]): EventType[] {
  return EVENT_CHOICES.filter((choice) => chosen.includes(choice.value)).flatMap((choice) => choice.types);
}

/** Kinds that people know by another name than the service's word. */
const KIND_NAMES: Partial<Record<InboundKind, string>> = {
  audio: 'Audio or Voice Note',
  button: 'Button Tapped',
  request_welcome: 'Chat Opened',
  contacts: 'Contact Card',
  choices: 'Several Choices',
  time_slot: 'Time Chosen',
  payment: 'Answer to a Payment Request',
  authentication: 'Answer to a Sign-in Request',
  list: 'List Choice',
  share: 'Shared Post, Page or Product',
  system: 'System Notice',
};

/** Sorted by name. */
export const KIND_CHOICES: readonly (INodePropertyOptions & { value: InboundKind })[] = INBOUND_KINDS.map((kind) => ({
  name: KIND_NAMES[kind] ?? titleOf(kind),
  value: kind,
})).sort(byName);

/** Sorted by name. */
export const STATUS_CHOICES: readonly (INodePropertyOptions & { value: MessageStatus })[] = [
  { name: 'Delivered', value: 'delivered' },
  { name: 'Failed', value: 'failed', description: 'The message will not arrive; the reason is in the event' },
  { name: 'Held', value: 'held', description: 'Kept until the contact writes' },
  { name: 'Played', value: 'played', description: 'A voice note was listened to' },
  { name: 'Queued', value: 'queued' },
  { name: 'Read', value: 'read' },
  { name: 'Sent', value: 'sent' },
  { name: 'Uncertain', value: 'uncertain', description: 'The provider did not answer; its status will tell' },
  { name: 'Unknown', value: 'unknown', description: 'The provider never told what became of the message' },
];
