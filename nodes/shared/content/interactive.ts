import type { INodeProperties } from 'n8n-workflow';
import type { ReplyButton } from '../../../contract/message.ts';
import { listField } from '../collections.ts';
import { compact, ParameterError, type Parameters } from '../parameters.ts';
import { headerFields, headerOf } from './header.ts';
import type { ContentKind } from './kind.ts';
import { footerField, textField } from './text.ts';

export const buttonsField = listField(
  { displayName: 'Buttons', name: 'buttons', description: 'What the contact can tap' },
  { displayName: 'Button', name: 'button' },
  [
    {
      displayName: 'Title',
      name: 'title',
      type: 'string',
      default: '',
      placeholder: 'e.g. Yes, please',
      description: 'What stands on the button',
    },
    {
      displayName: 'ID',
      name: 'id',
      type: 'string',
      default: '',
      placeholder: 'e.g. confirm',
      description: "What comes back as 'buttonId' when it is tapped. Empty: the title.",
    },
  ],
);

/** The buttons of `buttonsField`; an empty ID is the title. */
export function replyButtons(parameters: Parameters, name = 'buttons'): ReplyButton[] {
  const buttons = parameters.list(name, 'button').map((entry) => {
    const title = entry.required('title', 'Title');
    return { id: entry.optional('id') ?? title, title };
  });
  if (buttons.length === 0) throw new ParameterError('There is no button', "Add one in 'Buttons'.");
  return buttons;
}

export const buttons: ContentKind = {
  type: 'buttons',
  name: 'Buttons',
  description: 'A text with buttons to answer with one tap',
  fields: [textField, buttonsField, ...headerFields, footerField],
  build: async (parameters, files) =>
    compact({
      type: 'buttons' as const,
      text: parameters.required('text', 'Text'),
      header: await headerOf(parameters, files),
      footer: parameters.optional('footer'),
      buttons: replyButtons(parameters),
    }),
};

/** Buttons below a text and nothing else. */
export const plainButtons: ContentKind = {
  ...buttons,
  fields: [textField, buttonsField],
  build: (parameters) => ({
    type: 'buttons',
    text: parameters.required('text', 'Text'),
    buttons: replyButtons(parameters),
  }),
};

const linkFields: INodeProperties[] = [
  textField,
  {
    displayName: 'Button Title',
    name: 'linkTitle',
    type: 'string',
    default: '',
    required: true,
    placeholder: 'e.g. Track Order',
    description: 'What stands on the button',
  },
  {
    displayName: 'Button URL',
    name: 'linkUrl',
    type: 'string',
    default: '',
    required: true,
    placeholder: 'e.g. https://example.com/orders/77',
    description: 'The page that the button opens',
  },
];

function linkOf(parameters: Parameters) {
  return {
    type: 'link' as const,
    text: parameters.required('text', 'Text'),
    title: parameters.required('linkTitle', 'Button Title'),
    url: parameters.required('linkUrl', 'Button URL').trim(),
  };
}

export const link: ContentKind = {
  type: 'link',
  name: 'Link Button',
  description: 'A text with a button that opens a web page',
  fields: [...linkFields, ...headerFields, footerField],
  build: async (parameters, files) =>
    compact({
      ...linkOf(parameters),
      header: await headerOf(parameters, files),
      footer: parameters.optional('footer'),
    }),
};

/** A link below a text and nothing else. */
export const plainLink: ContentKind = { ...link, fields: linkFields, build: linkOf };
