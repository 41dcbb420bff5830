import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { DiscardAnswer } from '../../../../contract/dead-letter.ts';
import type { Operation, Output } from '../../../shared/operation.ts';
import { parleyRequest } from '../../../shared/transport.ts';
import { choiceFields, deadLetterPath } from './dead-letter.ts';
import { deadLetterParameters } from './former.ts';
import { chosenIds, inBatches } from './batches.ts';

async function run(context: IExecuteFunctions, itemIndex: number): Promise<Output[]> {
  const [only, ...others] = chosenIds(deadLetterParameters(context, itemIndex));
  if (only !== undefined && others.length === 0) {
    await parleyRequest(context, { method: 'POST', path: `${deadLetterPath(only)}/discard`, itemIndex });
    return [{ json: { discarded: 1, skipped: [] } }];
  }
  const answers = await inBatches<DiscardAnswer>(context, itemIndex, 'discard', {});
  const discarded = answers.reduce((sum, answer) => sum + answer.discarded, 0);
  const skipped = answers.flatMap((answer) => answer.skipped).map((deadLetter): IDataObject => ({ ...deadLetter }));
  return [{ json: { discarded, skipped } }];
}

export const discardOperation: Operation = {
  value: 'discard',
  name: 'Discard',
  action: 'Discard dead letters',
  description: 'Let messages and webhooks go that did not arrive: they are not asked about any more',
  fields: choiceFields,
  run,
};
