import type { Resource } from '../../../shared/operation.ts';
import { getOperation } from './get.operation.ts';

export const sessionResource: Resource = {
  value: 'session',
  name: 'Session',
  operations: [getOperation],
  defaultOperation: getOperation.value,
};
