import type { INodeProperties } from 'n8n-workflow';

/** For credentials of channels that write to phone numbers. */
export const defaultCountry: INodeProperties = {
  displayName: 'Default Country',
  name: 'defaultCountry',
  type: 'string',
  default: '',
  placeholder: 'e.g. US',
  description:
    "The two letters of the country whose phone numbers you write without country code. Left empty, a number without '+' is only taken when a contact of this account has it: the same digits are somebody else in another country.",
};
