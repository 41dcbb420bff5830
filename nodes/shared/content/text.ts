import type { INodeProperties } from 'n8n-workflow';
import { compact, ParameterError, type Parameters } from '../parameters.ts';
import type { ContentKind } from './kind.ts';

/** The text of a message of any kind. */
export const textField: INodeProperties = {
  displayName: 'Text',
  name: 'text',
  type: 'string',
  typeOptions: { rows: 4 },
  default: '',
  required: true,
  placeholder: 'e.g. Hello! Your order is on its way.',
  description: 'What the contact reads',
};

export const footerField: INodeProperties = {
  displayName: 'Footer',
  name: 'footer',
  type: 'string',
  default: '',
  placeholder: 'e.g. Answer STOP to unsubscribe',
  description: 'A short line in small letters below the message',
};

export const text: ContentKind = {
  type: 'text',
  name: 'Text',
  description: 'A plain text message',
  fields: [
    textField,
    {
      displayName: 'Preview Link',
      name: 'preview',
      type: 'boolean',
      default: false,
      description: 'Whether the first link in the text is shown with a preview',
    },
  ],
  build: (parameters) =>
    compact({
      type: 'text' as const,
      text: parameters.required('text', 'Text'),
      preview: parameters.flag('preview') || undefined,
    }),
};

/** Where the channel decides about previews. */
export const plainText: ContentKind = {
  ...text,
  fields: [textField],
  build: (parameters) => ({ type: 'text', text: parameters.required('text', 'Text') }),
};

/** The message that a reaction, a quote or a read mark is about. */
export const messageIdField: INodeProperties = {
  displayName: 'Message ID',
  name: 'messageId',
  type: 'string',
  default: '',
  required: true,
  placeholder: 'e.g. {{ $json.messageId }}',
  description: "The ID of the message, as the trigger gives it in 'messageId'",
};

export const reaction: ContentKind = {
  type: 'reaction',
  name: 'Reaction',
  description: 'An emoji on a message of the contact, or its removal',
  fields: [
    messageIdField,
    {
      displayName: 'Emoji',
      name: 'emoji',
      type: 'string',
      default: '',
      placeholder: 'e.g. a thumbs-up emoji',
      description: 'A single emoji. Leave empty to take the reaction back.',
    },
  ],
  build: (parameters) => ({
    type: 'reaction',
    messageId: parameters.required('messageId', 'Message ID'),
    emoji: parameters.text('emoji').trim(),
  }),
};

/** A reaction where the provider takes few of them; an empty `value` takes it back. */
export function reactionWith(choices: readonly { name: string; value: string }[]): ContentKind {
  const field: INodeProperties = {
    displayName: 'Reaction',
    name: 'emoji',
    type: 'options',
    options: [...choices],
    default: '',
    description: 'What to put on the message',
  };
  return { ...reaction, fields: [messageIdField, { ...field, default: choices[0]?.value ?? '' }] };
}

/** The provider's own body; `example` is a small one, as JSON text. */
export function nativeOf(example: string): ContentKind {
  return {
    type: 'native',
    name: 'Native JSON',
    description: "The provider's own message body, passed through as it is",
    fields: [
      {
        displayName: 'Body',
        name: 'nativeBody',
        type: 'json',
        default: example,
        required: true,
        description:
          'The message as the provider documents it, without the recipient. For what the other content types do not cover.',
      },
    ],
    build: (parameters) => ({ type: 'native', body: requiredObject(parameters, 'nativeBody', 'Body') }),
  };
}

export const native = nativeOf('{\n  "type": "text",\n  "text": { "body": "Hello" }\n}');

export function requiredObject(parameters: Parameters, name: string, label: string): Record<string, unknown> {
  const value = parameters.object(name, label);
  if (value === undefined) throw new ParameterError(`The field '${label}' is empty`, `Fill in '${label}'.`);
  return value;
}
