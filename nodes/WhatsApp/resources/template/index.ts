import type { Resource } from '../../../shared/operation.ts';
import { getTemplateOperation, getTemplatesOperation } from '../../../shared/operations/templates.ts';
import { whatsAppAccount } from '../../account.ts';
import { CATEGORIES } from './component-fields.ts';
import { createOperation } from './create.operation.ts';
import { deleteOperation } from './delete.operation.ts';
import { updateOperation } from './update.operation.ts';

const STATUSES = [
  { name: 'Approved', value: 'APPROVED' },
  { name: 'Disabled', value: 'DISABLED' },
  { name: 'In Appeal', value: 'IN_APPEAL' },
  { name: 'Paused', value: 'PAUSED' },
  { name: 'Pending', value: 'PENDING' },
  { name: 'Rejected', value: 'REJECTED' },
];

const getMany = getTemplatesOperation(whatsAppAccount, { categories: CATEGORIES, statuses: STATUSES });

export const templateResource: Resource = {
  value: 'template',
  name: 'Template',
  operations: [createOperation, deleteOperation, getTemplateOperation(whatsAppAccount), getMany, updateOperation],
  defaultOperation: getMany.value,
};
