/** What every send of the node has: how it goes where the channel or the session does not allow it, and its options. */
import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { SendMessage } from '../../../../contract/api.ts';
import type { OutboundContent } from '../../../../contract/message.ts';
import type { AnyAccount } from '../../../shared/account.ts';
import { sendOptionsField, threadField } from '../../../shared/descriptions.ts';
import { itemParameters } from '../../../shared/operation.ts';
import { expiryOf, offeredOptions, send, sendMessage, sentOutput } from '../../../shared/sending.ts';
import { sessionClosedFields } from '../../../shared/session-closed.ts';

const OFFER = { people: true };

export const degradeField: INodeProperties = {
  displayName: 'If the Channel Lacks It',
  name: 'ifLacking',
  type: 'options',
  options: [
    { name: 'Refuse', value: 'refuse', description: 'The node fails and names what the channel lacks' },
    {
      name: 'Use the Nearest Form',
      value: 'degrade',
      description: 'Buttons become quick replies, or a numbered text that the contact answers by a number',
    },
  ],
  default: 'refuse',
  description: "What to do when the contact's channel has no such messages, or not of that size",
};

/** Not every account has threads. */
const threadOption: INodeProperties = {
  ...threadField,
  description:
    "Which conversation with the contact, on channels where an account has several: the 'thread' of a trigger. Other channels refuse it.",
  displayOptions: { show: { '/sendTo': ['address'] } },
};

export const sendFields: INodeProperties[] = [...sessionClosedFields(false), sendOptionsField(OFFER, [threadOption])];

/** Hands the message of an item to the service; answers the output. */
export async function sendItem(
  context: IExecuteFunctions,
  itemIndex: number,
  account: AnyAccount | undefined,
  content: OutboundContent,
  extra: Pick<SendMessage, 'degrade' | 'wait'> = {},
): Promise<IDataObject> {
  const parameters = itemParameters(context, itemIndex);
  const options = parameters.group('options');
  const message = sendMessage(account, parameters, content, {
    ...(parameters.text('ifLacking') === 'degrade' && { degrade: true }),
    ...(parameters.text('ifSessionClosed') === 'hold' && { ifSessionClosed: 'hold' }),
    expiresAt: expiryOf(context, parameters),
    ...offeredOptions(options, OFFER),
    ...extra,
  });
  const accepted = await send(context, account, itemIndex, message, options.optional('idempotencyKey'));
  return { ...sentOutput(accepted, message), sentAs: accepted.sentAs ?? content.type };
}
