/** Templates and the account itself: fields that Meta sends to the app callback, one fact per change (webhooks/reference/*). */
import type { AccountAlert, AccountChange, TemplateNews } from '../../../../../contract/event-data.ts';
import { iso } from '../../../core/clock.ts';
import type { ChannelEvent } from '../../channel.ts';
import {
  camelCase,
  camelCased,
  compact,
  idOf,
  instantOf,
  isObject,
  objectOf,
  objectsOf,
  textOf,
  type JsonObject,
} from '../../kit/json.ts';
import { baseOf, type Change } from './change.ts';
import { faultOf } from './errors.ts';

/** Names that Meta prefixes, as workflows see them. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ['message_template_id', 'templateId'],
  ['message_template_name', 'name'],
  ['message_template_language', 'language'],
  ['message_template_category', 'category'],
  ['message_template_title', 'header'],
  ['message_template_element', 'body'],
  ['message_template_footer', 'footer'],
  ['message_template_buttons', 'buttons'],
  ['messaging_product', ''],
  ['metadata', ''],
  ['contacts', ''],
]);

/** Instants that Meta writes as unix seconds. */
const INSTANTS: ReadonlyMap<string, string> = new Map([
  ['category_update_timestamp', 'categoryUpdateAt'],
  ['disable_date', 'disableAt'],
  ['tier_update_time', 'tierUpdateAt'],
]);

/** Of a prefix, which stands before every member of the same particulars. */
const MAX_PREFIX = 64;

/** Members of particulars like `ban_info` are lifted to the top, in camel case; a name that is taken keeps its prefix. */
function flat(value: JsonObject): Record<string, unknown> {
  const own = Object.entries(value).filter(([, member]) => !isObject(member));
  const nested = Object.entries(value).filter(([name, member]) => isObject(member) && RENAMED.get(name) !== '');
  const data: Record<string, unknown> = {};
  const put = (name: string, member: unknown, prefix: string): void => {
    const key = RENAMED.get(name) ?? INSTANTS.get(name) ?? camelCase(name);
    if (key === '' || member === null) return;
    const free = Object.hasOwn(data, key) ? camelCase(`${prefix}_${name}`) : key;
    data[free] = INSTANTS.has(name) ? (iso(instantOf(member)) ?? member) : camelCased(member);
  };
  for (const [name, member] of own) put(name, member, '');
  for (const [prefix, members] of nested) {
    for (const [name, member] of Object.entries(objectOf(members))) put(name, member, prefix.slice(0, MAX_PREFIX));
  }
  return data;
}

/** Also an empty one: it is told as it came. */
const wordOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Languages are written `en-US` here and `en_US` elsewhere; ids as numbers here and strings elsewhere. */
function newsOf(value: JsonObject): TemplateNews & AccountAlert & AccountChange {
  const data = flat(value);
  return compact({
    ...data,
    templateId: idOf(data.templateId),
    name: wordOf(data.name),
    language: wordOf(data.language)?.replace('-', '_'),
    event: wordOf(data.event),
    reason: wordOf(data.reason),
    message: wordOf(data.message),
  });
}

type Kind = 'template.status' | 'template.quality' | 'template.changed' | 'account.alert' | 'account.changed';

const CHANGED: Kind = 'account.changed';
const ALERT = 'account.alert';

const ALARMING_UPDATES = new Set<unknown>([
  'ACCOUNT_DELETED',
  'ACCOUNT_RESTRICTION',
  'ACCOUNT_VIOLATION',
  'ACCOUNT_OFFBOARDED',
  'DISABLED_UPDATE',
  'PARTNER_REMOVED',
  'PARTNER_APP_UNINSTALLED',
]);

/** The throughput of the number may be another one from now on. */
const LIMIT_EVENTS = new Set(
  ['ONBOARDING', 'THROUGHPUT_UPGRADE'].map((event) => `phone_number_quality_update ${event}`),
);

/** An alert is what stops or threatens sending, or touches security; the rest is a change. */
const FIELDS: ReadonlyMap<string, (value: JsonObject) => Kind> = new Map<string, (value: JsonObject) => Kind>([
  ['message_template_status_update', () => 'template.status'],
  ['message_template_quality_update', () => 'template.quality'],
  ['message_template_components_update', () => 'template.changed'],
  ['template_category_update', () => 'template.changed'],
  ['template_correct_category_detection', () => 'template.changed'],
  ['account_alerts', () => ALERT],
  ['security', () => ALERT],
  ['account_update', ({ event }) => (ALARMING_UPDATES.has(event) ? ALERT : CHANGED)],
  ['account_review_update', ({ decision }) => (decision === 'REJECTED' ? ALERT : CHANGED)],
  ['phone_number_quality_update', ({ event }) => (event === 'FLAGGED' || event === 'DOWNGRADE' ? ALERT : CHANGED)],
  ['phone_number_name_update', () => CHANGED],
  ['account_settings_update', () => CHANGED],
  ['business_capability_update', () => CHANGED],
  ['business_username_update', () => CHANGED],
  ['business_username_updates', () => CHANGED],
  ['payment_configuration_update', () => CHANGED],
  ['partner_solutions', () => CHANGED],
  ['flows', () => CHANGED],
]);

/** The one event of a template or account field; `undefined`: another field. */
export function accountEvent(change: Change): ChannelEvent | undefined {
  const type = FIELDS.get(change.field)?.(change.value);
  if (type === undefined) return undefined;
  const data = newsOf(change.value);
  return {
    type,
    ...baseOf(change, change.field, undefined, change.raw, change.at ?? instantOf(change.value.timestamp)),
    ...(LIMIT_EVENTS.has(`${change.field} ${textOf(change.value.event)}`) && { limitsChanged: true }),
    data: type.startsWith('template.') ? data : { field: change.field, ...data },
  };
}

/** `errors[]` of a value: trouble of the number as a whole. Meta gives them no id and no time: equal ones are one fact. */
export function valueErrorEvents(change: Change): ChannelEvent[] {
  return objectsOf(change.value.errors).map((error) => {
    const { kind, message, details } = faultOf(error);
    const { providerCode, scope } = details;
    const data = compact({ field: change.field, event: 'ERROR', providerCode, message });
    const isOfAccount = kind === 'settings' && scope !== 'message';
    const refusal = isOfAccount ? compact({ message, providerCode }) : undefined;
    return { type: ALERT, ...baseOf(change, 'error', undefined, error), ...(refusal && { refusal }), data };
  });
}
