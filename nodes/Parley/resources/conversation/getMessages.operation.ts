import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { MessageView } from '../../../../contract/api.ts';
import type { InboundContent } from '../../../../contract/message.ts';
import { itemParameters, type Operation, type Output } from '../../../shared/operation.ts';
import { listFields, listItems } from '../../../shared/operations/get-many.ts';
import { compact } from '../../../shared/parameters.ts';
import { kindFields, wordsOf } from '../../../shared/simplify.ts';
import { parleyPages } from '../../../shared/transport.ts';
import { conversationField, conversationId, conversationPath } from '../../conversations.ts';

/** The whole of it, or flat with the names that a trigger's items have. Pure. */
function messageOutput(view: MessageView, simplify: boolean): IDataObject {
  if (!simplify) return { ...view };
  // What is read of a content here, both directions have alike.
  const content = view.content as InboundContent;
  const { id, direction, status, error } = view;
  return compact({
    direction,
    text: wordsOf(content),
    kind: content.type,
    ...(direction === 'inbound' ? kindFields(content) : {}),
    status,
    errorCode: error?.code,
    errorMessage: error?.message,
    messageId: id,
    conversationId: view.conversationId,
    at: view.createdAt,
    statusAt: view.statusAt,
    metadata: view.metadata,
  });
}

async function run(context: IExecuteFunctions, itemIndex: number): Promise<Output[]> {
  const parameters = itemParameters(context, itemIndex);
  const path = `${conversationPath(conversationId(parameters))}/messages`;
  const read = (limit?: number) => parleyPages<MessageView>(context, { method: 'GET', path, itemIndex }, limit);
  const newestFirst = await listItems(parameters, read, messageOutput);
  return parameters.text('order') === 'oldest' ? newestFirst.reverse() : newestFirst;
}

export const getMessagesOperation: Operation = {
  value: 'getMessages',
  name: 'Get Messages',
  action: 'Get the messages of a conversation',
  description: 'Get the transcript: what the contact and the business wrote',
  fields: [
    conversationField,
    ...listFields({
      displayName: 'Order',
      name: 'order',
      type: 'options',
      options: [
        { name: 'Newest First', value: 'newest' },
        { name: 'Oldest First', value: 'oldest', description: 'As one reads it, e.g. to give it to a language model' },
      ],
      default: 'newest',
      description: 'How to sort what is returned. With a limit, it is always the newest messages that are returned.',
    }),
  ],
  run,
};
