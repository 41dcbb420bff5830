import type { IExecuteFunctions } from 'n8n-workflow';
import type { MessageView } from '../../contract/api.ts';
import { accountAction } from '../shared/actions.ts';
import type { ChannelAccount } from '../shared/account.ts';
import { itemParameters, type Operation, type Output } from '../shared/operation.ts';
import { ParameterError } from '../shared/parameters.ts';
import { accountRequest } from '../shared/transport.ts';
import { twilioAccount } from './account.ts';

const OWN_ID = /^msg_/;

/** Twilio's id of a message that is named by Parley's. */
async function sidOf(
  context: IExecuteFunctions,
  account: ChannelAccount,
  itemIndex: number,
  id: string,
): Promise<string> {
  if (!OWN_ID.test(id)) return id;
  const path = `/v1/messages/${encodeURIComponent(id)}`;
  const view = await accountRequest<MessageView>(context, account, { method: 'GET', path, itemIndex });
  if (view.providerMessageId !== undefined) return view.providerMessageId;
  throw new ParameterError(
    `Twilio does not have the message '${id}': it is ${view.status}`,
    'Only a message that was handed to Twilio with a time of its own can be cancelled.',
  );
}

async function run(context: IExecuteFunctions, itemIndex: number): Promise<Output[]> {
  const account = await twilioAccount(context);
  const id = itemParameters(context, itemIndex).required('messageId', 'Message ID').trim();
  const messageId = await sidOf(context, account, itemIndex, id);
  const { status } = await accountAction<{ status: string }>(context, account, itemIndex, 'message.cancel', {
    messageId,
  });
  return [{ json: { messageId: id, providerMessageId: messageId, status } }];
}

export const cancelOperation: Operation = {
  value: 'cancel',
  name: 'Cancel Scheduled',
  action: 'Cancel a scheduled message',
  description: "Take back a message that was sent with 'Send At', before its time has come",
  fields: [
    {
      displayName: 'Message ID',
      name: 'messageId',
      type: 'string',
      default: '',
      required: true,
      placeholder: 'e.g. {{ $json.messageId }}',
      description: "The 'messageId' that the send gave, or Twilio's own (SM…)",
    },
  ],
  run,
};
