import type { IExecuteFunctions } from 'n8n-workflow';
import type { DeadLetterDetails } from '../../../../contract/dead-letter.ts';
import { simplifyField } from '../../../shared/descriptions.ts';
import type { Operation, Output } from '../../../shared/operation.ts';
import { parleyRequest } from '../../../shared/transport.ts';
import { deadLetterOutput, deadLetterPath } from './dead-letter.ts';
import { deadLetterParameters } from './former.ts';

async function run(context: IExecuteFunctions, itemIndex: number): Promise<Output[]> {
  const parameters = deadLetterParameters(context, itemIndex);
  const path = deadLetterPath(parameters.required('deadLetterId', 'Dead Letter ID').trim());
  const deadLetter = await parleyRequest<DeadLetterDetails>(context, { method: 'GET', path, itemIndex });
  return [{ json: deadLetterOutput(deadLetter, parameters.flag('simplify')) }];
}

export const getOperation: Operation = {
  value: 'get',
  name: 'Get',
  action: 'Get a dead letter',
  description: 'Get one message that did not arrive with its attempts, or a webhook that could not be read',
  fields: [
    {
      displayName: 'Dead Letter ID',
      name: 'deadLetterId',
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
