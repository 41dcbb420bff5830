import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { ReplayAnswer, ReplayedDeadLetter, SkippedDeadLetter } from '../../../../contract/dead-letter.ts';
import { optionsField } from '../../../shared/collections.ts';
import { itemParameters, type Operation, type Output } from '../../../shared/operation.ts';
import { actOn } from './batches.ts';
import { choiceFields } from './dead-letter.ts';

const replayedOutput = ({ id, messageId, status, duplicate }: ReplayedDeadLetter): IDataObject => ({
  id,
  replayed: true,
  ...(messageId !== undefined && { messageId }),
  ...(status !== undefined && { status }),
  ...(duplicate && { duplicate }),
});

const skippedOutput = ({ id, code, detail }: SkippedDeadLetter): IDataObject => ({ id, replayed: false, code, detail });

async function run(context: IExecuteFunctions, itemIndex: number): Promise<Output[]> {
  const evenIfUnknown = itemParameters(context, itemIndex).group('options').flag('evenIfUnknown');
  const result = await actOn<ReplayedDeadLetter, ReplayAnswer>(context, itemIndex, 'replay', { evenIfUnknown });
  if ('only' in result) return [{ json: replayedOutput(result.only) }];
  const outputs = result.answers.flatMap(({ deadLetters, skipped }) => [
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
    optionsField([
      {
        displayName: 'Even If Unknown',
        name: 'evenIfUnknown',
        type: 'boolean',
        default: false,
        description:
          'Whether to send messages again that may have arrived. The contact may then get them twice. Otherwise they are left out, also when they are named by ID.',
      },
    ]),
  ],
  run,
};
