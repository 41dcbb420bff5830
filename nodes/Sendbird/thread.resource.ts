/** 'Thread': the group channels in which the account writes. */
import type { INodeProperties } from 'n8n-workflow';
import { accountAction } from '../shared/actions.ts';
import { itemParameters, type Operation, type Resource } from '../shared/operation.ts';
import { ParameterError, compact, type Parameters } from '../shared/parameters.ts';
import { sendbirdAccount } from './account.ts';

const userIds: INodeProperties = {
  displayName: 'User IDs',
  name: 'userIds',
  type: 'string',
  default: '',
  required: true,
  placeholder: 'e.g. user-42, user-43',
  description: 'The IDs of users of the app, separated by commas',
};

const thread: INodeProperties = {
  displayName: 'Thread',
  name: 'thread',
  type: 'string',
  default: '={{ $json.thread }}',
  required: true,
  description: "The URL of the channel: the 'thread' of a trigger or of 'Thread: Open'",
};

function usersIn(parameters: Parameters): string[] {
  const ids = parameters.required('userIds', 'User IDs').split(/[,\n]+/);
  const users = ids.map((id) => id.trim()).filter((id) => id !== '');
  if (users.length > 0) return users;
  throw new ParameterError("The field 'User IDs' names nobody", 'Give the ID of one user at least. Nothing was done.');
}

const open: Operation = {
  value: 'open',
  name: 'Open',
  action: 'Open a thread',
  description:
    'Open a channel with users of the app, or find the one that these very users have: the thread to write in',
  fields: [
    userIds,
    {
      displayName: 'Name',
      name: 'name',
      type: 'string',
      default: '',
      placeholder: 'e.g. Order A-77',
      description: 'What the channel is called',
    },
    {
      displayName: 'Custom Type',
      name: 'customType',
      type: 'string',
      default: '',
      description: "The channel's custom type, by which the app decides how to show it",
    },
    {
      displayName: 'Always a New One',
      name: 'anew',
      type: 'boolean',
      default: false,
      description: 'Whether to open another channel though the same users have one already',
    },
  ],
  run: async (context, itemIndex) => {
    const account = await sendbirdAccount(context);
    const parameters = itemParameters(context, itemIndex);
    const [name, customType] = ['name', 'customType'].map((field) => parameters.optional(field)?.trim());
    const anew = parameters.flag('anew') ? true : undefined;
    const input = compact({ userIds: usersIn(parameters), name, customType, anew });
    return [{ json: await accountAction(context, account, itemIndex, 'thread.open', input) }];
  },
};

const invite: Operation = {
  value: 'invite',
  name: 'Invite',
  action: 'Invite users into a thread',
  description: 'Bring further users, such as an agent, into a channel',
  fields: [thread, userIds],
  run: async (context, itemIndex) => {
    const account = await sendbirdAccount(context);
    const parameters = itemParameters(context, itemIndex);
    const input = { thread: parameters.required('thread', 'Thread'), userIds: usersIn(parameters) };
    return [{ json: await accountAction(context, account, itemIndex, 'member.invite', input) }];
  },
};

const members: Operation = {
  value: 'getMembers',
  name: 'Get Members',
  action: 'Get the members of a thread',
  description: 'List up to 100 members of a channel, one item each',
  fields: [thread],
  run: async (context, itemIndex) => {
    const account = await sendbirdAccount(context);
    const input = { thread: itemParameters(context, itemIndex).required('thread', 'Thread') };
    const answer = await accountAction<{ members: Member[] }>(context, account, itemIndex, 'member.list', input);
    return answer.members.map((member) => ({ json: { ...member } }));
  },
};

interface Member {
  userId: string;
  name?: string;
  state?: string;
}

export const threadResource: Resource = {
  value: 'thread',
  name: 'Thread',
  operations: [members, invite, open],
  defaultOperation: open.value,
};
