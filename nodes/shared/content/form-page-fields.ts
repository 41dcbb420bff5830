/** The fields of a form's pages. */
import type { INodeProperties } from 'n8n-workflow';
import { listField } from '../collections.ts';
import { showFor } from './kind.ts';

/** What a channel's forms can do. */
export interface PageForm {
  /** A button opens the form; otherwise it stands in the conversation. */
  button?: boolean;
  /** Which page follows may depend on the answer. */
  jumps?: boolean;
  /** Several choices of a page may be picked. */
  several?: boolean;
  /** A picture may stand beside a choice. */
  images?: boolean;
  /** Choices may stand on a wheel to turn. */
  wheel?: boolean;
  /** The device may check answers: their length, that they are there, a pattern. */
  checks?: boolean;
  /** A heading and a line in small letters may stand around the form. */
  frame?: boolean;
  /** The answers may be shown once more before they are sent. */
  summary?: boolean;
}

const text = (displayName: string, name: string, placeholder: string, description?: string): INodeProperties => ({
  ...{ displayName, name, type: 'string', default: '', placeholder: `e.g. ${placeholder}` },
  ...(description !== undefined && { description }),
});

const flag = (displayName: string, name: string, description: string): INodeProperties => ({
  ...{ displayName, name, type: 'boolean', default: false, description },
});

const day = (displayName: string, name: string): INodeProperties => ({
  ...{ displayName, name, type: 'dateTime', default: '' },
});

const nextPage = text('Next Page', 'nextPage', 'address', 'The ID of the page that follows. Empty: the one below.');

const typeField = ({ wheel }: PageForm): INodeProperties => ({
  displayName: 'Asks For',
  name: 'type',
  type: 'options',
  options: [
    { name: 'Choice', value: 'select' },
    { name: 'Day', value: 'date' },
    { name: 'Text', value: 'input' },
    ...(wheel ? [{ name: 'Wheel', value: 'picker', description: 'Choices on a wheel to turn' }] : []),
  ],
  default: 'input',
  description: 'What the page asks for',
});

const choicesField = ({ jumps, images }: PageForm): INodeProperties =>
  listField(
    { displayName: 'Choices', name: 'choices', description: 'What can be chosen' },
    { displayName: 'Choice', name: 'choice' },
    [
      text('Title', 'title', 'Small'),
      text('ID', 'id', 'small', 'What comes back when it is chosen. Empty: the title.'),
      ...(jumps ? [nextPage] : []),
      ...(images ? [text('Image URL', 'imageUrl', 'https://example.com/small.png', 'A picture beside it')] : []),
    ],
  );

const formatField: INodeProperties = {
  displayName: 'Format',
  name: 'format',
  type: 'options',
  options: [
    { name: 'Any Text', value: 'any' },
    { name: 'Decimal Number', value: 'decimal' },
    { name: 'Email Address', value: 'email' },
    { name: 'Phone Number', value: 'phone' },
    { name: 'Whole Number', value: 'integer' },
  ],
  default: 'any',
  description: 'What may be typed',
};

const maxLengthField: INodeProperties = {
  displayName: 'Max Length',
  name: 'maxLength',
  type: 'number',
  typeOptions: { minValue: 0 },
  default: 0,
  description: 'How many characters may be typed; 0 is no limit',
};

const checkFields: INodeProperties[] = [
  flag('Required', 'required', 'Whether something has to be typed'),
  flag('Several Lines', 'multiline', 'Whether the answer may have several lines'),
  text('Pattern', 'pattern', '[0-9]{5}', 'A regular expression that the answer has to match'),
];

const inputFields = ({ checks }: PageForm): INodeProperties[] => [
  text('Placeholder', 'placeholder', 'ana@example.com', 'What stands in the empty field'),
  formatField,
  maxLengthField,
  ...(checks ? checkFields : []),
];

/** The pages of a form; `pages.page` is one. */
export const pagesField = (form: PageForm): INodeProperties =>
  listField(
    { displayName: 'Pages', name: 'pages', description: 'The questions, in their order' },
    { displayName: 'Page', name: 'page' },
    [
      typeField(form),
      text('Question', 'title', 'Which size do you wear?', 'What stands on the page'),
      text('ID', 'id', 'size', "The name of the answer in 'formData'. Empty: the question."),
      ...(form.checks ? [text('Subtitle', 'subtitle', 'As on the label', 'A second line, in small letters')] : []),
      ...showFor([choicesField(form)], { type: ['select', ...(form.wheel ? ['picker'] : [])] }),
      ...(form.several
        ? showFor([flag('Several Picks', 'multiple', 'Whether several choices may be picked')], { type: ['select'] })
        : []),
      ...showFor([day('Earliest Day', 'first'), day('Latest Day', 'last'), day('Day Shown First', 'start')], {
        type: ['date'],
      }),
      ...showFor(inputFields(form), { type: ['input'] }),
      ...showFor([text('Hint', 'hint', 'You find it on the label', 'A help beside the field')], {
        type: ['date', 'input'],
      }),
      ...(form.jumps ? [nextPage] : []),
    ],
  );
