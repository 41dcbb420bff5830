/** To whom the node sends, and which account that is: a conversation or a contact say it themselves. */
import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { ConversationView, Page } from '../../contract/api.ts';
import type { AnyAccount } from '../shared/account.ts';
import { itemFiles } from '../shared/binary.ts';
import { showFor, type Files } from '../shared/content/kind.ts';
import { ParameterError, type Parameters } from '../shared/parameters.ts';
import { recipientOf } from '../shared/sending.ts';
import { parleyRequest } from '../shared/transport.ts';
import { accountOf, oneAccountField } from './accounts.ts';
import { conversationField, conversationPath } from './conversations.ts';

export const recipientFields: INodeProperties[] = [
  {
    displayName: 'Send To',
    name: 'sendTo',
    type: 'options',
    options: [
      { name: 'Address', value: 'address', description: 'A phone number or user ID, from an account of your choice' },
      { name: 'Contact', value: 'contact', description: 'On the channel on which they were last heard' },
      { name: 'Conversation', value: 'conversation', description: 'On the channel and the account that it is on' },
    ],
    default: 'conversation',
    description: 'How to name the contact',
  },
  ...showFor([conversationField], { sendTo: ['conversation'] }),
  ...showFor(
    [
      {
        displayName: 'Contact ID',
        name: 'contactId',
        type: 'string',
        default: '',
        required: true,
        placeholder: 'e.g. {{ $json.contactId }}',
        description: "The value of 'contactId' of a conversation or a session",
      },
      {
        ...oneAccountField,
        required: false,
        description: 'The account to send from. Empty: the one on which the contact was last heard.',
      },
    ],
    { sendTo: ['contact'] },
  ),
  ...showFor(
    [
      oneAccountField,
      {
        displayName: 'To',
        name: 'to',
        type: 'string',
        default: '',
        required: true,
        placeholder: 'e.g. +15550001111',
        description: "The phone number with + and its country code, or the channel's user ID, e.g. 'from' of a trigger",
      },
    ],
    { sendTo: ['address'] },
  ),
];

/** The account that the fields choose; undefined: the recipient says it. */
export async function chosenAccount(
  context: IExecuteFunctions,
  parameters: Parameters,
  itemIndex: number,
): Promise<AnyAccount | undefined> {
  const sendTo = parameters.text('sendTo');
  if (sendTo === 'conversation') return undefined;
  const ref = await accountOf(context, parameters.group('account'), itemIndex);
  if (ref) return { ref };
  if (sendTo === 'contact') return undefined;
  throw new ParameterError("The field 'Account' is empty", "Choose in 'Account' what to send from.");
}

/** The conversation that the message will be in, as far as it is there. */
async function conversationOf(
  context: IExecuteFunctions,
  parameters: Parameters,
  itemIndex: number,
): Promise<ConversationView | undefined> {
  const to = recipientOf(parameters);
  if (typeof to === 'string') return undefined;
  if ('conversationId' in to) {
    const path = conversationPath(to.conversationId);
    return await parleyRequest<ConversationView>(context, { method: 'GET', path, itemIndex });
  }
  const query = { contactId: to.contactId, limit: 1 };
  const request = { method: 'GET', path: '/v1/conversations', query, itemIndex } as const;
  const [lastHeard] = (await parleyRequest<Page<ConversationView>>(context, request)).data;
  return lastHeard;
}

/** A file goes up to one account: that of the conversation. */
async function accountForFiles(
  context: IExecuteFunctions,
  parameters: Parameters,
  itemIndex: number,
): Promise<AnyAccount> {
  const conversation = await conversationOf(context, parameters, itemIndex);
  if (conversation) return { ref: { channel: conversation.channel, externalId: conversation.account.externalId } };
  throw new ParameterError(
    'A file from a binary field needs an account to go up to, and there is no conversation yet that says it',
    "Choose an 'Account', or take the file from a URL.",
  );
}

/** The files of the item; the account is looked up for the first that goes up. */
export function recipientFiles(
  context: IExecuteFunctions,
  parameters: Parameters,
  chosen: AnyAccount | undefined,
  itemIndex: number,
): Files {
  return {
    has: (field) => context.getInputData()[itemIndex]?.binary?.[field] !== undefined,
    upload: async (field) => {
      const account = chosen ?? (await accountForFiles(context, parameters, itemIndex));
      return await itemFiles(context, account, itemIndex).upload(field);
    },
  };
}
