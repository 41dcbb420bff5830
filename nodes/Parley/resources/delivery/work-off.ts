/** Works off dead letters in calls of a size that the service takes. */
import type { IExecuteFunctions } from 'n8n-workflow';
import type { DiscardAnswer, ReplayAnswer } from '../../../../contract/dead-letter.ts';
import { itemParameters } from '../../../shared/operation.ts';
import { ParameterError, type Parameters } from '../../../shared/parameters.ts';
import { parleyRequest } from '../../../shared/transport.ts';
import { filterOf } from './letters.ts';

/** Ids of one call; also the letters of one call when they are chosen by a filter. */
const CHUNK = 100;

/** The ids that were given; none when the letters are chosen by a filter. Throws when the field is empty. */
export function lettersById(parameters: Parameters): string[] {
  if (parameters.text('choose') === 'filter') return [];
  const ids = parameters.words('deliveryIds');
  if (ids.length > 0) return ids;
  throw new ParameterError("The field 'Delivery IDs' is empty", "Fill in 'Delivery IDs'.");
}

/** The answers of as many calls as it takes to go through all that were chosen. */
export async function throughLetters<T extends ReplayAnswer | DiscardAnswer>(
  context: IExecuteFunctions,
  itemIndex: number,
  action: 'replay' | 'discard',
  more: object,
): Promise<T[]> {
  const parameters = itemParameters(context, itemIndex);
  const call = async (body: object): Promise<T> =>
    await parleyRequest<T>(context, {
      method: 'POST',
      path: `/v1/deliveries/${action}`,
      body: { ...body, ...more },
      itemIndex,
    });
  const ids = lettersById(parameters);
  const answers: T[] = [];
  for (let start = 0; start < ids.length; start += CHUNK) {
    answers.push(await call({ ids: ids.slice(start, start + CHUNK) }));
  }
  if (ids.length > 0) return answers;
  const filter = filterOf(context, parameters);
  let after: string | undefined;
  do {
    const answer: T = await call({ filter, limit: CHUNK, ...(after !== undefined && { after }) });
    answers.push(answer);
    after = answer.next;
  } while (after !== undefined);
  return answers;
}
