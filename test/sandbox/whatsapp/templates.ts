import { isObject, listOf, textOf, type JsonObject } from '../kit/json.ts';
import type { HttpReply } from '../kit/http-server.ts';
import { cursorOf, pageOf, positionOf } from '../kit/paging.ts';
import { badParameter, unknownObject } from './errors.ts';
import { ok, requireWaba, selectFields, type GraphCall } from './graph-call.ts';
import { checkTemplateComponents, checkTemplateHead, templateError } from './template-rules.ts';
import { reviewLater } from './template-review.ts';
import { numericId, type Template, type World } from './world.ts';

const DAY_MS = 24 * 3_600_000;
const DEFAULT_FIELDS = ['name', 'parameter_format', 'components', 'language', 'status', 'category'];
const LIMIT_PER_WABA = 6000;

/** A template as the API shows it; every known field is present, so that unknown ones can be refused. */
function nodeOf(template: Template): JsonObject {
  return {
    id: template.id,
    name: template.name,
    status: template.status,
    category: template.category,
    language: template.language,
    components: template.components,
    parameter_format: template.parameterFormat,
    rejected_reason: template.rejectedReason,
    quality_score: { score: template.qualityScore, date: 0 },
    sub_category: undefined,
    previous_category: undefined,
    message_send_ttl_seconds: template.messageSendTtlSeconds,
  };
}

/** GET /{wabaId}/message_templates: filters, fields, cursors. */
export function listTemplates(call: GraphCall): HttpReply {
  requireWaba(call);
  const { world, fields } = call;
  const matches = [...world.templates.values()].filter((template) =>
    ['status', 'name', 'language', 'category'].every((key) => {
      const wanted = textOf(fields[key]);
      return !wanted || wanted === template[key as 'status' | 'name' | 'language' | 'category'];
    }),
  );
  const limit = Number(fields['limit'] ?? 25);
  if (!Number.isInteger(limit) || limit < 1) throw badParameter('Param limit must be positive');
  const start = startOf(fields, limit);
  const { items, next } = pageOf(matches, start, limit);
  const data = items.map((template) => {
    return selectFields(call, nodeOf(template), 'WhatsAppMessageTemplate', DEFAULT_FIELDS);
  });
  if (data.length === 0) return ok({ data });
  return ok({
    data,
    paging: {
      cursors: { before: cursorOf(start), after: cursorOf(start + data.length) },
      ...(next === undefined ? {} : { next: nextUrl(call, cursorOf(next)) }),
    },
  });
}

function startOf(fields: JsonObject, limit: number): number {
  if (textOf(fields['after'])) return positionAt(String(fields['after']));
  if (textOf(fields['before'])) return Math.max(0, positionAt(String(fields['before'])) - limit);
  return 0;
}

function positionAt(cursor: string): number {
  const position = positionOf(cursor);
  if (position === undefined) throw badParameter('Invalid cursor');
  return position;
}

function nextUrl({ world, request }: GraphCall, after: string): string {
  const url = new URL(request.path, world.url);
  for (const [name, value] of request.query) url.searchParams.set(name, value);
  url.searchParams.set('after', after);
  return url.toString();
}

/** GET /{templateId}. */
export function getTemplate(call: GraphCall, template: Template): HttpReply {
  return ok(selectFields(call, nodeOf(template), 'WhatsAppMessageTemplate', DEFAULT_FIELDS));
}

/** POST /{wabaId}/message_templates. */
export function createTemplate(call: GraphCall): HttpReply {
  requireWaba(call);
  const { world, fields } = call;
  checkTemplateHead(fields);
  const isNamed = isNamedFormat(fields['parameter_format']);
  checkTemplateComponents(world, fields, isNamed);
  const [name, language] = [String(fields['name']), String(fields['language'])];
  refuseDuplicate(world, name, language);
  const template: Template = {
    id: numericId(world),
    name,
    language,
    category: String(fields['category']),
    status: 'PENDING',
    parameterFormat: isNamed ? 'NAMED' : 'POSITIONAL',
    components: listOf(fields['components']).filter(isObject),
    rejectedReason: 'NONE',
    qualityScore: 'UNKNOWN',
    ...(typeof fields['message_send_ttl_seconds'] === 'number'
      ? { messageSendTtlSeconds: fields['message_send_ttl_seconds'] }
      : {}),
  };
  world.templates.set(template.id, template);
  reviewLater(world, template);
  return ok({ id: template.id, status: template.status, category: template.category });
}

function isNamedFormat(value: unknown): boolean {
  if (value === undefined) return false;
  const format = String(value).toUpperCase();
  if (format === 'NAMED' || format === 'POSITIONAL') return format === 'NAMED';
  throw badParameter('Param parameter_format must be one of {NAMED, POSITIONAL}');
}

function refuseDuplicate(world: World, name: string, language: string): void {
  if (world.templates.size >= LIMIT_PER_WABA)
    throw templateError(2388019, 'Template limit reached', 'Delete templates first.');
  const deletedAt = world.deletedTemplates.get(name);
  if (deletedAt !== undefined && world.clock.now() < deletedAt + 30 * DAY_MS) {
    throw templateError(2388023, 'Message template is being deleted', `${name} can be used again after 30 days.`);
  }
  if ([...world.templates.values()].some((one) => one.name === name && one.language === language)) {
    const text = `There is already ${language} content for this template. You can create a new template and try again.`;
    throw templateError(2388024, 'Content in this language already exists', text);
  }
}

/** POST /{templateId}: only APPROVED, REJECTED, PAUSED; an approved one once in 24 h and never its category. */
export function editTemplate(call: GraphCall, template: Template): HttpReply {
  const { world, fields } = call;
  const now = world.clock.now();
  const isApproved = template.status === 'APPROVED';
  if (!['APPROVED', 'REJECTED', 'PAUSED'].includes(template.status)) {
    throw templateError(
      2388094,
      'Template cannot be edited',
      `A template that is ${template.status} cannot be edited.`,
    );
  }
  const category = fields['category'] ?? template.category;
  if (isApproved && category !== template.category) {
    throw templateError(2388025, 'Category cannot be changed', 'The category of an approved template is fixed.');
  }
  if (isApproved && template.lastEditedAt !== undefined && now < template.lastEditedAt + DAY_MS) {
    throw templateError(2388026, 'Edited too often', 'An approved template can be edited once in 24 hours.');
  }
  const { name, language } = template;
  const merged = { name, language, category, components: fields['components'] ?? template.components };
  checkTemplateHead(merged);
  checkTemplateComponents(world, merged, template.parameterFormat === 'NAMED');
  template.category = String(category);
  template.components = listOf(merged.components).filter(isObject);
  template.lastEditedAt = now;
  template.status = 'PENDING';
  reviewLater(world, template);
  return ok();
}

/** DELETE /{wabaId}/message_templates?name=…: all languages, or one with `hsm_id`. */
export function deleteTemplates(call: GraphCall): HttpReply {
  requireWaba(call);
  const { world, fields } = call;
  const name = textOf(fields['name']);
  if (!name) throw badParameter('The parameter name is required.');
  const id = textOf(fields['hsm_id']);
  const doomed = [...world.templates.values()].filter((one) => one.name === name && (!id || one.id === id));
  if (doomed.length === 0) throw templateError(2593002, 'Message template not found', `There is no template ${name}.`);
  if (doomed.some(({ status }) => status === 'DISABLED')) {
    throw templateError(2388027, 'Template cannot be deleted', 'A disabled template cannot be deleted.');
  }
  for (const template of doomed) {
    world.templates.delete(template.id);
    if (template.status === 'APPROVED') world.deletedTemplates.set(name, world.clock.now());
  }
  world.changes.notify();
  return ok();
}

/** The template in the path. */
export function templateOf({ world, id, request }: GraphCall): Template {
  const template = world.templates.get(id);
  if (!template) throw unknownObject(id, request.method);
  return template;
}
