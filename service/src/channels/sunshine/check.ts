/** Is a content within Sunshine's limits? One check per kind; findings name the field, the limit and what was given. */
import {
  OUTBOUND_KINDS,
  type FormPage,
  type Header,
  type OutboundContent,
  type OutboundKind,
} from '../../../../contract/message.ts';
import { ParleyError } from '../../core/errors.ts';
import { Checker } from '../kit/checker.ts';
import { isObject } from '../kit/json.ts';
import { listText } from './render.ts';
import { checkTemplate } from '../protocols/whatsapp/check-template.ts';

type Of<K extends OutboundKind> = Extract<OutboundContent, { type: K }>;
type Checks = { readonly [K in OutboundKind]?: (check: Checker, content: Of<K>) => void };

/** In characters and pieces (API description, "Post message"). */
const LIMITS = {
  ...{ text: 4096, altText: 128, title: 128, description: 128, payload: 1000 },
  ...{ replies: 10, items: 10, itemActions: 3, fields: 20, options: 200, url: 2000 },
} as const;

const text = (check: Checker, value: unknown, optional = false) =>
  check.text('text', value, { max: LIMITS.text, optional });

/** A link, or the link that an upload gave. */
function file(check: Checker, content: { link?: string; mediaId?: string }, field = 'link'): void {
  check.url(field, content.link ?? content.mediaId, ['https', 'http'], LIMITS.url);
}

function captioned(check: Checker, content: Of<'image' | 'video' | 'document'>): void {
  file(check, content);
  check.text('caption', content.caption, { max: LIMITS.text, optional: true });
}

/** Sunshine has one text above choices. */
function plain(check: Checker, { header, footer }: { header?: Header; footer?: string }): void {
  check.refuse(header !== undefined, 'header', 'is not shown through Sunshine: leave it out');
  check.refuse(footer !== undefined && footer !== '', 'footer', 'is not shown through Sunshine: leave it out');
}

interface Titled {
  id?: string;
  title?: string;
}

function titled(check: Checker, field: string, all: readonly Titled[], maxId: number = LIMITS.payload): void {
  all.forEach((one, index) => {
    const { id, title } = isObject(one) ? one : {};
    check.text(`${field}[${index}].id`, id, { max: maxId });
    check.text(`${field}[${index}].title`, title, { max: LIMITS.title });
  });
  check.unique(
    `${field}[].id`,
    all.map((one) => (isObject(one) ? one.id : undefined)),
  );
}

function quickReplies(check: Checker, content: Of<'quick_replies'>): void {
  text(check, content.text);
  check.refuse(content.media !== undefined, 'media', 'is not shown above replies: send it as a message of its own');
  const replies = check.list('replies', content.replies, 1, LIMITS.replies);
  const asks = replies.some((reply) => isObject(reply) && 'ask' in reply);
  check.refuse(asks, 'replies', 'cannot ask for the phone number or e-mail address: send a form');
  if (!asks) titled(check, 'replies', replies as readonly Titled[]);
}

function list(check: Checker, content: Of<'list'>): void {
  const isWhole = typeof content.text === 'string' && Array.isArray(content.sections?.[0]?.rows);
  text(check, isWhole ? listText({ ...content, sections: content.sections.slice(0, 1) }) : content.text);
  plain(check, content);
  const sections = check.list('sections', content.sections, 1, 1);
  const [section] = sections;
  check.refuse(section?.multiple === true, 'sections[0].multiple', 'is not possible here: one row can be chosen');
  const hasTitle = section?.title !== undefined && section.title !== '';
  check.refuse(hasTitle, 'sections[0].title', 'is not shown through Sunshine: leave it out');
  const rows = check.list('sections[0].rows', section?.rows, 1, LIMITS.items);
  titled(check, 'sections[0].rows', rows);
  rows.forEach((row, index) => {
    const description = isObject(row) ? row.description : undefined;
    check.text(`sections[0].rows[${index}].description`, description, { max: LIMITS.description, optional: true });
  });
}

function card(check: Checker, field: string, one: Of<'carousel'>['cards'][number]): void {
  if (!isObject(one)) return check.refuse(true, field, 'must be a card');
  if ('productId' in one) return check.refuse(true, `${field}.productId`, 'is not known here: give the card a title');
  const { header, title, body, link, buttons = [] } = one;
  check.text(`${field}.title`, title, { max: LIMITS.title });
  check.text(`${field}.body`, body, { max: LIMITS.description, optional: true });
  if (isObject(header)) file(check, header, `${field}.header.link`);
  if (isObject(link)) {
    check.text(`${field}.link.title`, link.title, { max: LIMITS.title });
    check.url(`${field}.link.url`, link.url, ['https', 'http'], LIMITS.url);
  }
  const most = LIMITS.itemActions - (link === undefined ? 0 : 1);
  titled(check, `${field}.buttons`, check.list(`${field}.buttons`, buttons, link === undefined ? 1 : 0, most));
}

function page(check: Checker, field: string, one: FormPage): void {
  if (!isObject(one)) return check.refuse(true, field, 'must be a page');
  check.text(`${field}.id`, one.id, { max: LIMITS.title });
  check.text(`${field}.title`, one.title, { max: LIMITS.title });
  check.refuse(one.nextPage !== undefined, `${field}.nextPage`, 'is not possible here: fields stand below each other');
  for (const name of ['placeholder', 'hint'] as const) {
    const shown = (one as { placeholder?: unknown; hint?: unknown })[name];
    check.text(`${field}.${name}`, shown, { max: LIMITS.title, optional: true });
  }
  if (one.type !== 'select' && one.type !== 'picker') return;
  const several = one.type === 'select' && one.multiple === true;
  check.refuse(several, `${field}.multiple`, 'is not possible here: one choice can be made');
  const choices = check.list(`${field}.choices`, one.choices, 1, LIMITS.options);
  titled(check, `${field}.choices`, choices, LIMITS.title);
  choices.forEach((choice, index) => {
    const value = isObject(choice) ? choice['value'] : undefined;
    check.text(`${field}.choices[${index}].value`, value, { max: LIMITS.title, optional: true });
  });
}

function form(check: Checker, content: Of<'form'>): void {
  text(check, content.text);
  plain(check, content);
  check.refuse(content.formId !== undefined, 'formId', 'names no form here: give the pages of the form');
  const pages = check.list('pages', content.pages, 1, LIMITS.fields);
  pages.forEach((one, index) => page(check, `pages[${index}]`, one));
  check.unique(
    'pages[].id',
    pages.map((one) => (isObject(one) ? one.id : undefined)),
  );
}

function template(check: Checker, content: Of<'template'>): void {
  checkTemplate(check, content);
  const heads = [content.header, ...(Array.isArray(content.cards) ? content.cards.map((one) => one?.header) : [])];
  const isUploaded = heads.some((head) => isObject(head) && 'mediaId' in head && head.mediaId !== undefined);
  check.refuse(isUploaded, 'header.mediaId', 'cannot be sent through Sunshine: give a link');
}

function native(check: Checker, { body }: Of<'native'>): void {
  if (!isObject(body)) return check.refuse(true, 'body', "must be the fields of Sunshine's message, as a JSON object");
  check.refuse(!isObject(body['content']), 'body.content', 'is required, as an object with a type');
  check.refuse(Object.hasOwn(body, 'author'), 'body.author', 'is set by the account: leave it out');
}

const CHECKS: Checks = {
  text: (check, content) => text(check, content.text),
  image: captioned,
  video: captioned,
  audio: (check, content) => file(check, content),
  document: (check, content) => {
    captioned(check, content);
    check.text('filename', content.filename, { max: LIMITS.altText, optional: true });
  },
  location: (check, { latitude, longitude }) => {
    check.number('latitude', latitude, -90, 90);
    check.number('longitude', longitude, -180, 180);
  },
  buttons: (check, content) => {
    text(check, content.text);
    plain(check, content);
    titled(check, 'buttons', check.list('buttons', content.buttons, 1, LIMITS.replies));
  },
  quick_replies: quickReplies,
  list,
  link: (check, content) => {
    text(check, content.text);
    plain(check, content);
    check.text('title', content.title, { max: LIMITS.title });
    check.url('url', content.url, ['https', 'http'], LIMITS.url);
  },
  carousel: (check, { text: above, cards }) => {
    check.refuse(
      above !== undefined && above !== '',
      'text',
      'does not stand above cards: send it as a message of its own',
    );
    check.list('cards', cards, 1, LIMITS.items).forEach((one, index) => card(check, `cards[${index}]`, one));
  },
  form,
  location_request: (check, content) => text(check, content.text),
  template,
  native,
};

/** Kinds that can be sent on a channel behind Sunshine; undefined: nobody knows yet which it is. */
export function kindsOn(surface: string | undefined): readonly OutboundKind[] {
  const has = (kind: OutboundKind) => kind !== 'template' || surface === undefined || surface === 'whatsapp';
  return OUTBOUND_KINDS.filter((kind) => Object.hasOwn(CHECKS, kind) && has(kind));
}

/** Throws `ParleyError(400, 'unsupported_by_channel' | 'invalid_content')`. Knows nothing of the channel behind. */
export function checkContent(content: OutboundContent): void {
  const kind: OutboundKind = content.type;
  const run = (Object.hasOwn(CHECKS, kind) ? CHECKS[kind] : undefined) as
    ((check: Checker, content: OutboundContent) => void) | undefined;
  if (run === undefined) {
    const kinds = kindsOn(undefined);
    const detail = `Sunshine cannot send "${kind}". It can send: ${kinds.join(', ')}.`;
    throw new ParleyError(400, 'unsupported_by_channel', detail, { kinds });
  }
  const check = new Checker();
  run(check, content);
  check.finish();
}
