/** The heading of an interactive message: a line of text or one file. */
import type { INodeProperties } from 'n8n-workflow';
import type { Header } from '../../../contract/message.ts';
import type { Parameters } from '../parameters.ts';
import { showFor, type Files } from './kind.ts';
import { mediaFields, mediaSource } from './media.ts';

export const headerTextField: INodeProperties = {
  displayName: 'Header Text',
  name: 'headerText',
  type: 'string',
  default: '',
  required: true,
  placeholder: 'e.g. Your Order',
  description: 'A short bold line above the text',
};

const FILE_HEADERS = ['document', 'image', 'video'];

export const headerFields: INodeProperties[] = [
  {
    displayName: 'Header',
    name: 'headerType',
    type: 'options',
    options: [
      { name: 'Document', value: 'document' },
      { name: 'Image', value: 'image' },
      { name: 'None', value: 'none' },
      { name: 'Text', value: 'text' },
      { name: 'Video', value: 'video' },
    ],
    default: 'none',
    description: 'What stands above the text',
  },
  ...showFor([headerTextField], { headerType: ['text'] }),
  ...showFor(mediaFields('header'), { headerType: FILE_HEADERS }),
];

/** The header that `headerFields` describes. */
export async function headerOf(parameters: Parameters, files: Files): Promise<Header | undefined> {
  const type = parameters.text('headerType');
  if (type === 'text') return { type, text: parameters.required('headerText', 'Header Text') };
  if (type === 'image' || type === 'video') {
    const { filename: _filename, ...media } = await mediaSource(parameters, files, 'header');
    return { type, ...media };
  }
  if (type === 'document') return { type, ...(await mediaSource(parameters, files, 'header')) };
  return undefined;
}

/** A header of text only; empty: none. */
export function textHeaderOf(parameters: Parameters): Header | undefined {
  const text = parameters.optional('headerText');
  return text === undefined ? undefined : { type: 'text', text };
}
