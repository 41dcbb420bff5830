import type { IExecuteFunctions } from 'n8n-workflow';
import { downloadToBinary } from '../../../shared/binary.ts';
import { itemParameters, type Operation, type Output } from '../../../shared/operation.ts';

async function run(context: IExecuteFunctions, itemIndex: number): Promise<Output[]> {
  const parameters = itemParameters(context, itemIndex);
  const mediaId = parameters.required('mediaId', 'Media ID').trim();
  const field = parameters.required('outputField', 'Put Output File in Field').trim();
  const filename = parameters.group('options').optional('filename');
  return [await downloadToBinary(context, itemIndex, mediaId, { field, filename })];
}

export const downloadOperation: Operation = {
  value: 'download',
  name: 'Download',
  action: 'Download a file',
  description: 'Put a file that a contact sent into a binary field',
  fields: [
    {
      displayName: 'Media ID',
      name: 'mediaId',
      type: 'string',
      default: '',
      required: true,
      placeholder: 'e.g. {{ $json.mediaId }}',
      description: "The 'mediaId' that the trigger gave",
    },
    {
      displayName: 'Put Output File in Field',
      name: 'outputField',
      type: 'string',
      default: 'data',
      required: true,
      placeholder: 'e.g. data',
      hint: 'The name of the output binary field to put the file in',
    },
    {
      displayName: 'Options',
      name: 'options',
      type: 'collection',
      placeholder: 'Add Option',
      default: {},
      options: [
        {
          displayName: 'File Name',
          name: 'filename',
          type: 'string',
          default: '',
          placeholder: 'e.g. invoice.pdf',
          description: 'Empty: the name the contact gave',
        },
      ],
    },
  ],
  run,
};
