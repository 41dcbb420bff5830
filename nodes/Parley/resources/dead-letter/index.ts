import type { Resource } from '../../../shared/operation.ts';
import { discardOperation } from './discard.operation.ts';
import { formerResource } from './former.ts';
import { getManyOperation } from './getMany.operation.ts';
import { getOperation } from './get.operation.ts';
import { replayEventsOperation } from './replayEvents.operation.ts';
import { replayOperation } from './replay.operation.ts';

export const deadLetterResource: Resource = {
  value: 'deadLetter',
  name: 'Dead Letter',
  operations: [discardOperation, getOperation, getManyOperation, replayOperation, replayEventsOperation],
  defaultOperation: getManyOperation.value,
};

/** The resource of workflows that were saved when it had this name. */
export const deliveryResource: Resource = formerResource(deadLetterResource);
