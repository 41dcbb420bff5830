/** Is a content within Twilio's limits? One check per kind; findings name the field, the limit and what was given. */
import { OUTBOUND_KINDS, type OutboundContent, type OutboundKind } from '../../../../contract/message.ts';
import { ParleyError } from '../../core/errors.ts';
import { Checker } from '../kit/checker.ts';
import { isObject } from '../kit/json.ts';
import type { Line } from './addresses.ts';
import { isOwnParameter, type Of } from './render.ts';

/** In characters and pieces (pages "Messages resource" and those of the content types). */
const LIMITS = {
  text: 1600,
  caption: 1600,
  url: 2000,
  body: 1024,
  buttons: 3,
  buttonTitle: 20,
  buttonId: 200,
  rows: 10,
  rowTitle: 24,
  rowDescription: 72,
  templateName: 450,
  variables: 100,
  variableName: 16,
  variable: 1600,
} as const;

type Check<K extends OutboundKind> = (check: Checker, content: Of<K>) => void;
type Checks = { readonly [K in OutboundKind]?: Check<K> };

function link(check: Checker, content: { link?: string; mediaId?: string }): void {
  check.refuse(content.mediaId !== undefined, 'mediaId', 'cannot be sent: Twilio fetches files itself, so give a link');
  check.url('link', content.link, ['https', 'http'], LIMITS.url);
}

const captioned = (check: Checker, content: Of<'image' | 'video' | 'document'>): void => {
  link(check, content);
  check.text('caption', content.caption, { max: LIMITS.caption, optional: true });
};

/** Twilio's interactive messages have no place for these without WhatsApp's approval (page `whatsapp/card`). */
function plain(check: Checker, { header, footer }: { header?: unknown; footer?: unknown }): void {
  const why = 'is not possible through Twilio outside approved templates: leave it out, or send a template';
  check.refuse(header !== undefined, 'header', why);
  check.refuse(footer !== undefined && footer !== '', 'footer', why);
}

function buttons(check: Checker, content: Of<'buttons'>): void {
  check.text('text', content.text, { max: LIMITS.body });
  plain(check, content);
  const list = check.list('buttons', content.buttons, 1, LIMITS.buttons);
  list.forEach(({ id, title }, index) => {
    check.text(`buttons[${index}].id`, id, { max: LIMITS.buttonId });
    check.text(`buttons[${index}].title`, title, { max: LIMITS.buttonTitle });
  });
  check.unique(
    'buttons[].id',
    list.map(({ id }) => id),
  );
  check.unique(
    'buttons[].title',
    list.map(({ title }) => title),
  );
}

function list(check: Checker, content: Of<'list'>): void {
  check.text('text', content.text, { max: LIMITS.body });
  plain(check, content);
  check.text('buttonTitle', content.buttonTitle, { max: LIMITS.buttonTitle });
  const sections = check.list('sections', content.sections, 1, 1);
  check.plainRows(sections);
  const [section] = sections;
  const hasTitle = section?.title !== undefined && section.title !== '';
  check.refuse(hasTitle, 'sections[0].title', 'is not shown through Twilio: leave it out');
  const rows = check.list('sections[0].rows', section?.rows, 1, LIMITS.rows);
  rows.forEach((row, index) => {
    check.text(`sections[0].rows[${index}].id`, row.id, { max: LIMITS.buttonId });
    check.text(`sections[0].rows[${index}].title`, row.title, { max: LIMITS.rowTitle });
    const rule = { max: LIMITS.rowDescription, optional: true };
    check.text(`sections[0].rows[${index}].description`, row.description, rule);
  });
  check.unique(
    'sections[0].rows[].id',
    rows.map(({ id }) => id),
  );
}

function template(check: Checker, content: Of<'template'>): void {
  check.text('name', content.name, { max: LIMITS.templateName });
  check.text('language', content.language, { max: 20, optional: /^HX[0-9a-fA-F]{32}$/.test(content.name ?? '') });
  for (const part of ['header', 'buttons', 'cards', 'offerEndsAt'] as const) {
    const isThere = content[part] !== undefined;
    check.refuse(isThere, part, 'has no variables of its own at Twilio: give every variable by its number in body');
  }
  const values = check.list('body', content.body ?? [], 0, LIMITS.variables);
  values.forEach(({ name, text }, index) => {
    check.text(`body[${index}].name`, name, { max: LIMITS.variableName, optional: true });
    check.text(`body[${index}].text`, text, { max: LIMITS.variable });
  });
  const names = values.flatMap(({ name }) => name ?? []);
  check.unique('body[].name', names);
  check.refuse(names.length > 0 && names.length < values.length, 'body', 'must be all named or all positional');
  if (content.code === undefined) return;
  check.text('code', content.code, { max: LIMITS.variable });
  check.refuse(values.length > 0, 'code', 'stands for the first variable: leave body out');
}

const SAYING = ['Body', 'MediaUrl', 'ContentSid'];

function native(check: Checker, { body }: Of<'native'>): void {
  if (!isObject(body))
    return check.refuse(true, 'body', "must be the parameters of Twilio's message, as a JSON object");
  const isSaying = SAYING.some((name) => body[name] !== undefined && body[name] !== null && body[name] !== '');
  check.refuse(!isSaying, 'body', `needs one of ${SAYING.join(', ')}`);
  for (const name of Object.keys(body)) {
    check.refuse(isOwnParameter(name), `body.${name}`, 'is set by the account and the recipient: leave it out');
  }
}

function location(check: Checker, { latitude, longitude }: Of<'location'>): void {
  check.number('latitude', latitude, -90, 90);
  check.number('longitude', longitude, -180, 180);
}

const SMS: Checks = {
  text: (check, { text }) => check.text('text', text, { max: LIMITS.text }),
  image: captioned,
  video: captioned,
  audio: link,
  document: captioned,
  template,
  native,
};

const WHATSAPP: Checks = {
  ...SMS,
  document: (check, content) => {
    link(check, content);
    const hasCaption = content.caption !== undefined && content.caption !== '';
    check.refuse(hasCaption, 'caption', 'is not shown with documents through Twilio: send it as a text of its own');
  },
  sticker: (check, content) => {
    check.refuse(content.name !== undefined, 'name', 'is not known to WhatsApp: give a link');
    link(check, content);
  },
  location,
  buttons,
  list,
  link: (check, content) => {
    check.text('text', content.text, { max: LIMITS.body });
    plain(check, content);
    check.text('title', content.title, { max: LIMITS.buttonTitle });
    check.url('url', content.url, ['https', 'http'], LIMITS.variable);
  },
};

const CHECKS: Readonly<Record<Line, Checks>> = { sms: SMS, whatsapp: WHATSAPP };
const NAMES: Readonly<Record<Line, string>> = { sms: 'SMS/MMS', whatsapp: 'WhatsApp through Twilio' };

export function kindsOf(line: Line): readonly OutboundKind[] {
  return OUTBOUND_KINDS.filter((kind) => Object.hasOwn(CHECKS[line], kind));
}

/** Throws `ParleyError(400, 'unsupported_by_channel' | 'invalid_content')`. Knows shapes and lengths, not files or templates. */
export function checkContent(line: Line, content: OutboundContent): void {
  const kind: OutboundKind = content.type;
  const run = (Object.hasOwn(CHECKS[line], kind) ? CHECKS[line][kind] : undefined) as Check<OutboundKind> | undefined;
  if (run === undefined) {
    const kinds = kindsOf(line);
    const detail = `${NAMES[line]} cannot send "${kind}". It can send: ${kinds.join(', ')}.`;
    throw new ParleyError(400, 'unsupported_by_channel', detail, { kinds });
  }
  const check = new Checker();
  run(check, content);
  check.finish();
}
