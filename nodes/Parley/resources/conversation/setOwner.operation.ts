import type { IExecuteFunctions } from 'n8n-workflow';
import type { ConversationView } from '../../../../contract/api.ts';
import { itemParameters, type Operation, type Output } from '../../../shared/operation.ts';
import { parleyRequest } from '../../../shared/transport.ts';
import { conversationField, conversationId, conversationOutput, conversationPath } from '../../conversations.ts';

async function run(context: IExecuteFunctions, itemIndex: number): Promise<Output[]> {
  const parameters = itemParameters(context, itemIndex);
  const path = conversationPath(conversationId(parameters));
  const body = { owner: parameters.required('owner', 'Owner') };
  const version = parameters.group('options').optional('version')?.trim();
  const headers = version === undefined ? undefined : { 'if-match': `"${version}"` };
  const view = await parleyRequest<ConversationView>(context, { method: 'PATCH', path, body, headers, itemIndex });
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
    {
      displayName: 'Options',
      name: 'options',
      type: 'collection',
      placeholder: 'Add Option',
      default: {},
      options: [
        {
          displayName: 'Only If Unchanged Since Version',
          name: 'version',
          type: 'string',
          default: '={{ $json.version }}',
          placeholder: 'e.g. 3',
          description:
            "The 'version' of the conversation as you read it, e.g. by 'Get'. When its owner changed since, nothing is done and the error says who answers now.",
        },
      ],
    },
  ],
  run,
};
