/** Parts that several kinds of messages share. */
import type { CardButton, OutboundContent, OutboundKind, ReplyButton } from '../../../../../contract/message.ts';
import type { MediaSource } from '../../../../../contract/media.ts';
import type { Checker } from '../../kit/checker.ts';
import { objectOf } from '../../kit/json.ts';
import type { Dialect } from './dialect.ts';
import { LIMITS } from './limits.ts';

export type Of<K extends OutboundKind> = Extract<OutboundContent, { type: K }>;

/** `media` + `link` → `media.link`; no prefix at the top. */
export const at = (prefix: string, name: string): string => (prefix === '' ? name : `${prefix}.${name}`);

/** Exactly one of an uploaded file and a public link, which Meta fetches itself. */
export function checkMedia(check: Checker, prefix: string, { link, mediaId }: MediaSource): void {
  const given = [link, mediaId].filter((source) => source !== undefined && source !== '').length;
  check.refuse(
    given !== 1,
    at(prefix, 'mediaId'),
    `or ${at(prefix, 'link')} must be given: exactly one, ${given} were`,
  );
  if (given === 1 && link) check.url(at(prefix, 'link'), link, ['https'], LIMITS.url);
}

/** What has no place in this message: silently left out it would be missed. */
export function refuseMembers(check: Checker, content: object, names: readonly string[], dialect: Dialect): void {
  for (const name of names) {
    const value = (content as Record<string, unknown>)[name];
    const message = `is not possible in this kind of message on ${dialect.name}: send it as a message of its own`;
    check.refuse(value !== undefined && value !== '', name, message);
  }
}

export function checkText(check: Checker, field: string, text: unknown, { text: rule }: Dialect): void {
  if (rule.unit === 'characters' || typeof text !== 'string' || text === '') {
    return check.text(field, text, { max: rule.max });
  }
  const bytes = Buffer.byteLength(text, 'utf8');
  check.refuse(bytes > rule.max, field, `may have at most ${rule.max} bytes of UTF-8; ${bytes} were given`);
}

function checkReply(check: Checker, prefix: string, { id, title }: { id?: unknown; title?: unknown }): void {
  check.text(at(prefix, 'id'), id, { max: LIMITS.payload });
  check.text(at(prefix, 'title'), title, { max: LIMITS.title });
}

export function checkReplies(check: Checker, field: string, buttons: readonly ReplyButton[] | undefined): void {
  const list = check.list(field, buttons, 1, LIMITS.buttons);
  list.forEach((button, index) => checkReply(check, `${field}[${index}]`, button));
  check.unique(
    `${field}[].id`,
    list.map(({ id }) => id),
  );
}

/** Buttons that answer, open a page or call. */
export function checkCardButtons(
  check: Checker,
  field: string,
  buttons: readonly CardButton[] | undefined,
  dialect: Dialect,
): void {
  check.list<unknown>(field, buttons ?? [], 0, LIMITS.buttons).forEach((given, index) => {
    const button = objectOf(given);
    const prefix = `${field}[${index}]`;
    if ('url' in button) {
      check.text(`${prefix}.title`, button.title, { max: LIMITS.title });
      return check.url(`${prefix}.url`, button.url, ['https', 'http'], LIMITS.url);
    }
    if ('phone' in button) {
      check.text(`${prefix}.title`, button.title, { max: LIMITS.title });
      check.refuse(!dialect.callButtons, `${prefix}.phone`, `is not possible on ${dialect.name}`);
      const isNumber = typeof button.phone === 'string' && /^\+\d{5,15}$/.test(button.phone);
      return check.refuse(
        !isNumber,
        `${prefix}.phone`,
        'must be a number with plus and country code like +15550001111',
      );
    }
    checkReply(check, prefix, button);
  });
}

/** Known products: a template of products takes ten. */
export function checkProductIds(check: Checker, field: string, ids: readonly unknown[]): void {
  check.list(field, ids, 1, LIMITS.elements).forEach((id, index) => {
    check.text(`${field}[${index}]`, id, { max: LIMITS.messageId });
  });
}
