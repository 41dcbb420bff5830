import { isObject, listOf, objectOf, textOf, type JsonObject } from '../kit/json.ts';
import { badParameter, GraphError } from './errors.ts';
import { checkButtonDefinitions } from './template-rules-buttons.ts';
import { placeholdersOf } from './template-text.ts';
import type { World } from './world.ts';

export const CATEGORIES = ['AUTHENTICATION', 'MARKETING', 'UTILITY'] as const;
const MEDIA_FORMATS = ['IMAGE', 'VIDEO', 'GIF', 'DOCUMENT'];
const COMPONENTS = ['HEADER', 'BODY', 'FOOTER', 'BUTTONS', 'LIMITED_TIME_OFFER', 'CAROUSEL', 'CALL_PERMISSION_REQUEST'];

/** The body Meta answers a template it cannot take with: code 100 and a subcode that says why. */
export function templateError(subcode: number, title: string, text: string): GraphError {
  return new GraphError(100, undefined, {
    message: 'Invalid parameter',
    subcode,
    userTitle: title,
    userMessage: text,
  });
}

const missingField = (text: string) =>
  templateError(2388043, 'Message template components param is missing expected field(s)', text);

/** Name, category, language: what every creation needs. */
export function checkTemplateHead(fields: JsonObject): void {
  const { name, category, language } = fields;
  for (const [key, value] of Object.entries({ name, category, language })) {
    if (typeof value !== 'string' || value === '') {
      throw badParameter(`The parameter ${key} is required.`);
    }
  }
  if (!/^[a-z0-9_]{1,512}$/.test(String(name))) {
    throw templateError(2388042, 'Invalid name', 'Names have lowercase letters, digits and underscores only.');
  }
  if (!CATEGORIES.some((known) => known === category)) {
    throw badParameter(`Param category must be one of {${CATEGORIES.join(', ')}}`);
  }
}

/** The components of a template (docs: templates/components). */
export function checkTemplateComponents(world: World, fields: JsonObject, isNamed: boolean, isCard = false): void {
  const components = listOf(fields['components']);
  if (components.length === 0) throw missingField('components is required.');
  const types = components.map((component) => (isObject(component) ? component['type'] : undefined));
  for (const type of types) {
    if (!COMPONENTS.includes(String(type))) {
      throw badParameter(`Unexpected component type ${String(type)}`);
    }
  }
  if (new Set(types).size !== types.length) throw missingField('A component may be given once only.');
  const find = (type: string) => components.map(objectOf).find((component) => component['type'] === type);
  const header = find('HEADER');
  if (header) checkHeader(world, header, isNamed);
  const isOffer = find('LIMITED_TIME_OFFER') !== undefined;
  checkBody(find('BODY'), {
    isNamed,
    maxLength: isCard ? 160 : isOffer ? 600 : 1024,
    category: fields['category'],
    isCard,
  });
  checkFooter(find('FOOTER'), fields['category'] === 'AUTHENTICATION');
  const buttons = find('BUTTONS');
  if (buttons) checkButtonDefinitions(listOf(buttons['buttons']).map(objectOf), isCard);
  const offer = find('LIMITED_TIME_OFFER');
  if (offer) checkLength(objectOf(offer['limited_time_offer'])['text'], 16, 'limited_time_offer');
  checkCards(world, find('CAROUSEL'), fields, isNamed);
}

function checkHeader(world: World, header: JsonObject, isNamed: boolean): void {
  const format = textOf(header['format']) ?? '';
  const example = objectOf(header['example']);
  if (format === 'TEXT') {
    const text = checkLength(header['text'], 60, 'header');
    const names = checkNames(text, isNamed);
    if (names.length > 1)
      throw templateError(2388047, 'Header format is incorrect', 'A header has one variable at most.');
    const given = isNamed ? listOf(example['header_text_named_params']) : listOf(example['header_text']);
    if (names.length !== given.length) throw missingField('The header needs an example for its variable.');
  } else if (MEDIA_FORMATS.includes(format)) {
    const handle = textOf(listOf(example['header_handle'])[0]);
    if (handle === undefined) throw missingField('The header needs example.header_handle.');
    if (!world.handles.has(handle)) throw templateError(2388273, 'Invalid media handle', 'The handle is not known.');
  } else if (format !== 'LOCATION' && format !== 'PRODUCT') {
    throw templateError(2388047, 'Header format is incorrect', `Format ${format} is not supported.`);
  }
}

function checkBody(
  body: JsonObject | undefined,
  rule: { isNamed: boolean; maxLength: number; category: unknown; isCard: boolean },
): void {
  if (!body) {
    if (rule.isCard) return;
    throw missingField('A BODY component is required.');
  }
  // Meta writes the body of authentication templates itself.
  if (rule.category === 'AUTHENTICATION') {
    if (body['text'] !== undefined)
      throw templateError(2388072, 'Body format is incorrect', 'The text is fixed by Meta.');
    return;
  }
  const text = checkLength(body['text'], rule.maxLength, 'body');
  const names = checkNames(text, rule.isNamed);
  checkPlacement(text, names.length);
  const example = objectOf(body['example']);
  const given = rule.isNamed ? listOf(example['body_text_named_params']) : listOf(listOf(example['body_text'])[0]);
  if (names.length !== given.length) throw missingField('The body needs an example for each variable.');
}

/** Variables must be named in the template's own way: 1, 2, 3 … or lower-case names. */
function checkNames(text: string, isNamed: boolean): string[] {
  const names = placeholdersOf(text);
  const isFine = names.every((name, index) => (isNamed ? /^[a-z_][a-z0-9_]*$/.test(name) : name === String(index + 1)));
  if (!isFine)
    throw templateError(2388072, 'Variables are incorrect', 'Variable names do not fit the parameter format.');
  return names;
}

function checkPlacement(text: string, count: number): void {
  const trimmed = text.trim();
  if (/^\{\{|\}\}$/.test(trimmed)) {
    throw templateError(
      2388299,
      'Variables cannot be at the start or end',
      'Put text before and after every variable.',
    );
  }
  const words = text
    .replace(/\{\{[^{}]*\}\}/g, ' ')
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
  if (/\}\}\s*\{\{/.test(text) || (count > 0 && words < 2 * count + 1)) {
    throw templateError(2388293, 'Too many variables for the length', 'Add words or remove variables.');
  }
}

function checkFooter(footer: JsonObject | undefined, isAuthentication: boolean): void {
  if (!footer) return;
  if (isAuthentication) {
    const minutes = footer['code_expiration_minutes'];
    if (typeof minutes !== 'number' || minutes < 1 || minutes > 90)
      throw missingField('code_expiration_minutes is 1 to 90.');
    return;
  }
  const text = checkLength(footer['text'], 60, 'footer');
  if (placeholdersOf(text).length > 0)
    throw templateError(2388073, 'Footer format is incorrect', 'A footer has no variables.');
}

function checkCards(world: World, carousel: JsonObject | undefined, fields: JsonObject, isNamed: boolean): void {
  if (!carousel) return;
  const cards = listOf(carousel['cards']).map(objectOf);
  if (cards.length < 2 || cards.length > 10) throw missingField('A carousel has 2 to 10 cards.');
  const shapes = cards.map((card) => {
    checkTemplateComponents(world, { ...fields, components: card['components'] }, isNamed, true);
    return listOf(card['components'])
      .map((one) => `${objectOf(one)['type']}/${objectOf(one)['format']}`)
      .join();
  });
  if (new Set(shapes).size > 1) throw missingField('All cards must have the same structure.');
}

function checkLength(value: unknown, max: number, where: string): string {
  if (typeof value !== 'string' || value === '') throw missingField(`The ${where} needs a text.`);
  if (value.length > max)
    throw templateError(2388040, 'Character limit exceeded', `The ${where} has at most ${max} characters.`);
  return value;
}
