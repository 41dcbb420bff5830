/**
 * Templates are contents of the Content API. Their variables are numbered through the whole content, so all of them are shown as
 * variables of the body, named by their number, wherever they stand. A text needs no approval; WhatsApp's templates do.
 */
import type { Template, TemplateVariable } from '../../../../contract/api.ts';
import { SendError } from '../../core/errors.ts';
import type { TemplatePower, TemplateQuery } from '../channel.ts';
import type { ConnectorIo } from '../../connectors/connector.ts';
import { compact, objectOf, objectsOf, textOf, type JsonObject } from '../kit/json.ts';
import { pathSegment } from '../kit/path-segment.ts';
import type { Line } from './addresses.ts';
import { twilio, type TwilioCall } from './call.ts';
import { CONTENT_SID, contentsNamed, namePattern, SHAPE_PREFIX } from './contents.ts';
import { storedContent, type StoredContent } from './payloads.ts';
import type { TwilioSettings } from './settings.ts';
import { contentTypes } from './template-components.ts';

const PAGE_SIZE = 100;
/** Contents that Parley stored itself, for buttons and lists. */
const OWN_SHAPE = new RegExp(`^${SHAPE_PREFIX}[a-z_]+_[0-9a-f]{16}$`);
/** What SMS and MMS can show. */
const SMS_TYPES = ['twilio/text', 'twilio/media'];
const AUTHENTICATION = 'whatsapp/authentication';

function variablesOf({ types, variables }: StoredContent): TemplateVariable[] {
  if (AUTHENTICATION in types) return [{ key: 'body.code', part: 'body', name: 'code', type: 'code' }];
  const found = [...JSON.stringify(types).matchAll(/\{\{\s*([A-Za-z0-9_]{1,16})\s*\}\}/g)];
  const names = [...new Set(found.map((match) => match[1] as string))];
  const byNumber = names.sort((a, b) => Number(a) - Number(b) || (a < b ? -1 : 1));
  return byNumber.map((name) =>
    compact({
      ...{ key: `body.${name}`, part: 'body' as const, name, type: 'text' as const },
      example: textOf(variables[name]),
    }),
  );
}

/** Twilio's words in capitals, as those of WhatsApp elsewhere; a content for SMS is ready as it is. */
function statusOf(line: Line, approval: JsonObject): string {
  return line === 'sms' ? 'APPROVED' : (textOf(approval.status)?.toUpperCase() ?? 'UNSUBMITTED');
}

function templateOf(line: Line, content: StoredContent): Template {
  const { sid, name, language, types, approval } = content;
  return compact({
    ...{ id: sid, name, language, status: statusOf(line, approval) },
    category: textOf(approval.category) ?? (AUTHENTICATION in types ? 'AUTHENTICATION' : 'UTILITY'),
    rejectedReason: textOf(approval.rejection_reason),
    // Values go by the numbers of their variables.
    parameterFormat: 'named' as const,
    components: Object.entries(types).map(([type, fields]) => ({ type, ...objectOf(fields) })),
    variables: variablesOf(content),
  });
}

function isWanted(line: Line, content: StoredContent, template: Template, query: TemplateQuery): boolean {
  if (OWN_SHAPE.test(content.name)) return false;
  if (line === 'sms' && !SMS_TYPES.some((type) => type in content.types)) return false;
  const { name, language, status, category } = query;
  return (
    (name === undefined || template.name.includes(name)) &&
    (language === undefined || template.language === language) &&
    (status === undefined || template.status === status.toUpperCase()) &&
    (category === undefined || template.category === category.toUpperCase())
  );
}

/** The page and its token, from the URL of the next page. */
function cursorOf(meta: unknown): string | undefined {
  const url = textOf(objectOf(meta).next_page_url);
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { searchParams } = new URL(url);
  const cursor = ['Page', 'PageToken'].map((name): [string, string] => [name, searchParams.get(name) ?? '']);
  return new URLSearchParams(cursor.filter(([, value]) => value !== '')).toString();
}

const content = (call: Omit<TwilioCall, 'host'>, settings: TwilioSettings, io: ConnectorIo): Promise<JsonObject> =>
  twilio({ host: 'content', ...call }, settings, io);

function contentPath(id: string, rest = ''): string {
  return `/v1/Content/${pathSegment(id)}${rest}`;
}

const power = (line: Line): TemplatePower<TwilioSettings> => ({
  async list(query, settings, io) {
    const { name, language, limit = PAGE_SIZE, after } = query;
    const filters = {
      PageSize: limit,
      ContentName: name === undefined ? undefined : namePattern(name),
      Language: language,
      ...Object.fromEntries(new URLSearchParams(after ?? '')),
    };
    const answer = await content({ method: 'GET', path: '/v2/ContentAndApprovals', query: filters }, settings, io);
    const data = objectsOf(answer.contents).flatMap((value) => {
      const stored = storedContent(value);
      const template = stored && templateOf(line, stored);
      return stored && template && isWanted(line, stored, template, query) ? [template] : [];
    });
    return compact({ data, next: cursorOf(answer.meta) });
  },

  async get(id, settings, io) {
    const stored = storedContent(await content({ method: 'GET', path: contentPath(id) }, settings, io));
    if (stored === undefined) throw new SendError('rejected', 'Twilio has no content with this SID.');
    if (line === 'sms') return templateOf(line, stored);
    const answer = await content({ method: 'GET', path: contentPath(id, '/ApprovalRequests') }, settings, io);
    return templateOf(line, { ...stored, approval: objectOf(answer.whatsapp) });
  },

  /** A template for WhatsApp is submitted at once; until it is approved it can be sent in open sessions only. */
  async create({ name, language, category, components, allowCategoryChange }, settings, io) {
    const { types, variables } = contentTypes(components);
    const json = { friendly_name: name, language, variables, types };
    const id = textOf((await content({ method: 'POST', path: '/v1/Content', json }, settings, io)).sid);
    if (id === undefined) throw new SendError('uncertain', 'Twilio took the template, but its answer has no SID.');
    if (line === 'sms') return { id, status: 'APPROVED', category };
    const request = compact({ name, category, allow_category_change: allowCategoryChange });
    const path = contentPath(id, '/ApprovalRequests/whatsapp');
    const approval = await content({ method: 'POST', path, json: request }, settings, io).catch(async (error) => {
      // Nothing is left of a template that was not submitted: it could not be told from a finished one.
      await content({ method: 'DELETE', path: contentPath(id) }, settings, io).catch(() => undefined);
      throw error;
    });
    return { id, status: statusOf(line, approval), category: textOf(approval.category) ?? category };
  },

  async edit(id, { category, components }, settings, io) {
    if (category !== undefined) {
      throw new SendError(
        'invalid',
        'At Twilio the category belongs to the approval: make a new template for another one.',
      );
    }
    if (components === undefined) return;
    await content({ method: 'PUT', path: contentPath(id), json: contentTypes(components) }, settings, io);
  },

  async remove({ name, id }, settings, io) {
    const ids = id === undefined ? (await contentsNamed(name, settings, io)).map(({ sid }) => sid) : [id];
    if (ids.length === 0) throw new SendError('rejected', 'Twilio has no content with this name.');
    for (const one of ids) await content({ method: 'DELETE', path: contentPath(one) }, settings, io);
  },
});

/** Ids come from callers: what is no SID is not asked for. */
function checkId(id: string): void {
  if (!CONTENT_SID.test(id)) throw new SendError('invalid', 'The id of a template at Twilio is HX and 32 hex digits.');
}

export function templatesOn(line: Line): TemplatePower<TwilioSettings> {
  const { get, edit, ...rest } = power(line);
  return {
    ...rest,
    async get(id, settings, io) {
      checkId(id);
      return get(id, settings, io);
    },
    async edit(id, change, settings, io) {
      checkId(id);
      return edit(id, change, settings, io);
    },
  };
}
