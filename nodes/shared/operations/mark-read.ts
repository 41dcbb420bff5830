import type { INodeProperties } from 'n8n-workflow';
import type { MarkRead } from '../../../contract/api.ts';
import { messageIdField } from '../content/text.ts';
import { itemParameters, type Operation } from '../operation.ts';
import { compact, type Parameters } from '../parameters.ts';
import { accountRequest } from '../transport.ts';
import type { AccountGetter } from '../account-getter.ts';

/** How typing is shown beside a read mark: the fields, and what they say. */
export interface TypingForm {
  fields: INodeProperties[];
  typing(parameters: Parameters): boolean | undefined;
}

/** Where typing ends by itself. */
export const typingSwitch: TypingForm = {
  fields: [
    {
      displayName: 'Show Typing',
      name: 'typing',
      type: 'boolean',
      default: false,
      description: 'Whether to show that you are typing, until the next message or for 25 seconds',
    },
  ],
  typing: (parameters) => parameters.flag('typing'),
};

const SHOWN: Record<string, boolean> = { show: true, hide: false };

/** Where typing can also be taken back. */
export const typingChoice: TypingForm = {
  fields: [
    {
      displayName: 'Typing',
      name: 'typing',
      type: 'options',
      options: [
        { name: 'Hide', value: 'hide', description: 'No answer is being written any more' },
        { name: 'Leave', value: 'leave', description: 'As it is' },
        { name: 'Show', value: 'show', description: 'An answer is being written; ends with the next message' },
      ],
      default: 'leave',
      description: 'What the contact sees below the chat',
    },
  ],
  typing: (parameters) => SHOWN[parameters.text('typing')],
};

/** 'Mark as Read'. */
export function markReadOperation(
  accountOf: AccountGetter,
  { fields, typing }: TypingForm,
  description = 'Show the contact that the message was read, and that an answer is being written',
): Operation {
  return {
    value: 'markRead',
    name: 'Mark as Read',
    action: 'Mark a message as read',
    description,
    fields: [messageIdField, ...fields],
    run: async (context, itemIndex) => {
      const account = await accountOf(context);
      const parameters = itemParameters(context, itemIndex);
      const said = compact({
        messageId: parameters.required('messageId', 'Message ID').trim(),
        typing: typing(parameters),
      });
      const body: MarkRead = { account: account.ref, ...said };
      await accountRequest(context, account, { method: 'POST', path: '/v1/messages/read', body, itemIndex });
      return [{ json: { read: true, ...said } }];
    },
  };
}
