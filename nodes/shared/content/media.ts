import type { INodeProperties } from 'n8n-workflow';
import type { OutboundContent } from '../../../contract/message.ts';
import type { MediaKind, MediaSource } from '../../../contract/media.ts';
import { compact, ParameterError, type Parameters } from '../parameters.ts';
import { showFor, type ContentKind, type Files } from './kind.ts';

const sourceField: INodeProperties = {
  displayName: 'File From',
  name: 'mediaSource',
  type: 'options',
  options: [
    { name: 'Binary Field', value: 'binary', description: 'A file of the input item; uploaded once and reused' },
    { name: 'Media ID', value: 'id', description: "A file uploaded before, e.g. with 'Media: Upload'" },
    { name: 'URL', value: 'url', description: 'A public https link that the provider fetches' },
  ],
  default: 'binary',
  description: 'Where to take the file from',
};

export const binaryField: INodeProperties = {
  displayName: 'Input Binary Field',
  name: 'binaryField',
  type: 'string',
  default: 'data',
  required: true,
  placeholder: 'e.g. data',
  hint: 'The name of the input field that holds the file',
};

const mediaIdField: INodeProperties = {
  displayName: 'Media ID',
  name: 'mediaId',
  type: 'string',
  default: '',
  required: true,
  placeholder: 'e.g. 1003383421387256',
  description: "The 'mediaId' that 'Media: Upload' gave",
};

const urlField: INodeProperties = {
  displayName: 'URL',
  name: 'mediaUrl',
  type: 'string',
  default: '',
  required: true,
  placeholder: 'e.g. https://example.com/picture.jpg',
  description: 'It must be reachable from the internet without signing in',
};

/** Where a file comes from, and a field for each source. Names are given a prefix to stand beside others. */
export function mediaFields(prefix = ''): INodeProperties[] {
  const named = (field: INodeProperties) => ({ ...field, name: fieldName(prefix, field.name) });
  const source = named(sourceField);
  return [
    source,
    ...showFor([named(binaryField)], { [source.name]: ['binary'] }),
    ...showFor([named(mediaIdField)], { [source.name]: ['id'] }),
    ...showFor([named(urlField)], { [source.name]: ['url'] }),
  ];
}

function fieldName(prefix: string, name: string): string {
  return prefix === '' ? name : `${prefix}${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** The file that `mediaFields` describes; a binary field is uploaded. */
export async function mediaSource(
  parameters: Parameters,
  files: Files,
  prefix = '',
): Promise<MediaSource & { filename?: string }> {
  const source = parameters.text(fieldName(prefix, 'mediaSource'));
  if (source === 'url') return { link: httpLink(parameters.required(fieldName(prefix, 'mediaUrl'), 'URL')) };
  if (source === 'id') return { mediaId: parameters.required(fieldName(prefix, 'mediaId'), 'Media ID') };
  return await files.upload(parameters.required(fieldName(prefix, 'binaryField'), 'Input Binary Field'));
}

function httpLink(url: string): string {
  const trimmed = url.trim();
  if (/^https?:\/\/\S+$/i.test(trimmed)) return trimmed;
  throw new ParameterError(`This is not a link to a file: ${trimmed}`, "Give 'URL' a link that starts with https://.");
}

/**
 * A file given in one text, as template variables do: the name of a binary field, a link, or a media ID, in this order.
 * `label` is the field's display name.
 */
export async function mediaOfText(
  value: string,
  label: string,
  files: Files,
): Promise<MediaSource & { filename?: string }> {
  const text = value.trim();
  if (files.has(text)) return await files.upload(text);
  if (/^https?:\/\//i.test(text)) return { link: text };
  if (/^\d{5,}$/.test(text)) return { mediaId: text };
  throw new ParameterError(
    `'${label}' has no file: there is no binary field '${text}' in the input`,
    'Give the name of a binary field of the input item, an https link, or a media ID.',
  );
}

const captionField: INodeProperties = {
  displayName: 'Caption',
  name: 'caption',
  type: 'string',
  typeOptions: { rows: 2 },
  default: '',
  placeholder: 'e.g. Your invoice',
  description: 'Text below the file',
};

const filenameField: INodeProperties = {
  displayName: 'File Name',
  name: 'filename',
  type: 'string',
  default: '',
  placeholder: 'e.g. invoice.pdf',
  description: 'The name the contact sees. Empty: the name of the file in the binary field.',
};

const voiceField: INodeProperties = {
  displayName: 'Voice Note',
  name: 'voice',
  type: 'boolean',
  default: false,
  description: 'Whether to show it as a recorded voice note. The file must be OGG with the OPUS codec.',
};

const DETAILS: Record<MediaKind, { name: string; description: string; fields: INodeProperties[] }> = {
  image: { name: 'Image', description: 'A picture, with a caption if you like', fields: [captionField] },
  video: { name: 'Video', description: 'A video, with a caption if you like', fields: [captionField] },
  audio: { name: 'Audio', description: 'A sound file or a voice note', fields: [voiceField] },
  document: { name: 'Document', description: 'A file to download', fields: [captionField, filenameField] },
  sticker: { name: 'Sticker', description: 'A WebP sticker', fields: [] },
};

function mediaContent(
  type: MediaKind,
  parameters: Parameters,
  source: MediaSource & { filename?: string },
): OutboundContent {
  const { filename, ...media } = source;
  const caption = parameters.optional('caption');
  if (type === 'audio') return compact({ type, voice: parameters.flag('voice') || undefined, ...media });
  if (type === 'sticker') return { type, ...media };
  if (type === 'document') {
    return compact({ type, caption, filename: parameters.optional('filename') ?? filename, ...media });
  }
  return compact({ type, caption, ...media });
}

function mediaKind(type: MediaKind): ContentKind {
  return {
    type,
    name: DETAILS[type].name,
    description: DETAILS[type].description,
    fields: [...mediaFields(), ...DETAILS[type].fields],
    build: async (parameters, files) => mediaContent(type, parameters, await mediaSource(parameters, files)),
  };
}

export const image = mediaKind('image');
export const video = mediaKind('video');
export const audio = mediaKind('audio');
export const document = mediaKind('document');
export const sticker = mediaKind('sticker');

const BARE = { image: 'A picture', video: 'A video', audio: 'A sound file', document: 'A file to download' } as const;

function bareKind(type: keyof typeof BARE): ContentKind {
  return {
    type,
    name: DETAILS[type].name,
    description: BARE[type],
    fields: mediaFields(),
    build: async (parameters, files) => {
      const { filename: _filename, ...source } = await mediaSource(parameters, files);
      return { type, ...source };
    },
  };
}

/** Files and nothing beside them, where the provider sends no caption with a file. */
export const bareMedia: readonly ContentKind[] = [
  bareKind('audio'),
  bareKind('document'),
  bareKind('image'),
  bareKind('video'),
];

const linkField: INodeProperties = {
  ...urlField,
  description:
    'A public https link to the file, which the provider fetches: reachable from the internet without signing in',
};

/** A file by a link, where the provider takes no uploads. */
function linkedKind(type: MediaKind, description: string, hasCaption: boolean): ContentKind {
  return {
    type,
    name: DETAILS[type].name,
    description,
    fields: [linkField, ...(hasCaption ? [captionField] : [])],
    build: (parameters) => ({
      ...compact({ type, caption: hasCaption ? parameters.optional('caption') : undefined }),
      link: httpLink(parameters.required('mediaUrl', 'URL')),
    }),
  };
}

/** Files by links. */
export const linkedMedia: readonly ContentKind[] = [
  linkedKind('audio', 'A sound file', false),
  linkedKind('document', 'A file to download', true),
  linkedKind('image', 'A picture, with a caption if you like', true),
  linkedKind('sticker', 'A WebP sticker', false),
  linkedKind('video', 'A video, with a caption if you like', true),
];
