/** What stands in an account's profile: the parts that a channel has, as fields of a form and as the service takes them. */
import type { INodeProperties } from 'n8n-workflow';
import { listField } from '../collections.ts';
import { compact, ParameterError, type Parameters } from '../parameters.ts';

/** One part of a profile; `build` gives undefined where nothing was filled in. */
export interface ProfilePart {
  /** As the service calls it. */
  part: string;
  name: string;
  description: string;
  field: INodeProperties;
  build(parameters: Parameters): unknown;
}

const localeField: INodeProperties = {
  displayName: 'Locale',
  name: 'locale',
  type: 'string',
  default: 'default',
  placeholder: 'e.g. pt_PT',
  description: "The language it is for; 'default' for all that have none of their own",
};

const ENTRY = 'entry';
const entryOf = (displayName: string) => ({ displayName, name: ENTRY });

const localeOf = (entry: Parameters): string => entry.optional('locale')?.trim() ?? 'default';

/** The entries as a list; undefined when there is none. */
function listOf<T>(parameters: Parameters, name: string, read: (entry: Parameters) => T): T[] | undefined {
  const entries = parameters.list(name, ENTRY).map(read);
  return entries.length > 0 ? entries : undefined;
}

export const getStarted: ProfilePart = {
  part: 'getStarted',
  name: 'Get Started Button',
  description: 'What a person who never wrote taps first',
  field: {
    displayName: 'Get Started Button ID',
    name: 'getStarted',
    type: 'string',
    default: '',
    placeholder: 'e.g. start',
    description: "What comes back as 'buttonId' when a new person taps 'Get Started'. The menu needs it.",
  },
  build: (parameters) => parameters.optional('getStarted')?.trim(),
};

/** Meta writes names in two braces, which begin an expression in n8n. */
const withNames = (text: string): string =>
  text.replace(/\{?\{(user_(?:first|last|full)_name)\}\}?/g, (_, name: string) => `{{${name}}}`);

export const greetings: ProfilePart = {
  part: 'greetings',
  name: 'Greeting',
  description: 'What a person reads before the first message',
  field: listField(
    {
      displayName: 'Greetings',
      name: 'greetings',
      description: 'What a person reads before the first message, one per language',
    },
    entryOf('Greeting'),
    [
      localeField,
      {
        displayName: 'Text',
        name: 'text',
        type: 'string',
        default: '',
        placeholder: 'e.g. Hello {user_first_name}!',
        description:
          'Up to 160 characters. {user_first_name}, {user_last_name} and {user_full_name} stand for the names of the person.',
      },
    ],
  ),
  build: (parameters) =>
    listOf(parameters, 'greetings', (entry) => ({
      locale: localeOf(entry),
      text: withNames(entry.required('text', 'Text')),
    })),
};

const questionField = listField(
  { displayName: 'Questions', name: 'questions', description: 'Up to four' },
  entryOf('Question'),
  [
    { displayName: 'Question', name: 'question', type: 'string', default: '', placeholder: 'e.g. When are you open?' },
    {
      displayName: 'ID',
      name: 'payload',
      type: 'string',
      default: '',
      placeholder: 'e.g. hours',
      description: "What comes back as 'buttonId' when it is tapped. Empty: the question.",
    },
  ],
);

function questionOf(entry: Parameters): { question: string; payload: string } {
  const question = entry.required('question', 'Question');
  return { question, payload: entry.optional('payload')?.trim() ?? question };
}

export const iceBreakers: ProfilePart = {
  part: 'iceBreakers',
  name: 'Ice Breakers',
  description: 'Questions that a new person can ask with one tap',
  field: listField(
    {
      displayName: 'Ice Breakers',
      name: 'iceBreakers',
      description: 'Questions that a new person can ask with one tap, one set per language',
    },
    entryOf('Language'),
    [localeField, questionField],
  ),
  build: (parameters) =>
    listOf(parameters, 'iceBreakers', (entry) => {
      const questions = listOf(entry, 'questions', questionOf);
      if (questions) return { locale: localeOf(entry), questions };
      throw new ParameterError('A language has no question', "Add one in each of 'Ice Breakers'.");
    }),
};

const itemsField = listField(
  { displayName: 'Items', name: 'items', description: 'What stands in the menu, from top to bottom' },
  entryOf('Item'),
  [
    { displayName: 'Title', name: 'title', type: 'string', default: '', placeholder: 'e.g. My Orders' },
    {
      displayName: 'ID',
      name: 'payload',
      type: 'string',
      default: '',
      placeholder: 'e.g. orders',
      description: "What comes back as 'buttonId' when it is tapped. Empty: the title.",
    },
    {
      displayName: 'URL',
      name: 'url',
      type: 'string',
      default: '',
      placeholder: 'e.g. https://example.com/orders',
      description: 'The page that it opens, instead of coming back as a button',
    },
  ],
);

function menuItem(entry: Parameters): { title: string; payload: string } | { title: string; url: string } {
  const title = entry.required('title', 'Title');
  const url = entry.optional('url')?.trim();
  return url === undefined ? { title, payload: entry.optional('payload')?.trim() ?? title } : { title, url };
}

const composerField: INodeProperties = {
  displayName: 'Menu Only',
  name: 'composerDisabled',
  type: 'boolean',
  default: false,
  description: 'Whether people can only tap, not write',
};

/** `composer`: whether writing can be switched off. */
export function menus({ composer }: { composer: boolean }): ProfilePart {
  return {
    part: 'menus',
    name: 'Menu',
    description: 'A menu that is always there',
    field: listField(
      { displayName: 'Menus', name: 'menus', description: 'A menu that is always there, one per language' },
      entryOf('Language'),
      [localeField, itemsField, ...(composer ? [composerField] : [])],
    ),
    build: (parameters) =>
      listOf(parameters, 'menus', (entry) => {
        const items = listOf(entry, 'items', menuItem);
        if (items === undefined) throw new ParameterError('A menu has no item', "Add one in each of 'Menus'.");
        const composerDisabled = (composer && entry.flag('composerDisabled')) || undefined;
        return compact({ locale: localeOf(entry), composerDisabled, items });
      }),
  };
}
