/** Is a content within what Sendbird and the app take? One check per kind; findings name the field, the limit and what was given. */
import { OUTBOUND_KINDS, type OutboundContent, type OutboundKind } from '../../../../contract/message.ts';
import { ParleyError } from '../../core/errors.ts';
import { Checker } from '../kit/checker.ts';
import { isObject } from '../kit/json.ts';
import { DRAWN_CHECKS } from './check-drawn.ts';
import { fallbackOf } from './drawn.ts';
import { link, MAX_TEXT, type Checks, type Of } from './rules.ts';
import type { SendbirdSettings } from './settings.ts';

/** A file message has no text of its own: an app that draws contents finds the caption beside it. */
function captioned(check: Checker, content: Of<'image' | 'video' | 'document'>, isDrawn: boolean): void {
  link(check, content);
  const { caption } = content;
  if (isDrawn) return check.text('caption', caption, { max: MAX_TEXT, optional: true });
  const why =
    "is not shown: send it as a text of its own, or turn on 'drawsContent' of the account if the app shows it";
  check.refuse(caption !== undefined && caption !== '', 'caption', why);
}

/** Members that the account and the recipient decide. */
const SET = ['user_id', 'channel_url', 'dedup_id', 'bot_userid'];

function native(check: Checker, { body }: Of<'native'>): void {
  if (!isObject(body)) {
    return check.refuse(true, 'body', "must be the fields of Sendbird's message, as a JSON object");
  }
  const type = body['message_type'];
  const isKnown = type === undefined || type === 'MESG' || type === 'FILE' || type === 'ADMM';
  check.refuse(!isKnown, 'body.message_type', 'must be MESG, FILE or ADMM');
  const says = ['message', 'url', 'files'].some((name) => body[name] !== undefined && body[name] !== '');
  check.refuse(!says, 'body', 'needs one of message, url, files');
  for (const name of SET) {
    check.refuse(Object.hasOwn(body, name), `body.${name}`, 'is set by the account and the thread: leave it out');
  }
}

const PLAIN: Checks = {
  text: (check, { text }) => check.text('text', text, { max: MAX_TEXT }),
  image: captioned,
  video: captioned,
  audio: (check, content) => link(check, content),
  document: (check, content, isDrawn) => {
    captioned(check, content, isDrawn);
    check.text('filename', content.filename, { max: 240, optional: true });
  },
  native,
};

const DRAWN: Checks = { ...PLAIN, ...DRAWN_CHECKS };

/** Lists the kinds that can be sent, with or without an app that draws contents. */
export function kindsFor(isDrawn: boolean): readonly OutboundKind[] {
  return OUTBOUND_KINDS.filter((kind) => Object.hasOwn(isDrawn ? DRAWN : PLAIN, kind));
}

type Run = (check: Checker, content: OutboundContent, isDrawn: boolean) => void;

/** Throws `ParleyError(400, 'unsupported_by_channel' | 'invalid_content')`. */
export function checkContent(content: OutboundContent, { drawsContent = false }: SendbirdSettings): void {
  const kind: OutboundKind = content.type;
  const checks = drawsContent ? DRAWN : PLAIN;
  const run = (Object.hasOwn(checks, kind) ? checks[kind] : undefined) as Run | undefined;
  if (run === undefined) {
    const kinds = kindsFor(drawsContent);
    const detail = `Sendbird cannot send "${kind}" from this account. It can send: ${kinds.join(', ')}.`;
    throw new ParleyError(400, 'unsupported_by_channel', detail, { kinds });
  }
  const check = new Checker();
  run(check, content, drawsContent);
  check.finish();
  if (Object.hasOwn(PLAIN, kind)) return;
  check.text('text', fallbackOf(content), { max: MAX_TEXT });
  check.finish();
}
