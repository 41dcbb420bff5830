/**
 * What a new template is made of, as Twilio's types. Either in Twilio's own words, a component per type
 * (`{"type": "twilio/quick-reply", "body": …, "actions": […], "variables": {"1": "Ana"}}`), or in WhatsApp's (HEADER, BODY, FOOTER,
 * BUTTONS), so that a template can be made the same way whoever carries WhatsApp.
 */
import { SendError } from '../../core/errors.ts';
import { compact, listOf, objectOf, objectsOf, textOf, type JsonObject } from '../kit/json.ts';

export interface ContentTypes {
  types: JsonObject;
  variables: JsonObject;
}

const invalid = (message: string): SendError => new SendError('invalid', message);

function ownTypes(components: readonly JsonObject[]): ContentTypes {
  const types = components.map(({ type, variables: _, ...fields }) => [String(type), fields]);
  const variables = components.flatMap(({ variables }) => Object.entries(objectOf(variables)));
  return { types: Object.fromEntries(types) as JsonObject, variables: Object.fromEntries(variables) };
}

/** WhatsApp numbers the variables of each part from 1, Twilio those of the whole content. */
class Numbering {
  readonly samples: JsonObject = {};
  #last = 0;

  renumbered(text: string, samples: readonly unknown[]): string {
    const own = new Map<string, string>();
    return text.replace(/\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g, (_, name: string) => {
      if (!/^\d+$/.test(name)) throw invalid('Twilio numbers variables: write {{1}} instead of {{' + name + '}}.');
      const known = own.get(name) ?? String(++this.#last);
      own.set(name, known);
      this.samples[known] ??= textOf(samples[Number(name) - 1]) ?? `sample ${known}`;
      return `{{${known}}}`;
    });
  }
}

function action(button: JsonObject, numbering: Numbering): JsonObject {
  const title = textOf(button.text) ?? '';
  switch (textOf(button.type)?.toUpperCase()) {
    case 'QUICK_REPLY':
      return { type: 'QUICK_REPLY', title, id: title };
    case 'URL':
      return { type: 'URL', title, url: numbering.renumbered(textOf(button.url) ?? '', listOf(button.example)) };
    case 'PHONE_NUMBER':
      return { type: 'PHONE_NUMBER', title, phone: textOf(button.phone_number) ?? '' };
    case 'COPY_CODE':
      return {
        type: 'COPY_CODE',
        title: title || 'Copy',
        code: textOf(listOf(button.example)[0] ?? button.example) ?? '',
      };
    default:
      throw invalid(`Twilio has no button of the type ${textOf(button.type) ?? 'none'} in a template made this way.`);
  }
}

/** A file has to be a public URL: Twilio takes no uploads. */
function headerOf(header: JsonObject, numbering: Numbering): JsonObject {
  const sample = objectOf(header.example);
  if (textOf(header.format)?.toUpperCase() === 'TEXT') {
    return { header_text: numbering.renumbered(textOf(header.text) ?? '', listOf(sample.header_text)) };
  }
  const file = listOf(sample.header_handle).map(textOf)[0];
  if (file === undefined || !/^https?:\/\//i.test(file)) {
    throw invalid('The file in the header of a template has to be a public URL at Twilio, which takes no uploads.');
  }
  return { media: [file] };
}

function withSurroundings(body: JsonObject, header: JsonObject, footer: string | undefined, actions: JsonObject[]) {
  const card = { ...body, ...header, footer, actions: actions.length > 0 ? actions : undefined };
  return { 'whatsapp/card': compact(card) };
}

function typeOf(body: JsonObject, actions: JsonObject[]): JsonObject | undefined {
  if (actions.length === 0) return { 'twilio/text': body };
  const replies = actions.filter(({ type }) => type === 'QUICK_REPLY').length;
  if (replies === actions.length) return { 'twilio/quick-reply': { ...body, actions } };
  return replies === 0 ? { 'twilio/call-to-action': { ...body, actions } } : undefined;
}

function fromWhatsApp(components: readonly JsonObject[]): ContentTypes {
  const numbering = new Numbering();
  const part = (type: string): JsonObject | undefined =>
    components.find((component) => textOf(component.type)?.toUpperCase() === type);
  const header = part('HEADER');
  const body = part('BODY');
  const rows = listOf(objectOf(body?.example).body_text);
  const text = textOf(body?.text);
  if (text === undefined) throw invalid('A template needs a body.');
  // In the order in which they are read: the numbers then run from top to bottom.
  const heading = header === undefined ? {} : headerOf(header, numbering);
  const said = { body: numbering.renumbered(text, listOf(Array.isArray(rows[0]) ? rows[0] : rows)) };
  const footer = textOf(part('FOOTER')?.text);
  const actions = objectsOf(part('BUTTONS')?.buttons).map((button) => action(button, numbering));
  const isPlain = header === undefined && footer === undefined;
  const types = (isPlain ? typeOf(said, actions) : undefined) ?? withSurroundings(said, heading, footer, actions);
  return { types, variables: numbering.samples };
}

/** Throws `SendError('invalid')` for what Twilio cannot store. */
export function contentTypes(components: readonly JsonObject[]): ContentTypes {
  if (components.length === 0) throw invalid('A template needs at least one component.');
  const isOwn = components.every(({ type }) => textOf(type)?.includes('/'));
  return isOwn ? ownTypes(components) : fromWhatsApp(components);
}
