import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { downloadToBinary, uploadBinary } from '../binary.ts';
import { itemParameters, type Operation, type Output, type Resource } from '../operation.ts';
import type { AccountGetter } from '../account-getter.ts';
import { optionsField } from '../collections.ts';
import { binaryField } from '../content/media.ts';

function filenameField(description: string): INodeProperties {
  return {
    displayName: 'File Name',
    name: 'filename',
    type: 'string',
    default: '',
    placeholder: 'e.g. invoice.pdf',
    description,
  };
}

const purposeField: INodeProperties = {
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
};

async function download(context: IExecuteFunctions, itemIndex: number): Promise<Output[]> {
  const parameters = itemParameters(context, itemIndex);
  const mediaId = parameters.required('mediaId', 'Media ID').trim();
  const field = parameters.required('outputField', 'Put Output File in Field').trim();
  const filename = parameters.group('options').optional('filename');
  return [await downloadToBinary(context, itemIndex, mediaId, { field, filename })];
}

/** 'Download': a file that a contact sent. */
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
    optionsField([filenameField('Empty: the name the contact gave')]),
  ],
  run: download,
};

async function upload(accountOf: AccountGetter, context: IExecuteFunctions, itemIndex: number): Promise<Output[]> {
  const account = await accountOf(context);
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

/** 'Upload'. `templateExamples`: files can also be given as the example of a template's header. */
export function uploadOperation(accountOf: AccountGetter, { templateExamples = false } = {}): Operation {
  const filename = filenameField('Empty: the name of the file');
  return {
    value: 'upload',
    name: 'Upload',
    action: 'Upload a file',
    description: 'Upload a file once, to send it many times by its media ID',
    fields: [binaryField, optionsField(templateExamples ? [filename, purposeField] : [filename])],
    run: async (context, itemIndex) => await upload(accountOf, context, itemIndex),
  };
}

export function mediaResource(...operations: Operation[]): Resource {
  return { value: 'media', name: 'Media', operations, defaultOperation: downloadOperation.value };
}
