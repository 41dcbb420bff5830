/** The form in which a template is written, for the common cases; JSON takes the rest. */
import type { INodeProperties } from 'n8n-workflow';
import { showFor } from '../../../shared/content/kind.ts';

const headerFields: INodeProperties[] = [
  {
    displayName: 'Header',
    name: 'headerFormat',
    type: 'options',
    options: [
      { name: 'Document', value: 'DOCUMENT' },
      { name: 'Image', value: 'IMAGE' },
      { name: 'Location', value: 'LOCATION' },
      { name: 'None', value: 'NONE' },
      { name: 'Text', value: 'TEXT' },
      { name: 'Video', value: 'VIDEO' },
    ],
    default: 'NONE',
    description: 'What stands above the text',
  },
  {
    displayName: 'Header Text',
    name: 'headerText',
    type: 'string',
    default: '',
    required: true,
    placeholder: 'e.g. Order {{1}}',
    description: 'Up to 60 characters with one variable at most',
    displayOptions: { show: { headerFormat: ['TEXT'] } },
  },
  {
    displayName: 'Example File Field',
    name: 'headerBinaryField',
    type: 'string',
    default: 'data',
    required: true,
    placeholder: 'e.g. data',
    hint: 'The name of the input binary field with an example file; Meta wants to see one',
    displayOptions: { show: { headerFormat: ['DOCUMENT', 'IMAGE', 'VIDEO'] } },
  },
];

const examplesField: INodeProperties = {
  displayName: 'Variable Examples',
  name: 'examples',
  type: 'fixedCollection',
  typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Example' },
  default: {},
  placeholder: 'Add Example',
  description: 'Meta wants an example of every variable in the header and the body',
  options: [
    {
      displayName: 'Example',
      name: 'example',
      values: [
        {
          displayName: 'Variable',
          name: 'name',
          type: 'string',
          default: '',
          placeholder: 'e.g. 1',
          description: 'What stands between the braces',
        },
        { displayName: 'Example', name: 'value', type: 'string', default: '', placeholder: 'e.g. Ana' },
      ],
    },
  ],
};

const buttonValues: INodeProperties[] = [
  {
    displayName: 'Type',
    name: 'type',
    type: 'options',
    options: [
      { name: 'Call', value: 'PHONE_NUMBER' },
      { name: 'Copy Code', value: 'COPY_CODE' },
      { name: 'Open URL', value: 'URL' },
      { name: 'Quick Reply', value: 'QUICK_REPLY' },
    ],
    default: 'QUICK_REPLY',
    description: 'Quick replies must stand together, before or after the others',
  },
  {
    displayName: 'Title',
    name: 'text',
    type: 'string',
    default: '',
    placeholder: 'e.g. Track Order',
    description: 'What stands on the button, up to 25 characters',
    displayOptions: { show: { type: ['PHONE_NUMBER', 'QUICK_REPLY', 'URL'] } },
  },
  {
    displayName: 'URL',
    name: 'url',
    type: 'string',
    default: '',
    placeholder: 'e.g. https://example.com/orders/{{1}}',
    description: 'A variable may stand at its end',
    displayOptions: { show: { type: ['URL'] } },
  },
  {
    displayName: 'Phone Number',
    name: 'phone',
    type: 'string',
    default: '',
    placeholder: 'e.g. +15550001111',
    displayOptions: { show: { type: ['PHONE_NUMBER'] } },
  },
  {
    displayName: 'Example',
    name: 'example',
    type: 'string',
    default: '',
    placeholder: 'e.g. SAVE25',
    description: 'Of the code, or of what the variable of the URL becomes',
    displayOptions: { show: { type: ['COPY_CODE', 'URL'] } },
  },
];

const buttonsField: INodeProperties = {
  displayName: 'Buttons',
  name: 'templateButtons',
  type: 'fixedCollection',
  typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Button', sortable: true },
  default: {},
  placeholder: 'Add Button',
  options: [{ displayName: 'Button', name: 'button', values: buttonValues }],
};

const textFields: INodeProperties[] = [
  ...headerFields,
  {
    displayName: 'Body',
    name: 'body',
    type: 'string',
    typeOptions: { rows: 4 },
    default: '',
    required: true,
    placeholder: 'e.g. Hello {{1}}, your order has left.',
    description:
      'Up to 1024 characters. Variables are {{1}}, {{2}}… or names such as {{first_name}}; they may not stand first or last.',
  },
  examplesField,
  {
    displayName: 'Footer',
    name: 'footer',
    type: 'string',
    default: '',
    placeholder: 'e.g. Answer STOP to unsubscribe',
    description: 'Up to 60 characters without variables',
  },
  buttonsField,
];

const codeFields: INodeProperties[] = [
  {
    displayName: 'Security Advice',
    name: 'securityAdvice',
    type: 'boolean',
    default: true,
    description: 'Whether to add that the code must not be shared',
  },
  {
    displayName: 'Code Expires After Minutes',
    name: 'expiryMinutes',
    type: 'number',
    typeOptions: { minValue: 1 },
    default: 10,
    description: 'From 1 to 90; shown below the text, which Meta writes itself',
  },
  {
    displayName: 'Copy Button Title',
    name: 'copyTitle',
    type: 'string',
    default: '',
    placeholder: 'e.g. Copy Code',
    description: "Empty: Meta's own words in the language of the template",
  },
];

const jsonField: INodeProperties = {
  displayName: 'Components',
  name: 'componentsJson',
  type: 'json',
  default: '[\n  { "type": "BODY", "text": "Hello!" }\n]',
  required: true,
  description: "An array of components in Meta's form, for carousels, offers, forms and so on",
};

export const templateNameField: INodeProperties = {
  displayName: 'Name',
  name: 'templateName',
  type: 'string',
  default: '',
  required: true,
  placeholder: 'e.g. order_confirmation',
  description: 'Lowercase letters, digits and underscores',
};

export const ttlOption: INodeProperties = {
  displayName: 'Time to Live (Seconds)',
  name: 'ttlSeconds',
  type: 'number',
  default: 600,
  description: 'How long Meta tries to deliver a message of this template',
};

export const CATEGORIES = [
  { name: 'Authentication', value: 'AUTHENTICATION', description: 'One-time codes' },
  { name: 'Marketing', value: 'MARKETING', description: 'Offers and news' },
  { name: 'Utility', value: 'UTILITY', description: 'About an order, a booking or an account' },
];

/** Form or JSON, and the fields of each; with `categories` the form of one-time codes is shown for its category. */
export function componentFields(choice: INodeProperties, categories: boolean): INodeProperties[] {
  const texts: Record<string, string[]> = categories ? { category: ['MARKETING', 'UTILITY'] } : {};
  return [
    choice,
    ...showFor(textFields, { componentsFrom: ['form'], ...texts }),
    ...(categories ? showFor(codeFields, { componentsFrom: ['form'], category: ['AUTHENTICATION'] }) : []),
    ...showFor([jsonField], { componentsFrom: ['json'] }),
  ];
}
