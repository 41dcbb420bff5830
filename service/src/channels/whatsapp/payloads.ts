/** Answers of the Graph API, read into Parley's words. What webhooks say is read in `kit/whatsapp`. */
import type { Template } from '../../../../contract/api.ts';
import type { SendReceipt } from '../channel.ts';
import { compact, idOf, numberOf, objectOf, objectsOf, textOf, type JsonObject } from '../kit/json.ts';
import { identitiesOf } from '../kit/whatsapp/identity.ts';
import { sha256Of } from '../kit/whatsapp/parse-content.ts';
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
