import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { ReplayAnswer, ReplayedDeadLetter, SkippedDeadLetter } from '../../../../contract/dead-letter.ts';
import type { Operation, Output } from '../../../shared/operation.ts';
import { parleyRequest } from '../../../shared/transport.ts';
import { choiceFields, deadLetterPath } from './dead-letter.ts';
import { deadLetterParameters } from './former.ts';
import { chosenIds, inBatches } from './batches.ts';

const replayedOutput = ({ id, messageId, status, duplicate }: ReplayedDeadLetter): IDataObject => ({
  id,
  replayed: true,
  ...(messageId !== undefined && { messageId }),
  ...(status !== undefined && { status }),
  ...(duplicate && { duplicate }),
});

const skippedOutput = ({ id, code, detail }: SkippedDeadLetter): IDataObject => ({ id, replayed: false, code, detail });

async function run(context: IExecuteFunctions, itemIndex: number): Promise<Output[]> {
  const parameters = deadLetterParameters(context, itemIndex);
  const evenIfUnknown = parameters.group('options').flag('evenIfUnknown');
  const [only, ...others] = chosenIds(parameters);
  if (only !== undefined && others.length === 0) {
    const request = {
      method: 'POST',
      path: `${deadLetterPath(only)}/replay`,
      body: { evenIfUnknown },
      itemIndex,
    } as const;
    return [{ json: replayedOutput(await parleyRequest<ReplayedDeadLetter>(context, request)) }];
  }
  const answers = await inBatches<ReplayAnswer>(context, itemIndex, 'replay', { evenIfUnknown });
  const outputs = answers.flatMap(({ deadLetters, skipped }) => [
    ...deadLetters.map(replayedOutput),
    ...skipped.map(skippedOutput),
  ]);
  return outputs.map((json) => ({ json }));
}

export const replayOperation: Operation = {
  value: 'replay',
  name: 'Replay',
  action: 'Replay dead letters',
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
