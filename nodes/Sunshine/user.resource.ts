/** 'User' and 'Thread': people of the app, and the conversations with them. */
import type { INodeProperties } from 'n8n-workflow';
import { listField } from '../shared/collections.ts';
import { accountAction } from '../shared/actions.ts';
import { itemParameters, type Operation, type Resource } from '../shared/operation.ts';
import { ParameterError, compact } from '../shared/parameters.ts';
import { sunshineAccount } from './account.ts';

const userId: INodeProperties = {
  displayName: 'User ID',
  name: 'userId',
  type: 'string',
  default: '={{ $json.from }}',
  required: true,
  description: 'The ID of a user, or the external ID by which you know them',
};

const metadataField = listField(
  {
    displayName: 'Metadata',
    name: 'metadata',
    description: 'What to keep with the user; triggers give it in attributes',
  },
  { displayName: 'Entry', name: 'entry' },
  [
    { displayName: 'Name', name: 'name', type: 'string', default: '', placeholder: 'e.g. crmId' },
    { displayName: 'Value', name: 'value', type: 'string', default: '' },
  ],
);

const get: Operation = {
  value: 'get',
  name: 'Get',
  action: 'Get a user',
  description: 'Read a user: profile, metadata, external ID',
  fields: [userId],
  run: async (context, itemIndex) => {
    const account = await sunshineAccount(context);
    const input = { userId: itemParameters(context, itemIndex).required('userId', 'User ID') };
    const { user } = await accountAction<{ user: object }>(context, account, itemIndex, 'user.get', input);
    return [{ json: { ...user } }];
  },
};

const update: Operation = {
  value: 'update',
  name: 'Update',
  action: 'Update a user',
  description: 'Keep something with a user, such as the ID in your CRM',
  fields: [userId, metadataField],
  run: async (context, itemIndex) => {
    const account = await sunshineAccount(context);
    const parameters = itemParameters(context, itemIndex);
    const entries = parameters
      .list('metadata', 'entry')
      .map((one) => [one.required('name', 'Name'), one.text('value')]);
    if (entries.length === 0)
      throw new ParameterError("The field 'Metadata' is empty", 'Add an entry. Nothing was done.');
    const input = { userId: parameters.required('userId', 'User ID'), metadata: Object.fromEntries(entries) };
    const { user } = await accountAction<{ user: object }>(context, account, itemIndex, 'user.update', input);
    return [{ json: { ...user } }];
  },
};

const open: Operation = {
  value: 'open',
  name: 'Open',
  action: 'Open a thread',
  description: "Find the user's conversation, or make one: the thread to write in",
  fields: [
    userId,
    {
      displayName: 'Always a New One',
      name: 'anew',
      type: 'boolean',
      default: false,
      description: 'Whether to make another conversation though there is one already',
    },
  ],
  run: async (context, itemIndex) => {
    const account = await sunshineAccount(context);
    const parameters = itemParameters(context, itemIndex);
    const anew = parameters.flag('anew') ? true : undefined;
    const input = compact({ userId: parameters.required('userId', 'User ID'), anew });
    return [{ json: await accountAction(context, account, itemIndex, 'thread.open', input) }];
  },
};

const notify: Operation = {
  value: 'notify',
  name: 'Notify',
  action: 'Write first to a number',
  description: 'Write to somebody whom the app does not know yet; what they answer is a conversation',
  fields: [
    {
      displayName: 'To',
      name: 'address',
      type: 'string',
      default: '',
      required: true,
      placeholder: 'e.g. +15550001111',
      description: 'The phone number with + and its country code',
    },
    {
      displayName: 'Text',
      name: 'text',
      type: 'string',
      typeOptions: { rows: 3 },
      default: '',
      required: true,
      description: 'What is said. On WhatsApp only templates may come first: send them through the API.',
    },
  ],
  run: async (context, itemIndex) => {
    const account = await sunshineAccount(context);
    const parameters = itemParameters(context, itemIndex);
    const input = { to: parameters.required('address', 'To').trim(), text: parameters.required('text', 'Text') };
    const answer = await accountAction<object>(context, account, itemIndex, 'notification.send', input);
    return [{ json: { ...answer, to: input.to } }];
  },
};

export const userResource: Resource = {
  ...{ value: 'user', name: 'User', operations: [get, update], defaultOperation: 'get' },
};

export const threadResource: Resource = {
  ...{ value: 'thread', name: 'Thread', operations: [notify, open], defaultOperation: 'open' },
};
