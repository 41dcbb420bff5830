import type { IExecuteFunctions } from 'n8n-workflow';
import type { DeadLetterDetails } from '../../../../contract/dead-letter.ts';
import { simplifyField } from '../../../shared/descriptions.ts';
import { itemParameters, type Operation, type Output } from '../../../shared/operation.ts';
import { parleyRequest } from '../../../shared/transport.ts';
import { letterOutput, letterPath } from './letters.ts';

async function run(context: IExecuteFunctions, itemIndex: number): Promise<Output[]> {
  const parameters = itemParameters(context, itemIndex);
  const path = letterPath(parameters.required('deliveryId', 'Delivery ID').trim());
  const letter = await parleyRequest<DeadLetterDetails>(context, { method: 'GET', path, itemIndex });
  return [{ json: letterOutput(letter, parameters.flag('simplify')) }];
}

export const getOperation: Operation = {
  value: 'get',
  name: 'Get',
  action: 'Get a failed delivery',
  description: 'Get one message that did not arrive with its attempts, or a webhook that could not be read',
  fields: [
    {
      displayName: 'Delivery ID',
      name: 'deliveryId',
      type: 'string',
      default: '',
      required: true,
      placeholder: 'e.g. msg_01kb2m3n4p5q6r7s8t9v0w1x2y',
      description: 'The ID of what did not arrive; of a message: its message ID',
    },
    simplifyField,
  ],
  run,
};
