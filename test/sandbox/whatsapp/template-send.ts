import { listOf, objectOf, textOf, type JsonObject } from '../kit/json.ts';
import { all, check, list, number, open, optional, rule, text } from '../kit/schema.ts';
import { GraphError, missing } from './errors.ts';
import { location, source } from './message-schemas.ts';
import type { MediaKind } from './media-types.ts';
import type { Recipient } from './message-body.ts';
import { checkTemplateButtons } from './template-send-buttons.ts';
import { fill, placeholdersOf } from './template-text.ts';
import type { Template, World } from './world.ts';

const COMPONENT_TYPES = ['header', 'body', 'button', 'carousel', 'limited_time_offer', 'tap_target_configuration'];
const isKnown = (type: string): boolean => COMPONENT_TYPES.includes(type.toLowerCase());
const COMPONENTS = list(
  open({
    type: all(
      text(40),
      rule(isKnown, (type) => `Unknown component type ${type.toLowerCase()}.`),
    ),
  }),
  0,
  50,
);
const PRODUCT = open({ product_retailer_id: text(100) });
const CURRENCY = open({
  code: text(3),
  amount_1000: number(-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  fallback_value: text(1024),
});
// Seconds instead of milliseconds would lie in January 1970.
const OFFER = open({ expiration_time_ms: number(1_000_000_000_000, Number.MAX_SAFE_INTEGER) });

/** Checks a template send against the stored template and answers it. */
export function checkTemplateSend(world: World, send: JsonObject, recipient: Recipient): Template {
  const template = findTemplate(world, String(send['name']), String(objectOf(send['language'])['code']));
  if (template.category === 'AUTHENTICATION' && recipient.waId === undefined) {
    throw new GraphError(131062, 'Authentication templates need a phone number.');
  }
  check(optional(COMPONENTS), send['components'], world, 'components');
  const components = listOf(send['components']).map(objectOf);
  checkComponents(world, template, template.components, components);
  return template;
}

function findTemplate(world: World, name: string, language: string): Template {
  const template = [...world.templates.values()].find((one) => one.name === name && one.language === language);
  const details = `template name (${name}) does not exist in ${language}`;
  if (template?.status === 'PAUSED') throw new GraphError(132015, 'Template is paused due to low quality.');
  if (template?.status === 'DISABLED') throw new GraphError(132016, 'Template is disabled.');
  if (template?.status !== 'APPROVED') throw new GraphError(132001, details);
  return template;
}

/** Compares what was sent with what was defined: for the template itself and for each card. */
function checkComponents(world: World, template: Template, defined: JsonObject[], sent: JsonObject[]): void {
  const sentOf = (type: string) => sent.find((component) => textOf(component['type'])?.toLowerCase() === type);
  const definedOf = (type: string) => defined.find((component) => component['type'] === type);
  checkHeader(world, template, definedOf('HEADER'), sentOf('header'));
  checkTexts(template, 'body', textOf(definedOf('BODY')?.['text']), sentOf('body'));
  const buttons = listOf(definedOf('BUTTONS')?.['buttons']).map(objectOf);
  const sentButtons = sent.filter((component) => textOf(component['type'])?.toLowerCase() === 'button');
  checkTemplateButtons(buttons, sentButtons, codeOf(template, sentOf('body')));
  checkOffer(definedOf('LIMITED_TIME_OFFER'), sentOf('limited_time_offer'));
  checkCards(world, template, definedOf('CAROUSEL'), sentOf('carousel'));
}

function checkHeader(
  world: World,
  template: Template,
  defined: JsonObject | undefined,
  sent: JsonObject | undefined,
): void {
  const format = textOf(defined?.['format']) ?? 'NONE';
  if (format === 'TEXT' || format === 'NONE') {
    checkTexts(template, 'header', textOf(defined?.['text']), sent);
    return;
  }
  const parameters = listOf(sent?.['parameters']).map(objectOf);
  const received = textOf(parameters[0]?.['type'])?.toUpperCase() ?? 'UNKNOWN';
  if (received !== format || parameters.length !== 1) {
    throw new GraphError(132012, `header: Format mismatch, expected ${format}, received ${received}`);
  }
  const value = objectOf(parameters[0]?.[format.toLowerCase()]);
  const schema =
    format === 'LOCATION' ? location : format === 'PRODUCT' ? PRODUCT : source(format.toLowerCase() as MediaKind);
  check(schema, value, world, format.toLowerCase());
}

/** Count, kind and names of text parameters; the filled text must fit as well. */
function checkTexts(template: Template, where: string, text: string | undefined, sent: JsonObject | undefined): void {
  const isOtp = template.category === 'AUTHENTICATION' && where === 'body';
  const expected = isOtp ? ['1'] : placeholdersOf(text ?? '');
  const parameters = listOf(sent?.['parameters']).map(objectOf);
  if (parameters.length !== expected.length) {
    const counts = `number of localizable_params (${parameters.length}) does not match the expected number of params`;
    throw new GraphError(132000, `${where}: ${counts} (${expected.length})`);
  }
  const values = new Map<string, string>();
  for (const [index, parameter] of parameters.entries()) {
    const name = parameterName(template, expected, parameter, index);
    values.set(name, parameterText(where, parameter, where === 'header'));
  }
  if (values.size !== expected.length) throw new GraphError(132012, `${where}: a parameter name is given twice`);
  if (fill(text ?? '', values).length > (where === 'header' ? 60 : 1024)) {
    throw new GraphError(132005, `${where}: translated text too long`);
  }
}

function parameterName(template: Template, expected: string[], parameter: JsonObject, index: number): string {
  if (template.parameterFormat === 'POSITIONAL') return String(index + 1);
  const name = textOf(parameter['parameter_name']);
  if (name === undefined || !expected.includes(name)) {
    throw new GraphError(132012, `Parameter name is missing or unknown; expected one of ${expected.join(', ')}`);
  }
  return name;
}

function parameterText(where: string, parameter: JsonObject, isTextOnly: boolean): string {
  const type = textOf(parameter['type']);
  if ((type === 'currency' || type === 'date_time') && !isTextOnly) {
    const value = objectOf(parameter[type]);
    check(type === 'currency' ? CURRENCY : open({ fallback_value: text(1024) }), value, undefined, type);
    return String(value['fallback_value']);
  }
  if (type !== 'text')
    throw new GraphError(132012, `${where}: Format mismatch, expected TEXT, received ${type ?? 'UNKNOWN'}`);
  check(text(32_768), parameter['text'], undefined, `${where}: parameters`, 'text');
  const said = String(parameter['text']);
  if (/[\n\t]| {5,}/.test(said)) {
    throw new GraphError(132018, 'Param text cannot have new-line/tab characters or more than 4 consecutive spaces');
  }
  return said;
}

/** The one-time code of an authentication send, which the button has to repeat. */
function codeOf(template: Template, body: JsonObject | undefined): string | undefined {
  if (template.category !== 'AUTHENTICATION') return undefined;
  const code = textOf(objectOf(listOf(body?.['parameters'])[0])['text']) ?? '';
  if (code.length > 15) throw new GraphError(132018, 'body: a one-time password has at most 15 characters');
  return code;
}

function checkOffer(defined: JsonObject | undefined, sent: JsonObject | undefined): void {
  const hasExpiration = objectOf(defined?.['limited_time_offer'])['has_expiration'] === true;
  if (!defined || !hasExpiration) {
    if (sent && !defined) throw new GraphError(132012, 'limited_time_offer: not part of the template');
    return;
  }
  const offer = objectOf(objectOf(listOf(sent?.['parameters'])[0])['limited_time_offer']);
  check(OFFER, offer, undefined, 'limited_time_offer');
}

function checkCards(
  world: World,
  template: Template,
  defined: JsonObject | undefined,
  sent: JsonObject | undefined,
): void {
  const cards = listOf(defined?.['cards']).map(objectOf);
  const sentCards = listOf(sent?.['cards']).map(objectOf);
  if (sentCards.length !== cards.length) {
    throw new GraphError(132012, `carousel: expected ${cards.length} cards, received ${sentCards.length}`);
  }
  for (const [index, card] of cards.entries()) {
    const own = sentCards.find((one) => one['card_index'] === index);
    if (!own) throw missing(`carousel: card with card_index ${index}`);
    const components = listOf(card['components']).map(objectOf);
    // Cards have texts of their own, but never the one-time code of an authentication template.
    checkComponents(world, template, components, listOf(own['components']).map(objectOf));
  }
}
