import { isObject, listOf, objectOf, textOf, type JsonObject } from '../kit/json.ts';
import { TwilioError } from './errors.ts';
import type { Line } from './defaults.ts';
import type { StoredContent } from './world.ts';

/** Richest last: the best one that the line has is sent. */
const RANK = [
  'twilio/text',
  'twilio/media',
  'twilio/location',
  'twilio/quick-reply',
  'twilio/call-to-action',
  'twilio/list-picker',
  'twilio/card',
  'twilio/carousel',
  'twilio/catalog',
  'twilio/flows',
  'whatsapp/card',
  'whatsapp/flows',
  'whatsapp/authentication',
];
const ON_SMS = new Set(['twilio/text', 'twilio/media']);
/** Can be sent in an open session without approval. */
const IN_SESSION = new Set(RANK.slice(0, 6));

const fail = (message: string): never => {
  throw new TwilioError(20001, message);
};

function text(value: unknown, name: string, max: number): void {
  const length = [...(textOf(value) ?? fail(`${name} is required`))].length;
  if (length === 0 || length > max) fail(`${name} must have 1 to ${max} characters`);
}

function actions(fields: JsonObject, type: string, max: number, allowed: readonly string[]): void {
  const list = listOf(fields['actions']).map(objectOf);
  if (list.length === 0 || list.length > max) fail(`${type}: actions must have 1 to ${max} elements`);
  for (const action of list) {
    if (!allowed.includes(textOf(action['type']) ?? '')) fail(`${type}: an action has a wrong type`);
    text(action['title'], `${type}: title`, 25);
    if (action['type'] === 'URL') text(action['url'], `${type}: url`, 2_000);
    if (action['type'] === 'PHONE_NUMBER') text(action['phone'], `${type}: phone`, 20);
  }
}

/** The rules of the types that Parley makes; of others only that they exist. */
const RULES: Record<string, (fields: JsonObject) => void> = {
  'twilio/text': (fields) => text(fields['body'], 'twilio/text: body', 1_600),
  'twilio/quick-reply': (fields) => {
    text(fields['body'], 'twilio/quick-reply: body', 1_024);
    actions(fields, 'twilio/quick-reply', 10, ['QUICK_REPLY']);
  },
  'twilio/call-to-action': (fields) => {
    text(fields['body'], 'twilio/call-to-action: body', 1_600);
    actions(fields, 'twilio/call-to-action', 10, ['URL', 'PHONE_NUMBER', 'COPY_CODE']);
  },
  'twilio/list-picker': (fields) => {
    text(fields['body'], 'twilio/list-picker: body', 1_024);
    text(fields['button'], 'twilio/list-picker: button', 20);
    const items = listOf(fields['items']).map(objectOf);
    if (items.length === 0 || items.length > 10) fail('twilio/list-picker: items must have 1 to 10 elements');
    for (const item of items) {
      text(item['id'], 'twilio/list-picker: id', 200);
      text(item['item'], 'twilio/list-picker: item', 24);
    }
  },
};

const names = (value: unknown): string[] => [
  ...new Set([...JSON.stringify(value).matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] as string)),
];

/** Refuses what the Content API refuses. */
export function checkTypes(types: JsonObject, variables: JsonObject): void {
  const kinds = Object.keys(types);
  if (kinds.length === 0) fail('types is required');
  for (const kind of kinds) {
    const fields = types[kind];
    if (!RANK.includes(kind) || !isObject(fields)) throw fail(`${kind} is not a content type`);
    RULES[kind]?.(fields);
  }
  const lacking = names(types).find((name) => textOf(variables[name]) === undefined);
  if (lacking !== undefined) fail(`the variable ${lacking} needs a sample`);
}

/** Whether WhatsApp could approve it at all (page "Template approvals"). */
export function approvalFault({ types }: Pick<StoredContent, 'types'>): string | undefined {
  if ('twilio/list-picker' in types) return 'list-picker cannot be submitted for approval';
  const bodies = Object.values(types).map((fields) => textOf(objectOf(fields)['body']) ?? '');
  if (bodies.some((body) => /^\s*\{\{|\}\}\s*$/.test(body))) return 'a body must not start or end with a variable';
  return bodies.some((body) => /\}\}\s*\{\{/.test(body)) ? 'two variables stand next to each other' : undefined;
}

/** The richest type that the line has; undefined: none. */
export function typeFor(content: StoredContent, line: Line): string | undefined {
  const known = RANK.filter((type) => type in content.types && (line === 'whatsapp' || ON_SMS.has(type)));
  return known.at(-1);
}

export const isInSession = (type: string): boolean => IN_SESSION.has(type);

/** Variables filled in, where none is given with its sample. */
export function filled(value: unknown, variables: Record<string, string>, samples: JsonObject): unknown {
  if (typeof value === 'string') {
    return value.replace(/\{\{(\w+)\}\}/g, (_, name: string) => variables[name] ?? textOf(samples[name]) ?? '');
  }
  if (Array.isArray(value)) return value.map((item) => filled(item, variables, samples));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, filled(member, variables, samples)]));
}
