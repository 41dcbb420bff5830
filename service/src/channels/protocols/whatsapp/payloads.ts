/** What WhatsApp's API answers, read into Parley's words, and the bodies for its templates. Webhooks are read by `parse-body`. */
import type { CreateTemplate, Template } from '../../../../../contract/api.ts';
import { SendError } from '../../../core/errors.ts';
import type { SendReceipt } from '../../channel.ts';
import { compact, idOf, numberOf, objectOf, objectsOf, textOf, type JsonObject } from '../../kit/json.ts';
import { identitiesOf } from './identity.ts';
import { sha256Of } from './parse-content.ts';
import { variablesOf } from './template-variables.ts';

/** `POST /{phoneNumberId}/messages`; `undefined` when it names no message. */
export function receiptOf(answer: JsonObject): SendReceipt | undefined {
  const message = objectsOf(answer.messages)[0];
  const providerMessageId = textOf(message?.id);
  if (providerMessageId === undefined) return undefined;
  const contact = objectsOf(answer.contacts)[0];
  const identities = identitiesOf(contact?.user_id, contact?.wa_id);
  const status = textOf(message?.message_status);
  return compact({
    providerMessageId,
    identities: identities.length > 0 ? identities : undefined,
    held: status !== undefined && status !== 'accepted' ? true : undefined,
  });
}

export interface ResolvedMedia {
  url: string;
  mimeType: string;
  bytes?: number;
  sha256?: string;
}

/** `GET /{mediaId}` */
export function resolvedMedia(answer: JsonObject): ResolvedMedia | undefined {
  const url = textOf(answer.url);
  if (url === undefined) return undefined;
  const mimeType = textOf(answer.mime_type) ?? 'application/octet-stream';
  return compact({ url, mimeType, bytes: numberOf(answer.file_size), sha256: sha256Of(answer.sha256) });
}

const FORMATS: ReadonlyMap<string, Template['parameterFormat']> = new Map([
  ['named', 'named' as const],
  ['positional', 'positional' as const],
]);

/** One template of `GET /{wabaId}/message_templates` or `GET /{templateId}`. */
export function templateOf(answer: JsonObject): Template {
  const components = objectsOf(answer.components);
  return compact({
    id: idOf(answer.id) ?? '',
    name: textOf(answer.name) ?? '',
    language: textOf(answer.language) ?? '',
    status: textOf(answer.status) ?? 'UNKNOWN',
    category: textOf(answer.category) ?? 'UNKNOWN',
    quality: textOf(objectOf(answer.quality_score).score),
    rejectedReason: answer.rejected_reason === 'NONE' ? undefined : textOf(answer.rejected_reason),
    parameterFormat: FORMATS.get(textOf(answer.parameter_format)?.toLowerCase() ?? ''),
    components,
    variables: variablesOf(components, textOf(answer.category)),
  });
}

/** The body that creates a template. */
export function templateDraft(template: CreateTemplate): JsonObject {
  const { name, language, category, parameterFormat, components, allowCategoryChange, ttlSeconds } = template;
  return compact({
    name,
    language,
    category,
    parameter_format: parameterFormat,
    components,
    allow_category_change: allowCategoryChange,
    message_send_ttl_seconds: ttlSeconds,
  });
}

/** The answer to it. Throws `SendError('uncertain')` when it names no template. */
export function createdTemplate(
  answer: JsonObject,
  { category }: CreateTemplate,
): { id: string; status: string; category: string } {
  const id = idOf(answer.id);
  if (id === undefined) throw new SendError('uncertain', 'Meta took the template but its answer has no id.');
  return { id, status: textOf(answer.status) ?? 'PENDING', category: textOf(answer.category) ?? category };
}
