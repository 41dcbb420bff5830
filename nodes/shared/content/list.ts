/** Menus of choices as forms: with groups, several picks and pictures where the channel has them. */
import type { INodeProperties } from 'n8n-workflow';
import type { ListRow, ListSection, OutboundContent } from '../../../contract/message.ts';
import { listField } from '../collections.ts';
import { compact, ParameterError, type Parameters } from '../parameters.ts';
import { headerTextField, textHeaderOf } from './header.ts';
import type { ContentKind } from './kind.ts';
import { footerField, textField } from './text.ts';

/** What a channel's lists can do. */
export interface ListForm {
  /** Rows stand in groups, each with a title of its own. */
  groups?: boolean;
  /** Several rows may be picked, at least by their numbers in a text. */
  several?: boolean;
  /** A picture may stand beside a row. */
  images?: boolean;
  /** A heading and a line in small letters may stand around the list. */
  frame?: boolean;
}

const imageField: INodeProperties = {
  displayName: 'Image URL',
  name: 'imageUrl',
  type: 'string',
  default: '',
  placeholder: 'e.g. https://example.com/express.png',
  description: 'A picture beside the row, where the channel shows one; it must be reachable from the internet',
};

const rowFields: INodeProperties[] = [
  { displayName: 'Title', name: 'title', type: 'string', default: '', placeholder: 'e.g. Express' },
  {
    displayName: 'ID',
    name: 'id',
    type: 'string',
    default: '',
    placeholder: 'e.g. express',
    description: "What comes back as 'buttonId', or among 'choices', when it is chosen. Empty: the title.",
  },
  { displayName: 'Description', name: 'description', type: 'string', default: '', placeholder: 'e.g. Tomorrow' },
];

const rowsField = ({ images }: ListForm): INodeProperties =>
  listField(
    { displayName: 'Rows', name: 'rows' },
    { displayName: 'Row', name: 'row' },
    images ? [...rowFields, imageField] : rowFields,
  );

const severalField: INodeProperties = {
  displayName: 'Several Picks',
  name: 'multiple',
  type: 'boolean',
  default: false,
  description: "Whether the contact may choose several rows; what is chosen comes back as 'choices'",
};

const menuButtonField: INodeProperties = {
  displayName: 'Menu Button',
  name: 'buttonTitle',
  type: 'string',
  default: 'Choose',
  required: true,
  placeholder: 'e.g. Choose',
  description: 'The button that opens the menu',
};

const sectionsField = (form: ListForm): INodeProperties =>
  listField(
    { displayName: 'Sections', name: 'sections', description: 'The choices, in groups' },
    { displayName: 'Section', name: 'section' },
    [
      {
        displayName: 'Title',
        name: 'title',
        type: 'string',
        default: '',
        placeholder: 'e.g. Delivery',
        description: 'Required when there is more than one section',
      },
      ...(form.several ? [severalField] : []),
      rowsField(form),
    ],
  );

/** The fields beside the text. */
export function listFields(form: ListForm): INodeProperties[] {
  const choices = form.groups ? [sectionsField(form)] : [...(form.several ? [severalField] : []), rowsField(form)];
  return [menuButtonField, ...choices];
}

function rowOf(row: Parameters, { images }: ListForm): ListRow {
  const title = row.required('title', 'Title');
  const imageUrl = images ? row.optional('imageUrl')?.trim() : undefined;
  return compact({ id: row.optional('id') ?? title, title, description: row.optional('description'), imageUrl });
}

function sectionOf(section: Parameters, form: ListForm): ListSection {
  const rows = section.list('rows', 'row').map((row) => rowOf(row, form));
  const multiple = form.several === true && section.flag('multiple') ? true : undefined;
  return compact({ title: form.groups ? section.optional('title') : undefined, multiple, rows });
}

function sectionsOf(parameters: Parameters, form: ListForm): ListSection[] {
  const groups = form.groups ? parameters.list('sections', 'section') : [parameters];
  const sections = groups.map((group) => sectionOf(group, form));
  const rows = sections.flatMap((section) => section.rows);
  if (sections.length === 0 || (!form.groups && rows.length === 0)) {
    throw new ParameterError('The list has no choices', `Add one in '${form.groups ? 'Sections' : 'Rows'}'.`);
  }
  if (sections.some((section) => section.rows.length === 0)) {
    throw new ParameterError('A section has no row', "Add a row in each of 'Sections'.");
  }
  const ids = new Set<string>();
  for (const { id } of rows) {
    if (ids.has(id)) throw new ParameterError(`Two rows have the ID '${id}'`, 'Give each row an ID of its own.');
    ids.add(id);
  }
  return sections;
}

/** A menu below a text. */
export function listBelow(text: string, parameters: Parameters, form: ListForm): OutboundContent {
  return compact({
    type: 'list' as const,
    text,
    header: form.frame ? textHeaderOf(parameters) : undefined,
    footer: form.frame ? parameters.optional('footer') : undefined,
    buttonTitle: parameters.required('buttonTitle', 'Menu Button'),
    sections: sectionsOf(parameters, form),
  });
}

/** A text with a menu of choices, as far as the channel's lists go. */
export function richList(form: ListForm): ContentKind {
  return {
    type: 'list',
    name: 'List',
    description: form.several
      ? 'A text with a menu of choices, of which one or several can be picked'
      : 'A text with a menu of choices behind one button',
    fields: [
      textField,
      ...listFields(form),
      ...(form.frame ? [{ ...headerTextField, required: false }, footerField] : []),
    ],
    build: (parameters) => listBelow(parameters.required('text', 'Text'), parameters, form),
  };
}
