/** Recipients, and the body of a message (page "Send a message"). */
import type { IdentityRef } from '../../../../contract/event.ts';
import type { OutboundContent } from '../../../../contract/message.ts';
import { ParleyError } from '../../core/errors.ts';
import type { OutgoingMessage } from '../channel.ts';
import { compact, objectsOf, type JsonObject } from '../kit/json.ts';
import { drawnData, fallbackOf } from './drawn.ts';
import type { SendbirdOptions } from './options.ts';
import { CORRELATION, identity } from './payloads.ts';
import type { SendbirdSettings } from './settings.ts';

const USER_ID = /^\S{1,80}$/;

/** Reads a user id. Ids are chosen by the app: any text without spaces may be one. */
export function recipient(to: string): IdentityRef {
  const id = to.trim();
  if (USER_ID.test(id)) return identity(id);
  const detail = 'The recipient is no user ID. Expected is the ID of a user of the application, up to 80 characters.';
  throw new ParleyError(400, 'invalid_recipient', detail);
}

/** What follows the last `/` of a link, as the file's name. */
function nameIn(link: string): string {
  const last = URL.canParse(link) ? new URL(link).pathname.split('/').at(-1) : undefined;
  return last ? last.slice(0, 240) : 'file';
}

type Kind = OutboundContent['type'];
const FILES: ReadonlySet<Kind> = new Set<Kind>(['image', 'video', 'audio', 'document']);
type File = Extract<OutboundContent, { type: 'image' | 'video' | 'audio' | 'document' }>;

function fileBody(content: File): JsonObject {
  const { link: url = '' } = content;
  const name = 'filename' in content ? content.filename : undefined;
  const hasCaption = 'caption' in content && content.caption !== undefined && content.caption !== '';
  const data = hasCaption ? drawnData(content) : undefined;
  return compact({ message_type: 'FILE', url, file_name: name ?? nameIn(url), data });
}

/** Bots show what can be answered above the keyboard; a tap sends its title, which picks the choice. */
function textBody({ text, choices = [], multiple }: Extract<OutboundContent, { type: 'text' }>, isBot: boolean) {
  const isOffered = isBot && choices.length > 0 && multiple !== true;
  const replies = isOffered ? { suggested_replies: choices.map(({ title }) => title) } : undefined;
  return compact({ message_type: 'MESG', message: text, extended_message_payload: replies });
}

function contentBody(content: OutboundContent, { senderType }: SendbirdSettings): JsonObject {
  if (content.type === 'native') return { message_type: 'MESG', ...content.body };
  if (content.type === 'text') return textBody(content, senderType === 'bot');
  if (FILES.has(content.type)) return fileBody(content as File);
  return { message_type: 'MESG', message: fallbackOf(content), data: drawnData(content) };
}

/** The whole body. An admin message has no sender. */
export function render({ id, content, options }: OutgoingMessage, settings: SendbirdSettings): JsonObject {
  const { customType, silent, push } = options as SendbirdOptions;
  const body = contentBody(content, settings);
  return compact({
    user_id: settings.senderType === 'bot' || body.message_type === 'ADMM' ? undefined : settings.senderId,
    custom_type: customType,
    is_silent: silent,
    send_push: push,
    ...body,
    dedup_id: id,
    sorted_metaarray: [...objectsOf(body.sorted_metaarray), { key: CORRELATION, value: [id] }],
  });
}
