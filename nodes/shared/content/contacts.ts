import type { INodeProperties } from 'n8n-workflow';
import type { ContactCard } from '../../../contract/message.ts';
import { compact, ParameterError, type Parameters } from '../parameters.ts';
import type { ContentKind } from './kind.ts';

const cardFields: INodeProperties[] = [
  { displayName: 'Birthday', name: 'birthday', type: 'string', default: '', placeholder: 'e.g. 1990-01-31' },
  { displayName: 'Company', name: 'company', type: 'string', default: '', placeholder: 'e.g. Nathan & Co' },
  { displayName: 'Email', name: 'email', type: 'string', default: '', placeholder: 'e.g. nathan@example.com' },
  { displayName: 'First Name', name: 'first', type: 'string', default: '', placeholder: 'e.g. Nathan' },
  { displayName: 'Job Title', name: 'title', type: 'string', default: '', placeholder: 'e.g. Technician' },
  { displayName: 'Last Name', name: 'last', type: 'string', default: '', placeholder: 'e.g. Smith' },
  { displayName: 'Phone', name: 'phone', type: 'string', default: '', placeholder: 'e.g. +15550001111' },
  { displayName: 'Website', name: 'url', type: 'string', default: '', placeholder: 'e.g. https://example.com' },
];

const fields: INodeProperties[] = [
  {
    displayName: 'Contacts From',
    name: 'contactsFrom',
    type: 'options',
    options: [
      { name: 'Fields Below', value: 'fields' },
      { name: 'JSON', value: 'json', description: 'For several phones, addresses and so on' },
    ],
    default: 'fields',
    description: 'How to describe the contacts',
  },
  {
    displayName: 'Contacts',
    name: 'contacts',
    type: 'fixedCollection',
    typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Contact' },
    default: {},
    placeholder: 'Add Contact',
    displayOptions: { show: { contactsFrom: ['fields'] } },
    description: 'The people whose cards are sent',
    options: [{ displayName: 'Contact', name: 'contact', values: cardFields }],
  },
  {
    displayName: 'Contacts',
    name: 'contactsJson',
    type: 'json',
    default:
      '[\n  {\n    "name": { "formatted": "Nathan Smith", "first": "Nathan" },\n    "phones": [{ "phone": "+15550001111", "type": "CELL" }]\n  }\n]',
    displayOptions: { show: { contactsFrom: ['json'] } },
    description: 'An array of cards with name, phones, emails, addresses, org and birthday',
  },
];

function cardOf(entry: Parameters): ContactCard {
  const first = entry.optional('first');
  const last = entry.optional('last');
  const company = entry.optional('company');
  const formatted = [first, last].filter((part) => part !== undefined).join(' ') || company;
  if (formatted === undefined) {
    throw new ParameterError('A contact has no name', "Give each contact at least a 'First Name' or a 'Company'.");
  }
  const phone = entry.optional('phone');
  const email = entry.optional('email');
  const url = entry.optional('url');
  const org = compact({ company, title: entry.optional('title') });
  return compact({
    name: compact({ formatted, first: first ?? (last === undefined ? formatted : undefined), last }),
    phones: phone === undefined ? undefined : [{ phone, type: 'CELL' }],
    emails: email === undefined ? undefined : [{ email, type: 'WORK' }],
    org: Object.keys(org).length === 0 ? undefined : org,
    urls: url === undefined ? undefined : [{ url, type: 'WORK' }],
    birthday: entry.optional('birthday'),
  });
}

function isCard(value: Record<string, unknown>): value is Record<string, unknown> & ContactCard {
  const name = value['name'];
  return typeof name === 'object' && name !== null && 'formatted' in name && typeof name.formatted === 'string';
}

function cardsOfJson(parameters: Parameters): ContactCard[] {
  const cards = parameters.objects('contactsJson', 'Contacts') ?? [];
  if (!cards.every(isCard)) {
    throw new ParameterError(
      "A contact in 'Contacts' has no name.formatted",
      'Give each card { "name": { "formatted": "…" } }.',
    );
  }
  return cards;
}

export const contacts: ContentKind = {
  type: 'contacts',
  name: 'Contacts',
  description: 'Address-book cards that can be saved with one tap',
  fields,
  build: (parameters) => {
    const json = parameters.text('contactsFrom') === 'json';
    const cards = json ? cardsOfJson(parameters) : parameters.list('contacts', 'contact').map(cardOf);
    if (cards.length === 0) throw new ParameterError('There is no contact to send', "Add one in 'Contacts'.");
    return { type: 'contacts', contacts: cards };
  },
};
