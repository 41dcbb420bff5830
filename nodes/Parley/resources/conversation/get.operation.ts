import type { IExecuteFunctions } from 'n8n-workflow';
import type { ConversationView } from '../../../../contract/api.ts';
import { simplifyField } from '../../../shared/descriptions.ts';
import { itemParameters, type Operation, type Output } from '../../../shared/operation.ts';
import { parleyRequest } from '../../../shared/transport.ts';
import { conversationField, conversationId, conversationOutput, conversationPath } from '../../conversations.ts';

async function run(context: IExecuteFunctions, itemIndex: number): Promise<Output[]> {
  const parameters = itemParameters(context, itemIndex);
  const path = conversationPath(conversationId(parameters));
  const view = await parleyRequest<ConversationView>(context, { method: 'GET', path, itemIndex });
  return [{ json: conversationOutput(view, parameters.flag('simplify')) }];
}

export const getOperation: Operation = {
  value: 'get',
  name: 'Get',
  action: 'Get a conversation',
  description: 'Get with whom it is, on which account, who answers, and whether the session is open',
  fields: [conversationField, simplifyField],
  run,
};
