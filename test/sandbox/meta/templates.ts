import type { HttpReply } from '../kit/http-server.ts';
import { listOf, objectOf, textOf, type JsonObject } from '../kit/json.ts';
import { requireScope } from './auth.ts';
import { all, check, list, oneOf, open, rule, text } from '../kit/schema.ts';
import { GraphError, invalid } from './errors.ts';
import { ok, requirePage, type GraphCall } from './graph-call.ts';
import { numericId, type Template, type World } from './world.ts';

export type TemplateSeed = Pick<Template, 'name' | 'components'> & Partial<Template>;

/** Puts a template into the account, approved unless told. */
export function seedTemplate(world: World, seed: TemplateSeed): Template {
  const defaults = { id: numericId(world), language: 'en', category: 'UTILITY', status: 'APPROVED' };
  const template: Template = { ...defaults, ...seed };
  world.templates.set(template.id, template);
  return template;
}

/** Members of the node "Messenger business template". */
const MEMBERS = [
  ...['id', 'name', 'status', 'category', 'language', 'components', 'rejected_reason', 'rejection_reasons'],
  ...['specific_rejection_reasons', 'creation_time', 'last_updated_time', 'library_template_name', 'language_count'],
];

/** Refuses members that templates do not have. */
export function checkFields({ fields }: GraphCall): void {
  const asked = textOf(fields['fields'])?.split(',') ?? [];
  const other = asked.find((name) => !MEMBERS.includes(name));
  if (other !== undefined) throw invalid(`Tried accessing nonexisting field (${other})`);
}

/** GET /{pageId}/message_templates. */
export function listTemplates(call: GraphCall): HttpReply {
  requirePage(call);
  requireScope(call.world, 'pages_utility_messaging');
  checkFields(call);
  const { status, name, language, category } = call.fields;
  const wanted: JsonObject = { status, name, language, category };
  const fits = (template: Template): boolean =>
    Object.entries(wanted).every(([key, value]) => value === undefined || template[key as 'name'] === value);
  return ok({ data: [...call.world.templates.values()].filter(fits), paging: {} });
}

const STATUSES = { approve: 'APPROVED', reject: 'REJECTED', hold: 'PENDING' } as const;

const TEMPLATE = open({
  name: all(
    text(512),
    rule((name: string) => /^[a-z0-9_]+$/.test(name), 'name may have lower-case letters, digits and _ only'),
  ),
  language: text(16),
  category: oneOf('UTILITY'),
  components: all(
    list(open({}), 1, 10),
    rule((all: JsonObject[]) => all.some((one) => one['type'] === 'BODY' && textOf(one['text'])), 'A BODY is needed'),
  ),
});

/** POST /{pageId}/message_templates. */
export function createTemplate(call: GraphCall): HttpReply {
  requirePage(call);
  const { world, fields } = call;
  requireScope(world, 'pages_utility_messaging');
  check(TEMPLATE, fields, world);
  const [name = '', language = '', category = ''] = ['name', 'language', 'category'].map((key) => String(fields[key]));
  const components = listOf(fields['components']).map(objectOf);
  const isTaken = [...world.templates.values()].some((one) => one.name === name && one.language === language);
  if (isTaken) throw invalid('There is a template of this name in this language already');
  const status = STATUSES[world.settings.templateReview];
  const { id } = seedTemplate(world, { name, language, category, components, status });
  world.changes.notify();
  return ok({ id, status, category });
}

/** DELETE /{pageId}/message_templates?name=…[&hsm_id=…]. */
export function deleteTemplates(call: GraphCall): HttpReply {
  requirePage(call);
  const { world, fields } = call;
  check(text(512), fields['name'], world, 'name');
  const { name, hsm_id: id } = fields;
  const found = [...world.templates.values()].filter((one) => one.name === name && (id === undefined || one.id === id));
  if (found.length === 0) throw new GraphError(100, { message: `(#100) There is no template ${String(name)}` });
  for (const { id: gone } of found) world.templates.delete(gone);
  return ok();
}
