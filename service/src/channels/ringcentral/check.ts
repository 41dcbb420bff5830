/** Is a content within what RingCentral takes? One check per kind (page "Structured messages"); what is longer there is cut, so it is refused here. */
import { OUTBOUND_KINDS, type OutboundContent, type OutboundKind } from '../../../../contract/message.ts';
import { ParleyError } from '../../core/errors.ts';
import { Checker } from '../kit/checker.ts';
import { isObject } from '../kit/json.ts';

type Of<K extends OutboundKind> = Extract<OutboundContent, { type: K }>;
type Checks = { readonly [K in OutboundKind]?: (check: Checker, content: Of<K>) => void };

/** In characters and pieces. */
const LIMITS = {
  ...{ text: 20_000, select: 13, title: 80, payload: 1000, listTitle: 1024, sections: 10, sectionTitle: 24, rows: 10 },
  ...{
    rowPayload: 200,
    rowSubtitle: 100,
    cards: 10,
    cardTitle: 350,
    cardText: 1000,
    cardButtons: 4,
    url: 2048,
    slots: 100,
  },
} as const;

const ASCII = /^[\x20-\x7e]*$/;
const text = (check: Checker, value: unknown) => check.text('text', value, { max: LIMITS.text });

/** A file goes up first: RingCentral fetches none. */
function file(check: Checker, { link, mediaId }: { link?: string; mediaId?: string }): void {
  check.refuse(link !== undefined, 'link', 'cannot be sent: RingCentral fetches no files, so give one to upload');
  check.text('mediaId', mediaId, { max: 100 });
}

function plain(check: Checker, { header, footer }: { header?: unknown; footer?: string }): void {
  check.refuse(header !== undefined, 'header', 'is not shown through RingCentral: leave it out');
  check.refuse(footer !== undefined && footer !== '', 'footer', 'is not shown through RingCentral: leave it out');
}

interface Titled {
  id?: string;
  title?: string;
}

/** Things to choose: payloads are ASCII. */
function titled(check: Checker, field: string, all: readonly Titled[], maxPayload: number = LIMITS.payload): void {
  all.forEach((one, index) => {
    const { id, title } = isObject(one) ? one : {};
    check.text(`${field}[${index}].id`, id, { max: maxPayload });
    check.refuse(typeof id === 'string' && !ASCII.test(id), `${field}[${index}].id`, 'may have ASCII characters only');
    check.text(`${field}[${index}].title`, title, { max: LIMITS.title });
  });
  check.unique(
    `${field}[].id`,
    all.map((one) => (isObject(one) ? one.id : undefined)),
  );
}

function list(check: Checker, content: Of<'list'>): void {
  check.text('text', content.text, { max: LIMITS.listTitle });
  plain(check, content);
  const sections = check.list('sections', content.sections, 1, LIMITS.sections);
  check.plainRows(sections.filter(isObject) as never);
  const rows = sections.flatMap((section, index) => {
    const { title, rows: own } = isObject(section) ? section : ({} as Partial<typeof section>);
    check.text(`sections[${index}].title`, title, { max: LIMITS.sectionTitle, optional: true });
    return [...check.list(`sections[${index}].rows`, own, 1, LIMITS.rows)];
  });
  check.refuse(rows.length > LIMITS.rows, 'sections[].rows', `may be ${LIMITS.rows} in all; ${rows.length} were given`);
  titled(check, 'sections[].rows', rows, LIMITS.rowPayload);
  for (const row of rows) {
    if (isObject(row))
      check.text('sections[].rows[].description', row.description, { max: LIMITS.rowSubtitle, optional: true });
  }
}

function quickReplies(check: Checker, content: Of<'quick_replies'>): void {
  text(check, content.text);
  check.refuse(content.media !== undefined, 'media', 'is not shown above replies: send it as a message of its own');
  const replies = check.list('replies', content.replies, 1, LIMITS.select);
  const asks = replies.some((reply) => isObject(reply) && 'ask' in reply);
  check.refuse(asks, 'replies', 'cannot ask for the phone number or e-mail address: give replies with id and title');
  if (!asks) titled(check, 'replies', replies as readonly Titled[]);
}

function carousel(check: Checker, { text: above, cards }: Of<'carousel'>): void {
  check.text('text', above, { max: LIMITS.text, optional: true });
  check.list('cards', cards, 1, LIMITS.cards).forEach((card, index) => {
    const field = `cards[${index}]`;
    if (!isObject(card) || 'productId' in card) return check.refuse(true, field, 'must be a card with a title');
    check.text(`${field}.title`, card.title, { max: LIMITS.cardTitle });
    check.text(`${field}.body`, card.body, { max: LIMITS.cardText, optional: true });
    const isLinked = isObject(card.header) && card.header.mediaId === undefined;
    check.refuse(isLinked, `${field}.header.link`, 'cannot be sent: give a picture to upload');
    titled(check, `${field}.buttons`, check.list(`${field}.buttons`, card.buttons ?? [], 0, LIMITS.cardButtons));
  });
}

function timePicker(check: Checker, content: Of<'time_picker'>): void {
  text(check, content.text);
  plain(check, content);
  const slots = check.list('slots', content.slots, 1, LIMITS.slots);
  slots.forEach((slot, index) => {
    const { id, startsAt, durationMs } = isObject(slot) ? slot : ({} as Partial<typeof slot>);
    check.text(`slots[${index}].id`, id, { max: LIMITS.payload });
    const isInstant = typeof startsAt === 'string' && !Number.isNaN(Date.parse(startsAt));
    check.refuse(!isInstant, `slots[${index}].startsAt`, 'must be an instant in ISO 8601');
    check.number(`slots[${index}].durationMs`, durationMs, 1, 366 * 86_400_000);
  });
}

function native(check: Checker, { body }: Of<'native'>): void {
  if (!isObject(body))
    return check.refuse(true, 'body', "must be the fields of RingCentral's content, as a JSON object");
  const says = ['body', 'structured_content', 'attachment_ids'].some(
    (name) => body[name] !== undefined && body[name] !== '',
  );
  check.refuse(!says, 'body', 'needs one of body, structured_content, attachment_ids');
  for (const name of ['in_reply_to_id', 'source_id', 'to']) {
    check.refuse(Object.hasOwn(body, name), `body.${name}`, 'is set by the account and the thread: leave it out');
  }
}

const captioned = (check: Checker, content: Of<'image' | 'video' | 'document'>): void => {
  file(check, content);
  check.text('caption', content.caption, { max: LIMITS.text, optional: true });
};

const CHECKS: Checks = {
  text: (check, content) => text(check, content.text),
  image: captioned,
  video: captioned,
  audio: (check, content) => file(check, content),
  document: captioned,
  buttons: (check, content) => {
    text(check, content.text);
    plain(check, content);
    titled(check, 'buttons', check.list('buttons', content.buttons, 1, LIMITS.select));
  },
  quick_replies: quickReplies,
  list,
  link: (check, content) => {
    text(check, content.text);
    plain(check, content);
    check.text('title', content.title, { max: LIMITS.title });
    check.url('url', content.url, ['https', 'http'], LIMITS.url);
  },
  carousel,
  time_picker: timePicker,
  template: (check, content) => {
    check.text('name', content.name, { max: 512 });
    check.text('language', content.language, { max: 20 });
    const fills = content.body !== undefined || content.header !== undefined || content.buttons !== undefined;
    check.refuse(fills, 'body', 'cannot be filled in through RingCentral: choose a template without variables');
  },
  native,
};

/** What takes a kind of structured message, by that kind's name at RingCentral. */
export const STRUCTURED: Readonly<Partial<Record<OutboundKind, string>>> = {
  ...{ buttons: 'select', quick_replies: 'select', list: 'list', link: 'rich_link', carousel: 'carousel' },
  time_picker: 'time_select',
};

/** Kinds that can be sent where the person's device shows these structured messages; undefined: nobody knows yet what it shows. */
export function kindsWhere(shown: ReadonlySet<string> | undefined, templates: boolean): readonly OutboundKind[] {
  return OUTBOUND_KINDS.filter((kind) => {
    if (!Object.hasOwn(CHECKS, kind)) return false;
    if (kind === 'template') return templates;
    const needed = STRUCTURED[kind];
    return needed === undefined || shown === undefined || shown.has(needed);
  });
}

/** Throws `ParleyError(400, 'unsupported_by_channel' | 'invalid_content')`. Knows nothing of the channel behind. */
export function checkContent(content: OutboundContent): void {
  const kind: OutboundKind = content.type;
  const run = (Object.hasOwn(CHECKS, kind) ? CHECKS[kind] : undefined) as
    ((check: Checker, content: OutboundContent) => void) | undefined;
  if (run === undefined) {
    const kinds = kindsWhere(undefined, true);
    const detail = `RingCentral cannot send "${kind}". It can send: ${kinds.join(', ')}.`;
    throw new ParleyError(400, 'unsupported_by_channel', detail, { kinds });
  }
  const check = new Checker();
  run(check, content);
  check.finish();
}
