/** Is a content within the limits of Messenger or Instagram? Findings name the field, the limit and what was given. */
import type { OutboundContent, OutboundKind, QuickReply } from '../../../../../contract/message.ts';
import { MEDIA_KINDS, type MediaSource } from '../../../../../contract/media.ts';
import { ParleyError } from '../../../core/errors.ts';
import { Checker } from '../../kit/checker.ts';
import { isObject } from '../../kit/json.ts';
import {
  checkCarousel,
  checkCoupon,
  checkMediaCard,
  checkProduct,
  checkProducts,
  checkReceipt,
  checkTemplate,
} from './check-cards.ts';
import { checkMedia, checkReplies, checkText, refuseMembers, type Of } from './check-parts.ts';
import type { Dialect } from './dialect.ts';
import { LIMITS } from './limits.ts';
import { retiredTag } from './tags.ts';

type Check<K extends OutboundKind> = (check: Checker, content: Of<K>, dialect: Dialect) => void;

/** A file stands alone: text and attachment are never one message. */
const checkFile = (check: Checker, content: MediaSource, dialect: Dialect): void => {
  checkMedia(check, '', content);
  refuseMembers(check, content, ['caption'], dialect);
};

const checkSticker: Check<'sticker'> = (check, content, { name, stickers }) => {
  const known = stickers.join(', ');
  const isKnown = content.name !== undefined && stickers.includes(content.name);
  check.refuse(!isKnown, 'name', `must be one of ${known}: ${name} takes no others`);
  check.refuse(
    Boolean(content.link ?? content.mediaId),
    'mediaId',
    `is not possible: ${name} takes no files as stickers`,
  );
};

const checkReaction: Check<'reaction'> = (check, { messageId, emoji }, { reactions, name }) => {
  check.text('messageId', messageId, { max: LIMITS.messageId });
  const isKnown = emoji === '' || (typeof emoji === 'string' && Object.hasOwn(reactions, emoji));
  const known = Object.keys(reactions)[0];
  check.refuse(!isKnown, 'emoji', `must be ${known}, or empty to take the reaction back: ${name} documents no other`);
};

const checkButtons: Check<'buttons'> = (check, content, dialect) => {
  check.text('text', content.text, { max: LIMITS.buttonText });
  refuseMembers(check, content, ['header', 'footer'], dialect);
  checkReplies(check, 'buttons', content.buttons);
};

const checkLink: Check<'link'> = (check, content, dialect) => {
  check.text('text', content.text, { max: LIMITS.buttonText });
  refuseMembers(check, content, ['header', 'footer'], dialect);
  check.text('title', content.title, { max: LIMITS.title });
  check.url('url', content.url, ['https', 'http'], LIMITS.url);
};

function checkQuickReply(check: Checker, field: string, reply: QuickReply, { name, quickReplies }: Dialect): void {
  if ('ask' in reply) {
    const isKnown = quickReplies.asks.includes(reply.ask);
    return check.refuse(!isKnown, `${field}.ask`, `must be ${quickReplies.asks.join(' or ')} on ${name}`);
  }
  check.text(`${field}.id`, reply.id, { max: LIMITS.payload });
  check.text(`${field}.title`, reply.title, { max: LIMITS.title });
  if (reply.imageUrl === undefined) return;
  check.refuse(!quickReplies.images, `${field}.imageUrl`, `is not possible on ${name}`);
  check.url(`${field}.imageUrl`, reply.imageUrl, ['https'], LIMITS.url);
}

const checkQuickReplies: Check<'quick_replies'> = (check, content, dialect) => {
  const { text, media, replies } = content;
  if (media === undefined) checkText(check, 'text', text, dialect);
  else {
    check.refuse(!dialect.quickReplies.underMedia, 'media', `is not possible on ${dialect.name}: give a text`);
    check.refuse(Boolean(text), 'text', 'must be empty with media: text and file are never one message');
    const isFile = isObject(media) && media.type !== 'sticker' && MEDIA_KINDS.includes(media.type);
    check.refuse(!isFile, 'media.type', 'must be image, video, audio or document');
    if (isFile) checkMedia(check, 'media', media);
  }
  check.list('replies', replies, 1, LIMITS.quickReplies).forEach((reply, index) => {
    const field = `replies[${index}]`;
    if (isObject(reply)) checkQuickReply(check, field, reply as QuickReply, dialect);
    else check.refuse(true, field, 'must be an object');
  });
};

/** What a body may have beside the message; the recipient is Parley's to set. */
const NATIVE_MEMBERS = [
  'message',
  'messaging_type',
  'tag',
  'persona_id',
  'notification_type',
  'reply_to',
  'thread_control',
];

const checkNative: Check<'native'> = (check, { body }) => {
  if (!isObject(body)) return check.refuse(true, 'body', "must be the JSON object of Meta's Send API, with `message`");
  check.refuse(!isObject(body.message), 'body.message', 'is required: the object of what is sent');
  for (const name of Object.keys(body)) {
    const known = NATIVE_MEMBERS.join(', ');
    check.refuse(!NATIVE_MEMBERS.includes(name), `body.${name}`, `is not possible here; possible are ${known}`);
  }
  const retired = typeof body.tag === 'string' ? retiredTag(body.tag) : undefined;
  check.refuse(retired !== undefined, 'body.tag', retired ?? '');
};

const CHECKS: { readonly [K in OutboundKind]?: Check<K> } = {
  text: (check, { text }, dialect) => checkText(check, 'text', text, dialect),
  image: checkFile,
  video: checkFile,
  audio: checkFile,
  document: checkFile,
  sticker: checkSticker,
  reaction: checkReaction,
  buttons: checkButtons,
  quick_replies: checkQuickReplies,
  link: checkLink,
  product: checkProduct,
  products: checkProducts,
  carousel: checkCarousel,
  media_card: checkMediaCard,
  coupon: checkCoupon,
  receipt: checkReceipt,
  template: checkTemplate,
  native: checkNative,
};

/** Throws `ParleyError(400, 'unsupported_by_channel' | 'invalid_content')`. Knows shapes and lengths, not files or templates. */
export function checkContent(content: OutboundContent, dialect: Dialect): void {
  const kind: OutboundKind = content.type;
  const run = dialect.kinds.includes(kind) ? (CHECKS[kind] as Check<OutboundKind> | undefined) : undefined;
  if (run === undefined) {
    const detail = `${dialect.name} cannot send "${kind}". It can send: ${dialect.kinds.join(', ')}.`;
    throw new ParleyError(400, 'unsupported_by_channel', detail, { kinds: dialect.kinds });
  }
  const check = new Checker();
  run(check, content, dialect);
  check.finish();
}
