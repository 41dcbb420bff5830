import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { DiscardAnswer } from '../../../../contract/dead-letter.ts';
import { itemParameters, type Operation, type Output } from '../../../shared/operation.ts';
import { parleyRequest } from '../../../shared/transport.ts';
import { choiceFields, letterPath } from './letters.ts';
import { lettersById, throughLetters } from './work-off.ts';

async function run(context: IExecuteFunctions, itemIndex: number): Promise<Output[]> {
  const [only, ...others] = lettersById(itemParameters(context, itemIndex));
  if (only !== undefined && others.length === 0) {
    await parleyRequest(context, { method: 'POST', path: `${letterPath(only)}/discard`, itemIndex });
    return [{ json: { discarded: 1, skipped: [] } }];
  }
  const answers = await throughLetters<DiscardAnswer>(context, itemIndex, 'discard', {});
  const discarded = answers.reduce((sum, answer) => sum + answer.discarded, 0);
  const skipped = answers.flatMap((answer) => answer.skipped).map((letter): IDataObject => ({ ...letter }));
  return [{ json: { discarded, skipped } }];
}

export const discardOperation: Operation = {
  value: 'discard',
  name: 'Discard',
  action: 'Discard failed deliveries',
  description: 'Let messages and webhooks go that did not arrive: they are not asked about any more',
  fields: choiceFields,
  run,
};
