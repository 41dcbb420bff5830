import { isObject, objectOf, textOf, type JsonObject } from '../kit/json.ts';
import * as s from '../kit/schema.ts';
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

const title = s.text(25);
const ACTIONS = {
  QUICK_REPLY: s.open({ title }),
  URL: s.open({ title, url: s.text(2_000) }),
  PHONE_NUMBER: s.open({ title, phone: s.text(20) }),
  COPY_CODE: s.open({ title }),
};
const { QUICK_REPLY, ...CALLS } = ACTIONS;
const actions = (kinds: Record<string, s.Check>): s.Check => s.list(s.choose('type', kinds), 1, 10);

/** The rules of the types that Parley makes; of others only that they exist. */
const RULES: Record<string, s.Check> = {
  'twilio/text': s.open({ body: s.text(1_600) }),
  'twilio/quick-reply': s.open({ body: s.text(1_024), actions: actions({ QUICK_REPLY }) }),
  'twilio/call-to-action': s.open({ body: s.text(1_600), actions: actions(CALLS) }),
  'twilio/list-picker': s.open({
    body: s.text(1_024),
    button: s.text(20),
    items: s.list(s.open({ id: s.text(200), item: s.text(24) }), 1, 10),
  }),
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
    s.check(RULES[kind] ?? s.anything, fields, undefined, kind);
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
