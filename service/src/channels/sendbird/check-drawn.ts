/** Checks of the contents that the app draws. The limits are Parley's: what stands in a message has to stand on a phone. */
import type { FormPage, Header } from '../../../../contract/message.ts';
import type { Checker } from '../kit/checker.ts';
import { isObject } from '../kit/json.ts';
import { link, MAX_TEXT, type Checks, type Of } from './rules.ts';

/** In characters and pieces. */
const LIMITS = {
  ...{ title: 200, id: 200, subtitle: 500, header: 200, footer: 200 },
  ...{ buttons: 10, replies: 20, sections: 20, rows: 100, cards: 10, slots: 100, pages: 30, choices: 100 },
} as const;

interface Framed {
  text?: string;
  header?: Header;
  footer?: string;
}

function framed(check: Checker, { text, header, footer }: Framed): void {
  check.text('text', text, { max: MAX_TEXT });
  check.text('footer', footer, { max: LIMITS.footer, optional: true });
  if (!isObject(header)) return;
  if (header.type === 'text') check.text('header.text', header.text, { max: LIMITS.header });
  else link(check, header, 'header.link');
}

interface Titled {
  id?: string;
  title?: string;
}

/** Things to choose: each has an id of its own, and a title. */
function titled(check: Checker, field: string, all: readonly Titled[]): void {
  all.forEach((one, index) => {
    const { id, title } = isObject(one) ? one : {};
    check.text(`${field}[${index}].id`, id, { max: LIMITS.id });
    check.text(`${field}[${index}].title`, title, { max: LIMITS.title });
  });
  check.unique(
    `${field}[].id`,
    all.map((one) => (isObject(one) ? one.id : undefined)),
  );
}

function quickReplies(check: Checker, { text, media, replies }: Of<'quick_replies'>): void {
  check.text('text', text, { max: MAX_TEXT });
  check.refuse(media !== undefined, 'media', 'is not shown above replies: send it as a message of its own');
  const list = check.list('replies', replies, 1, LIMITS.replies);
  const asks = list.some((reply) => isObject(reply) && 'ask' in reply);
  check.refuse(asks, 'replies', 'cannot ask for the phone number or e-mail address: give replies with id and title');
  if (!asks) titled(check, 'replies', list as readonly Titled[]);
}

function list(check: Checker, content: Of<'list'>): void {
  framed(check, content);
  check.text('buttonTitle', content.buttonTitle, { max: LIMITS.title });
  const sections = check.list('sections', content.sections, 1, LIMITS.sections);
  const all = sections.map((section, index) => {
    const field = `sections[${index}]`;
    const { title, rows } = isObject(section) ? section : ({} as Partial<typeof section>);
    check.text(`${field}.title`, title, { max: LIMITS.title, optional: true });
    const own = check.list(`${field}.rows`, rows, 1, LIMITS.rows);
    titled(check, `${field}.rows`, own);
    return own;
  });
  check.unique(
    'sections[].rows[].id',
    all.flat().map((row) => (isObject(row) ? row.id : undefined)),
  );
}

function carousel(check: Checker, { text, cards }: Of<'carousel'>): void {
  check.text('text', text, { max: MAX_TEXT, optional: true });
  check.list('cards', cards, 1, LIMITS.cards).forEach((card, index) => {
    const field = `cards[${index}]`;
    if (!isObject(card)) return check.refuse(true, field, 'must be a card');
    if ('productId' in card) return check.text(`${field}.productId`, card.productId, { max: LIMITS.id });
    check.text(`${field}.title`, card.title, { max: LIMITS.title });
    check.text(`${field}.body`, card.body, { max: LIMITS.subtitle, optional: true });
    if (isObject(card.header)) link(check, card.header, `${field}.header.link`);
    titled(check, `${field}.buttons`, check.list(`${field}.buttons`, card.buttons ?? [], 0, LIMITS.buttons));
  });
}

function timePicker(check: Checker, content: Of<'time_picker'>): void {
  framed(check, content);
  const slots = check.list('slots', content.slots, 1, LIMITS.slots);
  slots.forEach((slot, index) => {
    const { id, startsAt, durationMs } = isObject(slot) ? slot : ({} as Partial<typeof slot>);
    check.text(`slots[${index}].id`, id, { max: LIMITS.id });
    const isInstant = typeof startsAt === 'string' && !Number.isNaN(Date.parse(startsAt));
    check.refuse(!isInstant, `slots[${index}].startsAt`, 'must be an instant in ISO 8601');
    check.number(`slots[${index}].durationMs`, durationMs, 1, 366 * 86_400_000);
  });
  check.unique(
    'slots[].id',
    slots.map((slot) => (isObject(slot) ? slot.id : undefined)),
  );
}

function page(check: Checker, field: string, one: FormPage): void {
  if (one.type !== 'select' && one.type !== 'picker') return;
  titled(check, `${field}.choices`, check.list(`${field}.choices`, one.choices, 1, LIMITS.choices));
}

function form(check: Checker, content: Of<'form'>): void {
  framed(check, content);
  check.text('buttonTitle', content.buttonTitle, { max: LIMITS.title });
  check.refuse(content.formId !== undefined, 'formId', 'names no form here: give the pages of the form');
  const pages = check.list('pages', content.pages, 1, LIMITS.pages);
  titled(check, 'pages', pages);
  pages.forEach((one, index) => {
    if (isObject(one)) page(check, `pages[${index}]`, one);
  });
}

/** Checks by kind. */
export const DRAWN_CHECKS: Checks = {
  location: (check, { latitude, longitude }) => {
    check.number('latitude', latitude, -90, 90);
    check.number('longitude', longitude, -180, 180);
  },
  buttons: (check, content) => {
    framed(check, content);
    titled(check, 'buttons', check.list('buttons', content.buttons, 1, LIMITS.buttons));
  },
  quick_replies: quickReplies,
  list,
  link: (check, content) => {
    framed(check, content);
    check.text('title', content.title, { max: LIMITS.title });
    check.url('url', content.url, ['https', 'http']);
  },
  carousel,
  time_picker: timePicker,
  form,
};
