import type { Resource } from '../../../shared/operation.ts';
import { getManyOperation } from './getMany.operation.ts';
import { getMessagesOperation } from './getMessages.operation.ts';
import { getOperation } from './get.operation.ts';
import { setOwnerOperation } from './setOwner.operation.ts';

export const conversationResource: Resource = {
  value: 'conversation',
  name: 'Conversation',
  operations: [getOperation, getManyOperation, getMessagesOperation, setOwnerOperation],
  defaultOperation: getOperation.value,
};
