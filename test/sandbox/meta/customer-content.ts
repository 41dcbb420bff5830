import { listOf, objectOf, textOf, type JsonObject } from '../kit/json.ts';
import { publish } from './cdn.ts';
import type { AcceptedMessage, CustomerWorld } from './customer-world.ts';

/** A file in a person's message; without content a few bytes are made up. `contentBase64` is for HTTP callers. */
export interface CustomerFile {
  mimeType?: string;
  content?: Buffer | string;
  contentBase64?: string;
}

/** What a person sends. */
export interface CustomerMessage {
  /** PSID or IGSID. */
  from: string;
  /** Message id; default: a new one. */
  id?: string;
  text?: string;
  image?: CustomerFile;
  video?: CustomerFile;
  audio?: CustomerFile;
  file?: CustomerFile;
  sticker?: CustomerFile;
  /** Several of them. */
  files?: ({ type: FileType } & CustomerFile)[];
  /** Anything that is shown rather than sent, as it stands in `attachments[]`: `ig_reel`, `share`, `story_mention`, `fallback` … */
  attachments?: JsonObject[];
  /** Any other members of the message. */
  raw?: JsonObject;
  /** Id of the message this one answers. */
  replyTo?: string;
  /** The story of the business that this one answers (Instagram). */
  story?: { id: string; url: string };
  /** The ad, link or product page that the person came from. */
  referral?: JsonObject;
}

export type FileType = 'image' | 'video' | 'audio' | 'file' | 'sticker';

const TYPES: Record<FileType, string> = {
  image: 'image/jpeg',
  video: 'video/mp4',
  audio: 'audio/mp4',
  file: 'application/pdf',
  sticker: 'image/png',
};
/** The thumb of Messenger. */
const LIKE_STICKER_ID = 369239263222822;

function attachmentOf(world: CustomerWorld, type: FileType, file: CustomerFile): JsonObject {
  const mimeType = file.mimeType ?? TYPES[type];
  const content =
    file.contentBase64 === undefined
      ? Buffer.from(file.content ?? `sandbox ${mimeType}`)
      : Buffer.from(file.contentBase64, 'base64');
  const url = publish(world, { mimeType, content });
  return { type, payload: { url, ...(type === 'sticker' && { sticker_id: LIKE_STICKER_ID }) } };
}

/** The members of `message` besides its id. */
export function contentOf(world: CustomerWorld, message: CustomerMessage): JsonObject {
  const own = (Object.keys(TYPES) as FileType[]).flatMap((type) => {
    const file = message[type];
    return file ? [{ ...file, type }] : [];
  });
  const files = [...own, ...(message.files ?? [])].map(({ type, ...file }) => attachmentOf(world, type, file));
  const attachments = [...files, ...(message.attachments ?? [])];
  const { text, replyTo, story, referral, raw } = message;
  return {
    ...(text === undefined ? {} : { text }),
    ...(attachments.length > 0 && { attachments }),
    ...(replyTo === undefined ? {} : { reply_to: { mid: replyTo } }),
    ...(story && { reply_to: { story } }),
    ...(referral && { referral }),
    ...raw,
  };
}

/** What tapping `choice` (payload or label) in a message sends back. Throws when the message offers no such choice. */
export function tapOf(
  message: AcceptedMessage,
  choice: string,
): { payload: string; title: string; isQuickReply: boolean } {
  const said = objectOf(message.body['message']);
  const isChosen = (one: JsonObject) => one['payload'] === choice || one['title'] === choice;
  const quick = listOf(said['quick_replies']).map(objectOf).find(isChosen);
  const payload = objectOf(objectOf(said['attachment'])['payload']);
  const cards = listOf(payload['elements']).map(objectOf);
  const buttons = [payload, ...cards].flatMap((card) => listOf(card['buttons']).map(objectOf));
  const found = quick ?? buttons.filter((button) => button['type'] === 'postback').find(isChosen);
  if (found === undefined) throw new Error(`Message ${message.id} offers no choice ${choice}`);
  const title = textOf(found['title']) ?? '';
  return { payload: textOf(found['payload']) ?? title, title, isQuickReply: quick !== undefined };
}
