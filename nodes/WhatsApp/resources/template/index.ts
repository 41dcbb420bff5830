import type { Resource } from '../../../shared/operation.ts';
import { createOperation } from './create.operation.ts';
import { deleteOperation } from './delete.operation.ts';
import { getManyOperation } from './getMany.operation.ts';
import { getOperation } from './get.operation.ts';
import { updateOperation } from './update.operation.ts';

export const templateResource: Resource = {
  value: 'template',
  name: 'Template',
  operations: [createOperation, deleteOperation, getOperation, getManyOperation, updateOperation],
  defaultOperation: getManyOperation.value,
};
