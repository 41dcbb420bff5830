import type { IExecuteFunctions } from 'n8n-workflow';
import type { DeadLetter } from '../../../../contract/dead-letter.ts';
import { limitField, returnAllField, simplifyField } from '../../../shared/descriptions.ts';
import { itemParameters, type Operation, type Output } from '../../../shared/operation.ts';
import { parleyPages } from '../../../shared/transport.ts';
import { filterOf, filtersField, letterOutput } from './letters.ts';

async function run(context: IExecuteFunctions, itemIndex: number): Promise<Output[]> {
  const parameters = itemParameters(context, itemIndex);
  const query = { ...filterOf(context, parameters) };
  const limit = parameters.flag('returnAll') ? undefined : parameters.number('limit', 'Limit');
  const request = { method: 'GET', path: '/v1/deliveries', query, itemIndex } as const;
  const letters = await parleyPages<DeadLetter>(context, request, limit);
  const simplify = parameters.flag('simplify');
  return letters.map((letter) => ({ json: letterOutput(letter, simplify) }));
}

export const getManyOperation: Operation = {
  value: 'getAll',
  name: 'Get Many',
  action: 'Get many failed deliveries',
  description: 'Get many messages that did not arrive and webhooks that could not be read, newest first',
  fields: [returnAllField, limitField, filtersField, simplifyField],
  run,
};
