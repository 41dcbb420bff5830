import { isObject, type JsonObject } from '../kit/json.ts';
import { refuseOthers, requireList, requireObject, requireOneOf, requireText, requireUrl } from './checks.ts';
import { checkTemplatePayload } from './checks-template.ts';
import { GraphError, invalid, missing } from './errors.ts';
import type { Side } from './world.ts';

const FILES = ['image', 'video', 'audio', 'file'];
const MAX_ATTACHMENTS = { messenger: 1, instagram: 10 } as const;

function checkAttachment(attachment: JsonObject, side: Side): string {
  const isInstagram = side.platform === 'instagram';
  const known = [...FILES, 'template', ...(isInstagram ? ['like_heart', 'MEDIA_SHARE'] : [])];
  const type = requireOneOf(attachment['type'], "attachment['type']", known);
  if (type === 'like_heart') return type;
  if (type === 'template') return checkTemplatePayload(attachment['payload'], side);
  const payload = requireObject(attachment['payload'], "attachment['payload']");
  if (type === 'MEDIA_SHARE') return requireText(payload['id'], "payload['id']", 64) && type;
  refuseOthers(payload, 'payload', ['url', 'attachment_id', 'is_reusable']);
  const { url, attachment_id: id } = payload;
  if ((url === undefined) === (id === undefined)) throw invalid('Exactly one of url and attachment_id is needed');
  if (url !== undefined) requireUrl(url, "payload['url']");
  if (id !== undefined) checkUpload(String(id), type, side);
  return type;
}

function checkUpload(id: string, type: string, side: Side): void {
  const upload = side.uploads.get(id);
  if (upload === undefined) throw new GraphError(100, { subcode: 2018074 });
  if (upload.kind !== type) throw invalid('The attachment is of another type', 2018047);
}

function checkQuickReplies(value: unknown, side: Side): void {
  const asks = side.platform === 'messenger' ? ['user_phone_number', 'user_email'] : ['user_phone_number'];
  requireList(value, 'quick_replies', 1, 13).forEach((reply, index) => {
    const path = `quick_replies[${index}]`;
    const type = requireOneOf(reply['content_type'], `${path}['content_type']`, ['text', ...asks]);
    if (type !== 'text') return;
    requireText(reply['title'], `${path}['title']`, 20);
    requireText(reply['payload'], `${path}['payload']`, 1000);
    if (reply['image_url'] !== undefined) requireUrl(reply['image_url'], `${path}['image_url']`);
  });
}

function checkText(text: unknown, side: Side): void {
  if (side.platform === 'messenger') return void requireText(text, "message['text']", 1999);
  if (typeof text !== 'string' || text === '') throw missing("message['text']");
  if (Buffer.byteLength(text, 'utf8') > 1000) throw invalid('The message is longer than 1000 bytes', 2534015);
}

/** `message` of a send; answers what kind it is. */
export function checkMessage(message: JsonObject, side: Side): string {
  const own = side.platform === 'messenger' ? ['metadata', 'template'] : [];
  refuseOthers(message, 'message', ['text', 'attachment', 'attachments', 'quick_replies', ...own]);
  const { text, attachment, attachments, quick_replies: replies, metadata } = message;
  const said = [text, attachment, attachments, message['template']].filter((part) => part !== undefined);
  if (said.length === 0) throw invalid('Param message must have a text or an attachment');
  if (said.length > 1) throw invalid('A message has a text or an attachment, not both');
  if (metadata !== undefined) requireText(metadata, "message['metadata']", 999);
  if (replies !== undefined) {
    checkQuickReplies(replies, side);
    if (text === undefined && side.platform === 'instagram') throw invalid('Quick replies need a text', 2534015);
  }
  if (message['template'] !== undefined) return 'utility';
  if (text !== undefined) {
    checkText(text, side);
    return 'text';
  }
  if (isObject(attachment)) return checkAttachment(attachment, side);
  const list = requireList(attachments, 'attachments', 1, MAX_ATTACHMENTS[side.platform]);
  return list.map((one) => checkAttachment(one, side))[0] ?? '';
}
