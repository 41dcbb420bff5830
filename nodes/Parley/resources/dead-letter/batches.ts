/** Works off dead letters in calls of a size that the service takes. */
import type { IExecuteFunctions } from 'n8n-workflow';
import type { DiscardAnswer, ReplayAnswer } from '../../../../contract/dead-letter.ts';
import { ParameterError, type Parameters } from '../../../shared/parameters.ts';
import { parleyRequest } from '../../../shared/transport.ts';
import { filterOf } from './dead-letter.ts';
import { deadLetterParameters } from './former.ts';

/** Ids of one call; also the dead letters of one call when they are chosen by a filter. */
const CHUNK = 100;

/** The ids that were given; none when they are chosen by a filter. Throws when the field is empty. */
export function chosenIds(parameters: Parameters): string[] {
  if (parameters.text('choose') === 'filter') return [];
  const ids = parameters.words('deadLetterIds');
  if (ids.length > 0) return ids;
  throw new ParameterError("The field 'Dead Letter IDs' is empty", "Fill in 'Dead Letter IDs'.");
}

/** The answers of as many calls as it takes to go through all that were chosen. */
export async function inBatches<T extends ReplayAnswer | DiscardAnswer>(
  context: IExecuteFunctions,
  itemIndex: number,
  action: 'replay' | 'discard',
  more: object,
): Promise<T[]> {
  const parameters = deadLetterParameters(context, itemIndex);
  const call = async (body: object): Promise<T> =>
    await parleyRequest<T>(context, {
      method: 'POST',
      path: `/v1/dead-letters/${action}`,
      body: { ...body, ...more },
      itemIndex,
    });
  const ids = chosenIds(parameters);
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
