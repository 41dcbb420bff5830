/** A template and the values of its variables → the content to send. Pure but for the upload of files. */
import type { Template, TemplateVariable } from '../../contract/api.ts';
import type {
  TemplateButton,
  TemplateCard,
  TemplateContent,
  TemplateHeader,
  TemplateValue,
} from '../../contract/message.ts';
import type { Files } from './content/kind.ts';
import { mediaOfText } from './content/media.ts';
import { ParameterError, Parameters } from './parameters.ts';

/** Quick replies and forms have a value of their own when none is given. */
const OPTIONAL_TYPES: readonly TemplateVariable['type'][] = ['quick_reply', 'form'];

export function isRequired(variable: TemplateVariable): boolean {
  return !OPTIONAL_TYPES.includes(variable.type);
}

const TYPE_WORDS: Record<TemplateVariable['type'], string> = {
  text: '',
  image: 'image (link, media ID or binary field)',
  video: 'video (link, media ID or binary field)',
  document: 'document (link, media ID or binary field)',
  gif: 'GIF (link, media ID or binary field)',
  location: 'location (latitude, longitude)',
  product: 'product (catalog ID/product ID)',
  products: 'products (JSON)',
  url: 'link ending',
  quick_reply: 'payload',
  copy_code: 'code to copy',
  code: 'one-time code',
  form: 'form reference',
  offer_end: 'end of the offer',
};

/** `Card 2 · Body: first_name`, `Button 1: link ending`, with the example of the template's author. */
export function variableLabel(variable: TemplateVariable): string {
  const card = variable.card === undefined ? '' : `Card ${variable.card + 1} · `;
  const part = variable.part.charAt(0).toUpperCase() + variable.part.slice(1);
  const place = variable.part === 'button' ? `${part} ${(variable.index ?? 0) + 1}` : part;
  const what = TYPE_WORDS[variable.type] || variable.name;
  const example = variable.example && variable.type === 'text' ? ` (e.g. ${variable.example})` : '';
  return `${card}${place}: ${what}${example}`;
}

function valueOf(variable: TemplateVariable, values: Parameters): string | undefined {
  const value = values.optional(variable.key);
  if (value !== undefined || !isRequired(variable)) return value;
  throw new ParameterError(
    `The template variable '${variableLabel(variable)}' has no value`,
    "Fill it in under 'Variables'. If it is not there, refresh the list of variables: the template has changed.",
  );
}

function wrongValue(variable: TemplateVariable, how: string): never {
  throw new ParameterError(`The template variable '${variableLabel(variable)}' has a value it cannot take`, how);
}

/** `38.72, -9.14` or `{"latitude": 38.72, "longitude": -9.14, "name": "Shop"}` */
function locationHeader(variable: TemplateVariable, value: string): TemplateHeader {
  const json = value.trim().startsWith('{')
    ? new Parameters({ value }).object('value', variableLabel(variable))
    : undefined;
  const [latitude, longitude] = value.split(',');
  const place = new Parameters(json ?? { latitude: latitude?.trim(), longitude: longitude?.trim() });
  return {
    type: 'location',
    latitude: place.number('latitude', 'Latitude'),
    longitude: place.number('longitude', 'Longitude'),
    ...(place.optional('name') ? { name: place.text('name') } : {}),
    ...(place.optional('address') ? { address: place.text('address') } : {}),
  };
}

async function headerOf(
  variable: TemplateVariable,
  value: string,
  files: Files,
  text: TemplateValue,
): Promise<TemplateHeader> {
  if (variable.type === 'location') return locationHeader(variable, value);
  if (variable.type === 'product') {
    const [catalogId, productId] = value.split('/');
    if (!catalogId || !productId) return wrongValue(variable, 'Write the catalog ID, a slash and the product ID.');
    return { type: 'product', catalogId, productId };
  }
  const { type } = variable;
  if (type !== 'image' && type !== 'video' && type !== 'document' && type !== 'gif')
    return { type: 'text', values: [text] };
  const { filename, ...media } = await mediaOfText(value, variableLabel(variable), files);
  return { type, ...media, ...(type === 'document' && filename !== undefined ? { filename } : {}) };
}

function productsButton(variable: TemplateVariable, value: string, index: number): TemplateButton {
  const how = 'Write {"thumbnailProductId": "…", "sections": [{"title": "…", "productIds": ["…"]}]}.';
  const json = new Parameters({ value }).object('value', variableLabel(variable)) ?? {};
  const { thumbnailProductId, sections } = json;
  if (typeof thumbnailProductId !== 'string' || !Array.isArray(sections)) return wrongValue(variable, how);
  return { type: 'products', index, thumbnailProductId, sections };
}

function buttonOf(variable: TemplateVariable, value: string): TemplateButton | undefined {
  const index = variable.index ?? 0;
  if (variable.type === 'url') return { type: 'url', index, suffix: value };
  if (variable.type === 'quick_reply') return { type: 'quick_reply', index, payload: value };
  if (variable.type === 'copy_code') return { type: 'copy_code', index, code: value };
  if (variable.type === 'form') return { type: 'form', index, token: value };
  if (variable.type === 'products') return productsButton(variable, value, index);
  return undefined;
}

/** An instant as ISO 8601 or milliseconds since the epoch. */
function instant(variable: TemplateVariable, value: string): number {
  const at = /^\d{10,}$/.test(value.trim()) ? Number(value) : Date.parse(value);
  return Number.isNaN(at) ? wrongValue(variable, 'Give a date and time, e.g. 2026-12-31T18:00:00Z.') : at;
}

/** Puts one value where its variable stands in `part`, the template itself or one of its cards. */
async function place(part: TemplateCard, variable: TemplateVariable, value: string, named: boolean, files: Files) {
  const text: TemplateValue = { ...(named ? { name: variable.name } : {}), type: 'text', text: value };
  if (variable.part === 'header') part.header = await headerOf(variable, value, files, text);
  if (variable.part === 'body') (part.body ??= []).push(text);
  const button = variable.part === 'button' ? buttonOf(variable, value) : undefined;
  if (button) (part.buttons ??= []).push(button);
}

function cardAt(content: TemplateContent, index: number): TemplateCard {
  const cards = (content.cards ??= []);
  while (cards.length <= index) cards.push({});
  return cards[index] ?? {};
}

/** Fills a template. Throws `ParameterError` when a variable has no value or a wrong one. */
export async function templateContent(
  template: Pick<Template, 'name' | 'language' | 'parameterFormat' | 'variables'>,
  values: Parameters,
  files: Files,
): Promise<TemplateContent> {
  const content: TemplateContent = { type: 'template', name: template.name, language: template.language };
  const named = template.parameterFormat === 'named';
  for (const variable of template.variables) {
    const value = valueOf(variable, values);
    if (value === undefined) continue;
    if (variable.type === 'code') content.code = value;
    else if (variable.type === 'offer_end') content.offerEndsAt = instant(variable, value);
    else
      await place(
        variable.card === undefined ? content : cardAt(content, variable.card),
        variable,
        value,
        named,
        files,
      );
  }
  return content;
}
