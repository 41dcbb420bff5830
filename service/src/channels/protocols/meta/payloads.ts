/** Answers of the Graph API, read into Parley's words. What webhooks say is read in `parse-*.ts`. */
import type { OutgoingMessage, SendReceipt } from '../../channel.ts';
import { compact, idOf, objectOf, objectsOf, textOf, type JsonObject } from '../../kit/json.ts';

/**
 * `POST /{account}/messages`; `undefined` when it names no message. A reaction is an action without an id of its own: ours stands in
 * for it. `kind`: how people of this account are named.
 */
export function receiptOf(answer: JsonObject, message: OutgoingMessage, kind: string): SendReceipt | undefined {
  const isAction = message.content.type === 'reaction';
  const providerMessageId = textOf(answer.message_id) ?? (isAction ? `reaction:${message.id}` : undefined);
  if (providerMessageId === undefined) return undefined;
  const address = idOf(answer.recipient_id);
  return { providerMessageId, ...(address !== undefined && { identities: [{ kind, address }] }) };
}

/** `POST /{account}/message_attachments` */
export const attachmentIdOf = (answer: JsonObject): string | undefined => idOf(answer.attachment_id);

/** `GET /{igUserId}?fields=username` */
export const usernameOf = (answer: JsonObject): string | undefined => textOf(answer.username);

/** `GET /{pageId}?fields=instagram_business_account`: the Instagram account that is linked to the Page. */
export const linkedAccountOf = (answer: JsonObject): string | undefined =>
  idOf(objectOf(answer.instagram_business_account).id);

/** `GET /{pageId}/personas` */
export function personasOf(answer: JsonObject): JsonObject[] {
  return objectsOf(answer.data).map(({ id, name, profile_picture_url: imageUrl }) =>
    compact({ id: idOf(id), name: textOf(name), imageUrl: textOf(imageUrl) }),
  );
}
