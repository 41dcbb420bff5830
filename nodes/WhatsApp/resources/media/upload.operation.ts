import type { IExecuteFunctions } from 'n8n-workflow';
import { uploadBinary } from '../../../shared/binary.ts';
import { itemParameters, type Operation, type Output } from '../../../shared/operation.ts';
import { whatsAppAccount } from '../../account.ts';

async function run(context: IExecuteFunctions, itemIndex: number): Promise<Output[]> {
  const account = await whatsAppAccount(context);
  const parameters = itemParameters(context, itemIndex);
  const field = parameters.required('binaryField', 'Input Binary Field').trim();
  const options = parameters.group('options');
  const media = await uploadBinary(context, account, itemIndex, field, {
    filename: options.optional('filename'),
    purpose: options.text('purpose') === 'template_example' ? 'template_example' : undefined,
  });
  const { id, mimeType, sha256, bytes, reused, expiresAt } = media;
  return [{ json: { mediaId: id, mimeType, sha256, bytes, reused, ...(expiresAt ? { expiresAt } : {}) } }];
}

export const uploadOperation: Operation = {
  value: 'upload',
  name: 'Upload',
  action: 'Upload a file',
  description: 'Upload a file once, to send it many times by its media ID',
  fields: [
    {
      displayName: 'Input Binary Field',
      name: 'binaryField',
      type: 'string',
      default: 'data',
      required: true,
      placeholder: 'e.g. data',
      hint: 'The name of the input field that holds the file',
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
          description: 'Empty: the name of the file',
        },
        {
          displayName: 'Purpose',
          name: 'purpose',
          type: 'options',
          options: [
            { name: 'Message', value: 'message', description: 'To send it' },
            {
              name: 'Template Example',
              value: 'template_example',
              description: "To give it as the example of a template's header",
            },
          ],
          default: 'message',
          description: 'What the file is for',
        },
      ],
    },
  ],
  run,
};
