import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { DiscardAnswer } from '../../../../contract/dead-letter.ts';
import type { Operation, Output } from '../../../shared/operation.ts';
import { actOn } from './batches.ts';
import { choiceFields } from './dead-letter.ts';

async function run(context: IExecuteFunctions, itemIndex: number): Promise<Output[]> {
  const result = await actOn<unknown, DiscardAnswer>(context, itemIndex, 'discard');
  if ('only' in result) return [{ json: { discarded: 1, skipped: [] } }];
  const { answers } = result;
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
