import type { Resource } from '../../../shared/operation.ts';
import { discardOperation } from './discard.operation.ts';
import { getManyOperation } from './getMany.operation.ts';
import { getOperation } from './get.operation.ts';
import { replayEventsOperation } from './replayEvents.operation.ts';
import { replayOperation } from './replay.operation.ts';

export const deliveryResource: Resource = {
  value: 'delivery',
  name: 'Delivery',
  operations: [discardOperation, getOperation, getManyOperation, replayOperation, replayEventsOperation],
  defaultOperation: getManyOperation.value,
};
