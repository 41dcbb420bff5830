import type { INodeProperties } from 'n8n-workflow';
import type { OutboundContent, QuickReply } from '../../../contract/message.ts';
import type { MediaKind } from '../../../contract/media.ts';
import { listField } from '../collections.ts';
import { compact, ParameterError, type Parameters } from '../parameters.ts';
import { showFor, type ContentKind, type Files } from './kind.ts';
import { mediaFields, mediaSource } from './media.ts';
import { textField } from './text.ts';

/** What a channel's quick replies can do. */
export interface QuickReplyForm {
  /** They may stand below a file instead of a text. */
  files: boolean;
  /** A small picture may stand before the title. */
  images: boolean;
  /** What the contact can be offered to give with one tap. */
  asks: readonly ('email' | 'phone')[];
}

const replyFields: INodeProperties[] = [
  {
    displayName: 'Title',
    name: 'title',
    type: 'string',
    default: '',
    placeholder: 'e.g. Opening hours',
    description: 'What stands on it',
  },
  {
    displayName: 'ID',
    name: 'id',
    type: 'string',
    default: '',
    placeholder: 'e.g. hours',
    description: "What comes back as 'buttonId' when it is tapped. Empty: the title.",
  },
];

const imageField: INodeProperties = {
  displayName: 'Image URL',
  name: 'imageUrl',
  type: 'string',
  default: '',
  placeholder: 'e.g. https://example.com/clock.png',
  description: 'A small picture before the title',
};

const repliesField = (values: INodeProperties[]): INodeProperties =>
  listField(
    {
      displayName: 'Replies',
      name: 'replies',
      description: 'What the contact can tap; gone after one is tapped or a text is written',
    },
    { displayName: 'Reply', name: 'reply' },
    values,
  );

const ASKS = { email: 'Email Address', phone: 'Phone Number' } as const;

function asksField(asks: QuickReplyForm['asks']): INodeProperties {
  return {
    displayName: 'Offer to Give',
    name: 'asks',
    type: 'multiOptions',
    options: asks.map((value) => ({ name: ASKS[value], value })),
    default: [],
    description: "What the contact can give with one tap, from their own profile; comes back as 'buttonId'",
  };
}

const FILE_KINDS: MediaKind[] = ['audio', 'document', 'image', 'video'];

const belowField: INodeProperties = {
  displayName: 'Replies Stand Below',
  name: 'repliesBelow',
  type: 'options',
  options: [
    { name: 'A File', value: 'file' },
    { name: 'A Text', value: 'text' },
  ],
  default: 'text',
  description: 'What the contact answers to',
};

const fileKindField: INodeProperties = {
  displayName: 'File Type',
  name: 'fileKind',
  type: 'options',
  options: FILE_KINDS.map((value) => ({ name: value.charAt(0).toUpperCase() + value.slice(1), value })),
  default: 'image',
};

function aboveFields(files: boolean): INodeProperties[] {
  if (!files) return [textField];
  return [
    belowField,
    ...showFor([textField], { repliesBelow: ['text'] }),
    ...showFor([fileKindField, ...mediaFields()], { repliesBelow: ['file'] }),
  ];
}

async function above(parameters: Parameters, files: Files): Promise<Pick<QuickReplies, 'media' | 'text'>> {
  if (parameters.text('repliesBelow') !== 'file') return { text: parameters.required('text', 'Text') };
  const type = FILE_KINDS.find((kind) => kind === parameters.text('fileKind')) ?? 'image';
  const { filename: _filename, ...source } = await mediaSource(parameters, files);
  return { media: { type, ...source } };
}

type QuickReplies = Extract<OutboundContent, { type: 'quick_replies' }>;

function repliesOf(parameters: Parameters, asks: QuickReplyForm['asks']): QuickReply[] {
  const replies: QuickReply[] = parameters.list('replies', 'reply').map((entry) => {
    const title = entry.required('title', 'Title');
    return compact({ id: entry.optional('id') ?? title, title, imageUrl: entry.optional('imageUrl')?.trim() });
  });
  const asked = parameters.words('asks');
  replies.push(...asks.filter((ask) => asked.includes(ask)).map((ask) => ({ ask })));
  if (replies.length === 0) throw new ParameterError('There is no quick reply', "Add one in 'Replies'.");
  return replies;
}

export function quickReplies({ files: withFiles, images, asks }: QuickReplyForm): ContentKind {
  return {
    type: 'quick_replies',
    name: 'Quick Replies',
    description: 'Suggestions above the keyboard, to answer with one tap',
    fields: [
      ...aboveFields(withFiles),
      repliesField(images ? [...replyFields, imageField] : replyFields),
      ...(asks.length > 0 ? [asksField(asks)] : []),
    ],
    build: async (parameters, files) => ({
      type: 'quick_replies',
      ...(await above(parameters, files)),
      replies: repliesOf(parameters, asks),
    }),
  };
}
