/** Parts that several kinds share. */
import type { Header } from '../../../../../contract/message.ts';
import type { MediaSource } from '../../../../../contract/media.ts';
import type { Checker } from '../../kit/checker.ts';
import { LIMITS } from './limits.ts';

/** `header.` + `text` → `header.text`; no prefix at the top. */
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

export type HeaderKind = Header['type'];
export const ANY_HEADER: readonly HeaderKind[] = ['text', 'image', 'video', 'document'];

export function checkHeader(check: Checker, header: Header | undefined, allowed: readonly HeaderKind[]): void {
  if (header === undefined) return;
  if (!allowed.includes(header.type)) {
    return check.refuse(true, 'header.type', `must be ${allowed.join(', ')} here; ${header.type} was given`);
  }
  if (header.type === 'text') check.text('header.text', header.text, { max: LIMITS.header });
  else checkMedia(check, 'header', header);
}

export function checkFooter(check: Checker, footer: string | undefined): void {
  check.text('footer', footer, { max: LIMITS.footer, optional: true });
}

export function checkReplies(
  check: Checker,
  prefix: string,
  buttons: readonly { id: string; title: string }[] | undefined,
): void {
  const list = check.list(prefix, buttons, 1, LIMITS.buttons);
  list.forEach(({ id, title }, index) => {
    check.text(`${prefix}[${index}].id`, id, { max: LIMITS.buttonId });
    check.text(`${prefix}[${index}].title`, title, { max: LIMITS.buttonTitle });
  });
  check.unique(
    `${prefix}[].id`,
    list.map(({ id }) => id),
  );
  check.unique(
    `${prefix}[].title`,
    list.map(({ title }) => title),
  );
}

/** Sections of products: at most ten, thirty products in all, a title each as soon as there are several. */
export function checkProductSections(
  check: Checker,
  prefix: string,
  sections: readonly { title: string; productIds: string[] }[] | undefined,
): void {
  const list = check.list(prefix, sections, 1, LIMITS.sections);
  list.forEach(({ title, productIds }, index) => {
    check.text(`${prefix}[${index}].title`, title, { max: LIMITS.sectionTitle, optional: list.length === 1 });
    check.list(`${prefix}[${index}].productIds`, productIds, 1, LIMITS.products);
  });
  const total = list.reduce((sum, { productIds }) => sum + (productIds?.length ?? 0), 0);
  const isOver = total > LIMITS.products;
  check.refuse(isOver, prefix, `may name at most ${LIMITS.products} products in all; ${total} were given`);
}
