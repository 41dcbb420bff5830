/** Works off dead letters in calls of a size that the service takes. */
import type { IExecuteFunctions } from 'n8n-workflow';
import type { DeadLetterFilter, DiscardAnswer, ReplayAnswer } from '../../../../contract/dead-letter.ts';
import { ParameterError, type Parameters } from '../../../shared/parameters.ts';
import { parleyRequest } from '../../../shared/transport.ts';
import { deadLetterPath, filterOf } from './dead-letter.ts';
import { deadLetterParameters } from './former.ts';

/** Ids of one call; also the dead letters of one call when they are chosen by a filter. */
const CHUNK = 100;

/** The ids that were given; none when they are chosen by a filter. Throws when the field is empty. */
function chosenIds(parameters: Parameters): string[] {
  if (parameters.text('choose') === 'filter') return [];
  const ids = parameters.words('deadLetterIds');
  if (ids.length > 0) return ids;
  throw new ParameterError("The field 'Dead Letter IDs' is empty", "Fill in 'Dead Letter IDs'.");
}

/** What became of all that were chosen; of one that was chosen by its id it is an error when the service refuses. */
export async function actOn<One, Several extends ReplayAnswer | DiscardAnswer>(
  context: IExecuteFunctions,
  itemIndex: number,
  action: 'replay' | 'discard',
  more?: object,
): Promise<{ only: One } | { answers: Several[] }> {
  const parameters = deadLetterParameters(context, itemIndex);
  const ids = chosenIds(parameters);
  const [only, ...others] = ids;
  if (only !== undefined && others.length === 0) {
    const path = `${deadLetterPath(only)}/${action}`;
    return { only: await parleyRequest<One>(context, { method: 'POST', path, body: more, itemIndex }) };
  }
  const path = `/v1/dead-letters/${action}`;
  const call = async (body: object): Promise<Several> =>
    await parleyRequest<Several>(context, { method: 'POST', path, body: { ...body, ...more }, itemIndex });
  return { answers: ids.length > 0 ? await byIds(call, ids) : await byFilter(call, filterOf(context, parameters)) };
}

async function byIds<T>(call: (body: object) => Promise<T>, ids: readonly string[]): Promise<T[]> {
  const answers: T[] = [];
  for (let start = 0; start < ids.length; start += CHUNK) {
    answers.push(await call({ ids: ids.slice(start, start + CHUNK) }));
  }
  return answers;
}

async function byFilter<T extends ReplayAnswer | DiscardAnswer>(
  call: (body: object) => Promise<T>,
  filter: DeadLetterFilter,
): Promise<T[]> {
  const answers: T[] = [];
  let after: string | undefined;
  do {
    const answer: T = await call({ filter, limit: CHUNK, ...(after !== undefined && { after }) });
    answers.push(answer);
    after = answer.next;
  } while (after !== undefined);
  return answers;
}
