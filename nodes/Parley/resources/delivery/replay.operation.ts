import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { ReplayAnswer, ReplayedLetter, SkippedLetter } from '../../../../contract/dead-letter.ts';
import { itemParameters, type Operation, type Output } from '../../../shared/operation.ts';
import { parleyRequest } from '../../../shared/transport.ts';
import { choiceFields, letterPath } from './letters.ts';
import { lettersById, throughLetters } from './work-off.ts';

const replayedOutput = ({ id, messageId, status, duplicate }: ReplayedLetter): IDataObject => ({
  id,
  replayed: true,
  ...(messageId !== undefined && { messageId }),
  ...(status !== undefined && { status }),
  ...(duplicate && { duplicate }),
});

const skippedOutput = ({ id, code, detail }: SkippedLetter): IDataObject => ({ id, replayed: false, code, detail });

async function run(context: IExecuteFunctions, itemIndex: number): Promise<Output[]> {
  const parameters = itemParameters(context, itemIndex);
  const evenIfUnknown = parameters.group('options').flag('evenIfUnknown');
  const [only, ...others] = lettersById(parameters);
  if (only !== undefined && others.length === 0) {
    const request = { method: 'POST', path: `${letterPath(only)}/replay`, body: { evenIfUnknown }, itemIndex } as const;
    return [{ json: replayedOutput(await parleyRequest<ReplayedLetter>(context, request)) }];
  }
  const answers = await throughLetters<ReplayAnswer>(context, itemIndex, 'replay', { evenIfUnknown });
  const outputs = answers.flatMap(({ letters, skipped }) => [
    ...letters.map(replayedOutput),
    ...skipped.map(skippedOutput),
  ]);
  return outputs.map((json) => ({ json }));
}

export const replayOperation: Operation = {
  value: 'replay',
  name: 'Replay',
  action: 'Replay failed deliveries',
  description: 'Send messages that did not arrive again, each once, and read webhooks again that could not be read',
  fields: [
    ...choiceFields,
    {
      displayName: 'Options',
      name: 'options',
      type: 'collection',
      placeholder: 'Add Option',
      default: {},
      options: [
        {
          displayName: 'Even If Unknown',
          name: 'evenIfUnknown',
          type: 'boolean',
          default: false,
          description:
            'Whether to send messages again of which nobody knows whether they arrived. The contact may then get them twice.',
        },
      ],
    },
  ],
  run,
};
