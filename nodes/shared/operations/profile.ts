/** An account's profile at the provider: what people see and can tap before they write. */
import type { IDataObject } from 'n8n-workflow';
import { accountAction } from '../actions.ts';
import { itemParameters, type Operation, type Resource } from '../operation.ts';
import { compact, ParameterError } from '../parameters.ts';
import type { AccountGetter } from '../account-getter.ts';
import type { ProfilePart } from './profile-fields.ts';

function deleteOperation(accountOf: AccountGetter, parts: readonly ProfilePart[]): Operation {
  return {
    value: 'delete',
    name: 'Delete',
    action: 'Delete parts of the profile',
    description: 'Remove parts of the profile',
    fields: [
      {
        displayName: 'Parts',
        name: 'parts',
        type: 'multiOptions',
        required: true,
        options: parts.map(({ part, name, description }) => ({ name, value: part, description })),
        default: [],
        description: 'What to remove',
      },
    ],
    run: async (context, itemIndex) => {
      const account = await accountOf(context);
      const chosen = itemParameters(context, itemIndex).words('parts');
      if (chosen.length === 0) throw new ParameterError('No part is chosen', "Choose in 'Parts' what to remove.");
      await accountAction(context, account, itemIndex, 'profile.remove', { parts: chosen });
      return [{ json: { deleted: true, parts: chosen } }];
    },
  };
}

function getOperation(accountOf: AccountGetter): Operation {
  return {
    value: 'get',
    name: 'Get',
    action: 'Get the profile',
    description: 'Read what people see and can tap before they write',
    fields: [],
    run: async (context, itemIndex) => {
      const account = await accountOf(context);
      const { profile } = await accountAction<{ profile: IDataObject }>(context, account, itemIndex, 'profile.get');
      return [{ json: profile }];
    },
  };
}

function setOperation(accountOf: AccountGetter, parts: readonly ProfilePart[]): Operation {
  return {
    value: 'set',
    name: 'Set',
    action: 'Set parts of the profile',
    description: 'Set what people see and can tap before they write; parts that are left empty stay as they are',
    fields: parts.map(({ field }) => field),
    run: async (context, itemIndex) => {
      const account = await accountOf(context);
      const parameters = itemParameters(context, itemIndex);
      const input = compact(Object.fromEntries(parts.map(({ part, build }) => [part, build(parameters)])));
      if (Object.keys(input).length === 0) {
        throw new ParameterError(
          'There is nothing to set',
          `Fill in ${parts.map(({ name }) => `'${name}'`).join(' or ')}.`,
        );
      }
      await accountAction(context, account, itemIndex, 'profile.set', input);
      return [{ json: { set: true, parts: Object.keys(input) } }];
    },
  };
}

/** 'Profile: Delete, Get, Set'. */
export function profileResource(accountOf: AccountGetter, parts: readonly ProfilePart[]): Resource {
  const set = setOperation(accountOf, parts);
  return {
    value: 'profile',
    name: 'Profile',
    operations: [deleteOperation(accountOf, parts), getOperation(accountOf), set],
    defaultOperation: set.value,
  };
}
