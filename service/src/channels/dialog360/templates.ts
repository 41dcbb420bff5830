/**
 * Message templates (`/v1/configs/templates`): paged by offset and not filtered by the provider, so filtering is done here; `status` is
 * written in lower case. There is no call for one template, and none to edit one.
 */
import type { Template } from '../../../../contract/api.ts';
import { ParleyError, SendError } from '../../core/errors.ts';
import type { TemplatePower, TemplateQuery } from '../channel.ts';
import type { ConnectorIo } from '../../connectors/connector.ts';
import { numberOf, objectsOf, textOf, type JsonObject } from '../kit/json.ts';
import { pathSegment } from '../kit/path-segment.ts';
import { createdTemplate, templateDraft, templateOf } from '../protocols/whatsapp/payloads.ts';
import { dialog360Call } from './client.ts';
import type { Dialog360Settings } from './settings.ts';

const PATH = 'v1/configs/templates';
const PAGE = 100;
/** Meta lets an account have 6,000; a list that is longer than this does not end. */
const MAX_TEMPLATES = 10_000;

interface TemplateBatch {
  templates: Template[];
  isLast: boolean;
}

const upperCase = (answer: JsonObject): JsonObject => ({ ...answer, status: textOf(answer.status)?.toUpperCase() });

async function batchAt(offset: number, settings: Dialog360Settings, io: ConnectorIo): Promise<TemplateBatch> {
  const query = { limit: PAGE, offset };
  const answer = await dialog360Call({ method: 'GET', path: PATH, query }, settings, io);
  const templates = objectsOf(answer.waba_templates).map((each) => templateOf(upperCase(each)));
  const end = offset + templates.length;
  const total = numberOf(answer.total);
  return { templates, isLast: total === undefined ? templates.length < PAGE : templates.length === 0 || end >= total };
}

/** Every template from `offset` on, with its place. */
async function* from(offset: number, settings: Dialog360Settings, io: ConnectorIo): AsyncGenerator<[number, Template]> {
  for (let place = offset; place < MAX_TEMPLATES;) {
    const { templates, isLast } = await batchAt(place, settings, io);
    for (const template of templates) yield [place++, template];
    if (isLast) return;
  }
}

function offsetOf(after: string | undefined): number {
  if (after === undefined) return 0;
  if (/^\d{1,5}$/.test(after)) return Number(after);
  throw new SendError('invalid', '"after" is not a cursor of this list.');
}

function fits(template: Template, { status, name, language, category }: TemplateQuery): boolean {
  const wanted = { status: status?.toUpperCase(), name, language, category };
  return Object.entries(wanted).every(
    ([member, value]) => value === undefined || value === template[member as keyof typeof wanted],
  );
}

export const templates: TemplatePower<Dialog360Settings> = {
  async list(query, settings, io) {
    const limit = query.limit ?? PAGE;
    const data: Template[] = [];
    for await (const [place, template] of from(offsetOf(query.after), settings, io)) {
      if (data.length === limit) return { data, next: String(place) };
      if (fits(template, query)) data.push(template);
    }
    return { data };
  },

  async get(id, settings, io) {
    for await (const [, template] of from(0, settings, io)) if (template.id === id) return template;
    throw new ParleyError(404, 'not_found', '360dialog lists no template with this id');
  },

  async create(template, settings, io) {
    const call = { method: 'POST', path: PATH, json: templateDraft(template) } as const;
    return createdTemplate(upperCase(await dialog360Call(call, settings, io)), template);
  },

  async edit() {
    const detail = '360dialog cannot edit templates. Create one under another name, or edit it in the 360dialog Hub.';
    throw new ParleyError(400, 'unsupported_by_channel', detail);
  },

  /** A template goes in all its languages at once, so a single one can only go when it is the only one. */
  async remove({ name, id }, settings, io) {
    if (id !== undefined) {
      for await (const [, template] of from(0, settings, io)) {
        if (template.name !== name || template.id === id) continue;
        const detail = `360dialog deletes a template in all its languages at once, and ${name} has several: leave out the id.`;
        throw new ParleyError(400, 'unsupported_by_channel', detail);
      }
    }
    await dialog360Call({ method: 'DELETE', path: `${PATH}/${pathSegment(name)}` }, settings, io);
  },
};
