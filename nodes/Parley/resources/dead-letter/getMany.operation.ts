import type { IExecuteFunctions } from 'n8n-workflow';
import type { DeadLetter } from '../../../../contract/dead-letter.ts';
import type { Operation, Output } from '../../../shared/operation.ts';
import { listFields, listItems } from '../../../shared/operations/get-many.ts';
import { parleyPages } from '../../../shared/transport.ts';
import { filterOf, deadLetterFilters, deadLetterOutput } from './dead-letter.ts';
import { deadLetterParameters } from './former.ts';

async function run(context: IExecuteFunctions, itemIndex: number): Promise<Output[]> {
  const parameters = deadLetterParameters(context, itemIndex);
  const query = { ...filterOf(context, parameters) };
  const request = { method: 'GET', path: '/v1/dead-letters', query, itemIndex } as const;
  return listItems(parameters, (limit) => parleyPages<DeadLetter>(context, request, limit), deadLetterOutput);
}

export const getManyOperation: Operation = {
  value: 'getAll',
  name: 'Get Many',
  action: 'Get many dead letters',
  description: 'Get many messages that did not arrive and webhooks that could not be read, newest first',
  fields: listFields(deadLetterFilters),
  run,
};
