/** Which variables a template's components ask for, in the order in which they stand. */
import type { TemplateVariable } from '../../../../../contract/api.ts';
import { compact, listOf, objectOf, objectsOf, textOf, type JsonObject } from '../../kit/json.ts';

type Draft = Omit<TemplateVariable, 'key' | 'card'> & { path: string };

/** Names of `{{…}}`, each once, as they first stand. */
function placeholders(text: unknown): string[] {
  const names = [...(textOf(text) ?? '').matchAll(/\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g)].map((match) => match[1] as string);
  return [...new Set(names)];
}

const firstOf = (value: unknown): string | undefined => textOf(Array.isArray(value) ? value[0] : value);

/** Named examples are `[{param_name, example}]`, positional ones a list in the order of the numbers. */
function examplesIn(named: unknown, positional: unknown): (name: string) => string | undefined {
  const byName = new Map<unknown, unknown>();
  for (const { param_name: sample, example } of objectsOf(named)) if (!byName.has(sample)) byName.set(sample, example);
  return (name) => textOf(byName.get(name)) ?? textOf(listOf(positional)[Number(name) - 1]);
}

const MEDIA_HEADERS = new Map([
  ['IMAGE', 'image' as const],
  ['VIDEO', 'video' as const],
  ['GIF', 'gif' as const],
  ['DOCUMENT', 'document' as const],
  ['LOCATION', 'location' as const],
  ['PRODUCT', 'product' as const],
]);

function header(component: JsonObject): Draft[] {
  const sample = objectOf(component.example);
  const media = MEDIA_HEADERS.get(textOf(component.format)?.toUpperCase() ?? '');
  if (media !== undefined) {
    const example = firstOf(sample.header_handle);
    return [{ path: `header.${media}`, part: 'header', name: media, type: media, example }];
  }
  const exampleOf = examplesIn(sample.header_text_named_params, sample.header_text);
  return placeholders(component.text).map((name) => ({
    path: `header.${name}`,
    part: 'header',
    name,
    type: 'text',
    example: exampleOf(name),
  }));
}

function body(component: JsonObject): Draft[] {
  const sample = objectOf(component.example);
  const rows = listOf(sample.body_text);
  const exampleOf = examplesIn(sample.body_text_named_params, Array.isArray(rows[0]) ? rows[0] : rows);
  return placeholders(component.text).map((name) => ({
    path: `body.${name}`,
    part: 'body',
    name,
    type: 'text',
    example: exampleOf(name),
  }));
}

/** Buttons without a variable (phone number, fixed URL, catalog) ask for nothing. */
function button(component: JsonObject, index: number): Draft[] {
  const draft = (name: string, type: Draft['type']): Draft[] => [
    { path: `button.${index}.${type}`, part: 'button', name, type, index, example: firstOf(component.example) },
  ];
  switch (textOf(component.type)?.toUpperCase()) {
    case 'QUICK_REPLY':
      return draft('payload', 'quick_reply');
    case 'URL':
      return placeholders(component.url).flatMap((name) => draft(name, 'url'));
    case 'COPY_CODE':
      return draft('code', 'copy_code');
    case 'FLOW':
      return draft('form', 'form');
    case 'MPM':
      return draft('products', 'products');
    default:
      return [];
  }
}

function draftsOf(component: JsonObject): Draft[] {
  switch (textOf(component.type)?.toUpperCase()) {
    case 'HEADER':
      return header(component);
    case 'BODY':
      return body(component);
    case 'BUTTONS':
      return objectsOf(component.buttons).flatMap(button);
    case 'LIMITED_TIME_OFFER': {
      const asks = objectOf(component.limited_time_offer).has_expiration === true;
      return asks ? [{ path: 'offer.ends_at', part: 'body', name: 'ends_at', type: 'offer_end' }] : [];
    }
    default:
      return [];
  }
}

function finished({ path, ...draft }: Draft, card?: number): TemplateVariable {
  return compact({ key: card === undefined ? path : `card.${card}.${path}`, ...draft, card });
}

function cardVariables(carousel: JsonObject): TemplateVariable[] {
  return objectsOf(carousel.cards).flatMap((card, index) =>
    objectsOf(card.components).flatMap((component) => draftsOf(component).map((draft) => finished(draft, index))),
  );
}

/** An authentication template asks for one thing, the code, wherever its components put it. */
export function variablesOf(components: readonly JsonObject[], category?: string): TemplateVariable[] {
  if (category === 'AUTHENTICATION') return [{ key: 'body.code', part: 'body', name: 'code', type: 'code' }];
  return components.flatMap((component) =>
    textOf(component.type)?.toUpperCase() === 'CAROUSEL'
      ? cardVariables(component)
      : draftsOf(component).map((draft) => finished(draft)),
  );
}
