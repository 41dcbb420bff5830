/** Fields that hold further fields, as n8n's forms have them. */
import type { INodeProperties } from 'n8n-workflow';

/** 'Options': what is added only where it is wanted. */
export function optionsField(options: INodeProperties[]): INodeProperties {
  return {
    displayName: 'Options',
    name: 'options',
    type: 'collection',
    placeholder: 'Add Option',
    default: {},
    options,
  };
}

/** 'Filters': what narrows a list. */
export function filtersField(options: INodeProperties[]): INodeProperties {
  return {
    displayName: 'Filters',
    name: 'filters',
    type: 'collection',
    placeholder: 'Add Filter',
    default: {},
    options,
  };
}

/** A list of entries with the same fields, which can be put in order; `Parameters.list(words.name, entry.name)` reads it. */
export function listField(
  words: Pick<INodeProperties, 'displayName' | 'name' | 'description'>,
  entry: { displayName: string; name: string },
  values: INodeProperties[],
): INodeProperties {
  const placeholder = `Add ${entry.displayName}`;
  const field: INodeProperties = {
    displayName: '',
    name: '',
    type: 'fixedCollection',
    typeOptions: { multipleValues: true, multipleValueButtonText: placeholder, sortable: true },
    default: {},
    options: [{ ...entry, values }],
  };
  return { ...field, ...words, placeholder };
}
