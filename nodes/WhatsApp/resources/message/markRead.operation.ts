import type { IExecuteFunctions } from 'n8n-workflow';
import type { MarkRead } from '../../../../contract/api.ts';
import { messageIdField } from '../../../shared/content/text.ts';
import { itemParameters, type Operation, type Output } from '../../../shared/operation.ts';
import { accountRequest } from '../../../shared/transport.ts';
import { whatsAppAccount } from '../../account.ts';

async function run(context: IExecuteFunctions, itemIndex: number): Promise<Output[]> {
  const account = await whatsAppAccount(context);
  const parameters = itemParameters(context, itemIndex);
  const messageId = parameters.required('messageId', 'Message ID').trim();
  const typing = parameters.flag('typing');
  const body: MarkRead = { account: account.ref, messageId, typing };
  await accountRequest(context, account, { method: 'POST', path: '/v1/messages/read', body, itemIndex });
  return [{ json: { read: true, typing, messageId } }];
}

export const markReadOperation: Operation = {
  value: 'markRead',
  name: 'Mark as Read',
  action: 'Mark a message as read',
  description: 'Show the contact the blue ticks, and that an answer is being written',
  fields: [
    messageIdField,
    {
      displayName: 'Show Typing',
      name: 'typing',
      type: 'boolean',
      default: false,
      description: 'Whether to show that you are typing, until the next message or for 25 seconds',
    },
  ],
  run,
};
