/** Checks of interactive messages (messages/interactive-*). */
import type { Checker } from '../../kit/checker.ts';
import type { Of } from './content-of.ts';
import { ANY_HEADER, checkFooter, checkHeader, checkReplies } from './check-parts.ts';
import { LIMITS } from './limits.ts';

export function checkButtons(check: Checker, content: Of<'buttons'>): void {
  check.text('text', content.text, { max: LIMITS.body });
  checkHeader(check, content.header, ANY_HEADER);
  checkFooter(check, content.footer);
  checkReplies(check, 'buttons', content.buttons);
}

function checkSection(check: Checker, field: string, section: Of<'list'>['sections'][number], isOnly: boolean): void {
  check.text(`${field}.title`, section.title, { max: LIMITS.sectionTitle, optional: isOnly });
  check.list(`${field}.rows`, section.rows, 1, LIMITS.rows).forEach((row, index) => {
    check.text(`${field}.rows[${index}].id`, row.id, { max: LIMITS.rowId });
    check.text(`${field}.rows[${index}].title`, row.title, { max: LIMITS.rowTitle });
    const rule = { max: LIMITS.rowDescription, optional: true };
    check.text(`${field}.rows[${index}].description`, row.description, rule);
  });
}

export function checkList(check: Checker, content: Of<'list'>): void {
  check.text('text', content.text, { max: LIMITS.listBody });
  checkHeader(check, content.header, ['text']);
  checkFooter(check, content.footer);
  check.text('buttonTitle', content.buttonTitle, { max: LIMITS.buttonTitle });
  const sections = check.list('sections', content.sections, 1, LIMITS.sections);
  sections.forEach((section, index) => checkSection(check, `sections[${index}]`, section, sections.length === 1));
  check.plainRows(sections);
  const rows = sections.flatMap((section) => section.rows ?? []);
  const isOver = rows.length > LIMITS.rows;
  check.refuse(isOver, 'sections', `may have at most ${LIMITS.rows} rows in all; ${rows.length} were given`);
  check.unique(
    'sections[].rows[].id',
    rows.map(({ id }) => id),
  );
}

export function checkLink(check: Checker, content: Of<'link'>): void {
  check.text('text', content.text, { max: LIMITS.body });
  checkHeader(check, content.header, ANY_HEADER);
  checkFooter(check, content.footer);
  check.text('title', content.title, { max: LIMITS.buttonTitle });
  check.url('url', content.url, ['https', 'http'], LIMITS.url);
}

export function checkForm(check: Checker, content: Of<'form'>): void {
  check.text('text', content.text, { max: LIMITS.body });
  checkHeader(check, content.header, ANY_HEADER);
  checkFooter(check, content.footer);
  check.refuse(content.pages !== undefined, 'pages', 'are kept at Meta: make the form there, and give formId');
  check.refuse(content.summary !== undefined, 'summary', 'is part of the form at Meta: leave it out');
  check.text('formId', content.formId, { max: 256 });
  check.text('buttonTitle', content.buttonTitle, { max: LIMITS.formButtonTitle });
  const hasEmoji = /\p{Extended_Pictographic}/u.test(content.buttonTitle ?? '');
  check.refuse(hasEmoji, 'buttonTitle', 'may not have emoji');
  const isAstray = content.data !== undefined && content.screen === undefined;
  check.refuse(isAstray, 'screen', 'is required with data: it is the screen that gets them');
}

export function checkLocationRequest(check: Checker, content: Of<'location_request'>): void {
  check.text('text', content.text, { max: LIMITS.body });
}

/** Only businesses and users in India have address messages (messages/address-messages). */
export function checkAddressRequest(check: Checker, content: Of<'address_request'>): void {
  check.text('text', content.text, { max: LIMITS.body });
  check.refuse(content.country !== 'IN', 'country', 'must be IN: WhatsApp has address requests in India only');
}
