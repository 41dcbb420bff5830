import type { INodeProperties } from 'n8n-workflow';
import { compact, ParameterError } from '../parameters.ts';
import type { ContentKind } from './kind.ts';
import { textField } from './text.ts';

const placeFields: INodeProperties[] = [
  {
    displayName: 'Latitude',
    name: 'latitude',
    type: 'number',
    typeOptions: { numberPrecision: 7 },
    default: 0,
    required: true,
    description: 'Degrees north, from -90 to 90',
  },
  {
    displayName: 'Longitude',
    name: 'longitude',
    type: 'number',
    typeOptions: { numberPrecision: 7 },
    default: 0,
    required: true,
    description: 'Degrees east, from -180 to 180',
  },
  {
    displayName: 'Place Name',
    name: 'placeName',
    type: 'string',
    default: '',
    placeholder: 'e.g. Our Shop',
    description: 'Shown above the map',
  },
  {
    displayName: 'Address',
    name: 'address',
    type: 'string',
    default: '',
    placeholder: 'e.g. 1 Market Street, Lisbon',
    description: 'Shown below the name',
  },
];

export const location: ContentKind = {
  type: 'location',
  name: 'Location',
  description: 'A place on the map',
  fields: placeFields,
  build: (parameters) =>
    compact({
      type: 'location' as const,
      latitude: parameters.number('latitude', 'Latitude'),
      longitude: parameters.number('longitude', 'Longitude'),
      name: parameters.optional('placeName'),
      address: parameters.optional('address'),
    }),
};

export const locationRequest: ContentKind = {
  type: 'location_request',
  name: 'Location Request',
  description: 'Asks the contact for their location with one tap',
  fields: [textField],
  build: (parameters) => ({ type: 'location_request', text: parameters.required('text', 'Text') }),
};

/** `{ "city": "Mumbai" }` → the same with every value as text. */
function addressValues(value: Record<string, unknown> | undefined): Record<string, string> | undefined {
  if (value === undefined || Object.keys(value).length === 0) return undefined;
  const entries = Object.entries(value).map(([name, member]): [string, string] => {
    if (typeof member === 'string' || typeof member === 'number') return [name, String(member)];
    throw new ParameterError(`'Known Values' has no text for ${name}`, 'Write each value as text.');
  });
  return Object.fromEntries(entries);
}

export const addressRequest: ContentKind = {
  type: 'address_request',
  name: 'Address Request',
  description: 'Asks the contact for a postal address with a form',
  fields: [
    textField,
    {
      displayName: 'Country',
      name: 'country',
      type: 'string',
      default: 'IN',
      required: true,
      placeholder: 'e.g. IN',
      description: 'Two-letter code. The provider offers this in few countries; on WhatsApp only in India.',
    },
    {
      displayName: 'Known Values',
      name: 'addressValues',
      type: 'json',
      default: '{}',
      description: 'What you know already, to fill in the form, e.g. {"city": "Mumbai"}',
    },
  ],
  build: (parameters) =>
    compact({
      type: 'address_request' as const,
      text: parameters.required('text', 'Text'),
      country: parameters.required('country', 'Country').trim().toUpperCase(),
      values: addressValues(parameters.object('addressValues', 'Known Values')),
    }),
};
