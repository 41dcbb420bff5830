/**
 * Stored contents. Buttons, lists and link buttons have no inline form: Twilio sends them from a Content resource. So each *shape*
 * (this type, with this many buttons or rows) is stored once in the account, with a variable in every place, and is used for every
 * message of that shape. Its name tells the shape, so that nothing has to be remembered here: it is looked up by name, which is one
 * request before each such send, and made when it is not there, which is a second one, once per shape and account.
 */
import { createHash } from 'node:crypto';
import { SendError } from '../../core/errors.ts';
import type { ConnectorIo } from '../../connectors/connector.ts';
import { objectsOf, textOf, type JsonObject } from '../kit/json.ts';
import { twilio } from './call.ts';
import { storedContent, type StoredContent } from './payloads.ts';
import type { TwilioSettings } from './settings.ts';

/** What is said, with the form in which it is stored. */
export interface ShapedContent {
  types: JsonObject;
  /** By number from 1. */
  variables: Record<string, string>;
}

const LANGUAGE = 'en';
export const SHAPE_PREFIX = 'parley_';

/** The same for the same shape, whoever makes it. */
export function shapeName(types: JsonObject): string {
  const digest = createHash('sha256').update(JSON.stringify(types)).digest('hex').slice(0, 16);
  const kind = Object.keys(types)[0]?.split('/')[1]?.replaceAll('-', '_') ?? 'content';
  return `${SHAPE_PREFIX}${kind}_${digest}`;
}

export const CONTENT_SID = /^HX[0-9a-fA-F]{32}$/;

/**
 * Twilio reads the name as a pattern (twilio_content_v2, "Filter by Regex Pattern in content name"). Letters and digits mean themselves
 * whatever it makes of them, so nothing is anchored or escaped: anything else is any character.
 */
export const namePattern = (name: string): string => name.replace(/[^\p{L}\p{N} _-]/gu, '.');

/** A name is also found inside longer ones: only the very same counts. */
export async function contentsNamed(name: string, settings: TwilioSettings, io: ConnectorIo): Promise<StoredContent[]> {
  const query = { ContentName: namePattern(name), PageSize: 500 };
  const answer = await twilio({ host: 'content', method: 'GET', path: '/v2/Content', query }, settings, io);
  const found = objectsOf(answer.contents).map(storedContent);
  return found.filter((content) => content !== undefined).filter((content) => content.name === name);
}

/** Two that make the same shape at once leave it twice, which harms nobody: the first that is listed is used. */
export async function contentFor({ types }: ShapedContent, settings: TwilioSettings, io: ConnectorIo): Promise<string> {
  const name = shapeName(types);
  const [known] = await contentsNamed(name, settings, io);
  if (known !== undefined) return known.sid;
  const json = { friendly_name: name, language: LANGUAGE, variables: samplesFor(types), types };
  const call = { host: 'content', method: 'POST', path: '/v1/Content', json, repeatable: true } as const;
  const sid = textOf((await twilio(call, settings, io)).sid);
  if (sid === undefined) throw new SendError('unreachable', 'Twilio stored the content, but its answer has no SID.');
  return sid;
}

/** Every variable needs a sample. */
function samplesFor(types: JsonObject): Record<string, string> {
  const names = [...JSON.stringify(types).matchAll(/\{\{(\d+)\}\}/g)].map((match) => match[1] as string);
  return Object.fromEntries(names.map((name) => [name, `sample ${name}`]));
}

/** The content of a template: by its SID, or by its name and language, which takes a request. */
export async function templateSid(
  { name, language }: { name: string; language: string },
  settings: TwilioSettings,
  io: ConnectorIo,
): Promise<string> {
  if (CONTENT_SID.test(name)) return name;
  const found = await contentsNamed(name, settings, io);
  const wanted = found.find((content) => content.language === language);
  if (wanted !== undefined) return wanted.sid;
  const others = [...new Set(found.map((content) => content.language))];
  const what = others.length === 0 ? 'There is no content' : `The content exists in ${others.join(', ')} only, not`;
  throw new SendError('invalid', `${what} with this name and language in the Twilio account (${name}, ${language}).`);
}
