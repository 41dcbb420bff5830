import type { IExecuteFunctions } from 'n8n-workflow';
import type { ConversationView } from '../../../../contract/api.ts';
import { itemParameters, type Operation, type Output } from '../../../shared/operation.ts';
import { parleyRequest } from '../../../shared/transport.ts';
import { conversationField, conversationId, conversationOutput, conversationPath } from '../../conversations.ts';

async function run(context: IExecuteFunctions, itemIndex: number): Promise<Output[]> {
  const parameters = itemParameters(context, itemIndex);
  const path = conversationPath(conversationId(parameters));
  const body = { owner: parameters.required('owner', 'Owner') };
  const view = await parleyRequest<ConversationView>(context, { method: 'PATCH', path, body, itemIndex });
  return [{ json: conversationOutput(view, true) }];
}

export const setOwnerOperation: Operation = {
  value: 'setOwner',
  name: 'Set Owner',
  action: 'Set the owner of a conversation',
  description: 'Hand a conversation to a person, so that workflows keep silent, or back to the bot',
  fields: [
    conversationField,
    {
      displayName: 'Owner',
      name: 'owner',
      type: 'options',
      options: [
        { name: 'Bot', value: 'bot', description: 'Workflows hear it and may write again' },
        {
          name: 'Person',
          value: 'human',
          description: "Triggers keep silent, and only messages 'Written by a Person' are sent",
        },
      ],
      default: 'human',
      description: 'Who answers from now on',
    },
  ],
  run,
};
