/**
 * Finds the nearest content that a channel has, for a content that it lacks or does not take as it is. Pure. It loses no choice and cuts nothing:
 * what a form cannot hold (a title too long, a file without a link) rules that form out. Templates, forms, payments, reactions and a provider's own
 * bodies mean what they are, and become nothing else.
 */
import type {
  CarouselCard,
  ContactCard,
  Header,
  ListRow,
  OutboundContent,
  OutboundKind,
  QuickReply,
  ReplyButton,
} from '../../../contract/message.ts';
import type { MediaSource } from '../../../contract/media.ts';
import { slotButtons } from './time-slots.ts';

type Of<K extends OutboundKind> = Extract<OutboundContent, { type: K }>;
/** Lines of a text; undefined: something in it cannot be said by text. */
type Lines = readonly (string | undefined)[] | undefined;
type Frame = Pick<Of<'buttons'>, 'text' | 'header' | 'footer'>;

/** Opens a list: a sign that needs no language. */
const OPEN_LIST = '☰';

/**
 * Answers the first of the content and its substitutes, the nearest first, whose kind is among `kinds` and which `isTaken` (the channel's check)
 * accepts; undefined when there is none.
 */
export function degraded(
  content: OutboundContent,
  kinds: readonly OutboundKind[],
  isAccepted: (content: OutboundContent) => boolean,
): OutboundContent | undefined {
  const isPossible = (one: OutboundContent) => kinds.includes(one.type) && isAccepted(one);
  return [content, ...substitutes(content)].find(isPossible);
}

/** Lists what may stand in its place, the nearest first. */
function substitutes(content: OutboundContent): OutboundContent[] {
  switch (content.type) {
    case 'buttons':
      return ofButtons(content);
    case 'list':
      return ofList(content);
    case 'quick_replies':
      return ofQuickReplies(content);
    case 'time_picker':
      return ofTimePicker(content);
    case 'link':
      return ofLink(content);
    case 'carousel':
      return ofCarousel(content);
    case 'media_card':
      return inText(mediaCardLines(content), content.buttons.filter(isReply));
    default:
      return inText(linesOf(content));
  }
}

/** Makes lines of kinds that can be said by words alone; undefined: the others. */
function linesOf(content: OutboundContent): Lines | '' {
  switch (content.type) {
    case 'image':
    case 'video':
    case 'document':
      return content.link && [content.caption, content.link];
    case 'audio':
    case 'sticker':
      return content.link && [content.link];
    case 'location':
      return [content.name, content.address, `https://maps.google.com/?q=${content.latitude},${content.longitude}`];
    case 'contacts':
      return content.contacts.flatMap(contactLines);
    case 'coupon':
      return [content.text, content.title, content.subtitle, content.code, titled(content.urlTitle, content.url)];
    case 'product':
      return [content.text, content.productId, content.footer];
    case 'products':
      return [content.header, content.text, ...content.sections.flatMap(productLines), content.footer];
    default:
      return undefined;
  }
}

function ofButtons({ type, buttons, ...frame }: Of<'buttons'>): OutboundContent[] {
  const text = framed(frame);
  const listed = (above: Frame): OutboundContent => {
    return { type: 'list', ...above, buttonTitle: OPEN_LIST, sections: [{ rows: buttons }] };
  };
  return [
    ...(text === undefined ? [] : [{ type, text, buttons }]),
    ...quickReplies(frame, buttons),
    listed(frame),
    ...(text === undefined ? [] : [listed({ text })]),
    ...inText(text && [text], buttons),
  ];
}

function ofList({ type, buttonTitle, sections, ...frame }: Of<'list'>): OutboundContent[] {
  const rows = sections.flatMap((section) => section.rows);
  const text = framed(frame);
  // Several picks are only to be had by numbers where the channel's own list has none.
  if (sections.some(({ multiple }) => multiple)) return text === undefined ? [] : [listInText(text, sections, true)];
  const bare = sections.map(({ title, rows: own }) => ({
    ...(title !== undefined && { title }),
    rows: own.map(pictureless),
  }));
  const described = rows.filter(({ description }) => description).map((row) => `${row.title}: ${row.description}`);
  return [
    { type, ...frame, buttonTitle, sections: bare },
    ...(text === undefined ? [] : [{ type, text, buttonTitle, sections: bare }]),
    ...quickReplies({ ...frame, text: joined([frame.text, ...described]) }, rows),
    ...(text === undefined ? [] : [listInText(text, sections)]),
  ];
}

function pictureless({ id, title, description }: ListRow): ListRow {
  return { id, title, ...(description !== undefined && { description }) };
}

/** Times are a list, and what a list becomes. Where it takes place is said above. */
function ofTimePicker(content: Of<'time_picker'>): OutboundContent[] {
  const { text: question, header, footer, venue } = content;
  const frame = { text: joined([question, venue?.title]), ...(header && { header }), ...(footer && { footer }) };
  return ofList({ type: 'list', ...frame, buttonTitle: OPEN_LIST, sections: [{ rows: slotButtons(content) }] });
}

function listInText(text: string, sections: Of<'list'>['sections'], multiple = false): OutboundContent {
  let number = 0;
  const lines = sections.flatMap(({ title, rows }) => [
    title,
    ...rows.map((row) => numbered(++number, row.description ? `${row.title} – ${row.description}` : row.title)),
  ]);
  const choices = sections.flatMap(({ rows }) => rows.map(({ id, title }) => ({ id, title })));
  return { type: 'text', text: joined([text, joined(lines)], '\n\n'), choices, ...(multiple && { multiple }) };
}

/** A question for the contact's number or address is answered by typing it: it is no choice. */
function ofQuickReplies({ type, text, media, replies }: Of<'quick_replies'>): OutboundContent[] {
  const buttons = replies.filter(isReply).map(({ id, title }) => ({ id, title }));
  const said = media && media.link === undefined ? undefined : joined([media?.link, text]);
  const buttoned = (frame: Frame): OutboundContent[] =>
    buttons.length === 0 ? [] : [{ type: 'buttons', ...frame, buttons }];
  return [
    ...(text && media && isHeader(media) ? buttoned({ text, header: media }) : []),
    ...(said ? [...buttoned({ text: said }), { type, text: said, replies }] : []),
    ...inText(said && [said], buttons),
  ];
}

function ofLink({ type, title, url, ...frame }: Of<'link'>): OutboundContent[] {
  const text = framed(frame);
  return text === undefined ? [] : [{ type, text, title, url }, ...inText([text, titled(title, url)])];
}

/** With the file above as the message's own, or with everything in its text. */
function quickReplies(frame: Frame, choices: readonly ReplyButton[]): OutboundContent[] {
  const type = 'quick_replies';
  const replies = choices.map(({ id, title }) => ({ id, title }));
  const text = framed(frame);
  const { header, footer } = frame;
  const isFile = header !== undefined && header.type !== 'text';
  return [
    ...(isFile ? [{ type, text: joined([frame.text, footer]), media: sourceOf(header), replies } as const] : []),
    ...(text === undefined ? [] : [{ type, text, replies } as const]),
  ];
}

function sourceOf({ type, link, mediaId }: Exclude<Header, { type: 'text' }>) {
  return { type, ...(link !== undefined && { link }), ...(mediaId !== undefined && { mediaId }) };
}

/** Header and footer as lines of the text; undefined: the header is a file without a link. */
function framed({ header, text, footer }: Frame): string | undefined {
  if (header === undefined || header.type === 'text') return joined([header?.text, text, footer]);
  return header.link && joined([header.link, text, footer]);
}

/** As a text, if there is anything to say; choices are numbered below it. */
function inText(lines: Lines | '', choices: readonly ReplyButton[] = []): OutboundContent[] {
  const text = lines ? joined(lines) : '';
  if (text === '') return [];
  if (choices.length === 0) return [{ type: 'text', text }];
  const list = choices.map(({ title }, index) => numbered(index + 1, title)).join('\n');
  return [{ type: 'text', text: `${text}\n\n${list}`, choices: choices.map(({ id, title }) => ({ id, title })) }];
}

const numbered = (number: number, title: string): string => `${number}. ${title}`;

function joined(lines: readonly (string | undefined)[], between = '\n'): string {
  return lines.filter((line) => line !== undefined && line !== '').join(between);
}

function titled(title: string | undefined, target: string | undefined): string | undefined {
  return title && target ? `${title}: ${target}` : target;
}

function contactLines({ name, phones = [], emails = [], addresses = [], org, urls = [], birthday }: ContactCard) {
  return [
    name.formatted,
    joined([org?.title, org?.department, org?.company], ', '),
    ...phones.map(({ phone }) => phone),
    ...emails.map(({ email }) => email),
    ...addresses.map(({ street, zip, city, state, country }) => joined([street, zip, city, state, country], ', ')),
    ...urls.map(({ url }) => url),
    birthday,
  ];
}

function productLines({ title, productIds }: { title: string; productIds: string[] }): string[] {
  return [title, ...productIds];
}

/** Choices stand below the card that they are about. None where a card is nothing but a file without a link. */
function ofCarousel({ text, cards }: Of<'carousel'>): OutboundContent[] {
  let number = 0;
  const texts = cards.map((card) => {
    const words = cardText(card);
    return words && joined([words, ...repliesOf(card).map(({ title }) => numbered(++number, title))]);
  });
  if (texts.includes('')) return [];
  const choices = cards.flatMap(repliesOf).map(({ id, title }) => ({ id, title }));
  return [{ type: 'text', text: joined([text, ...texts], '\n\n'), ...(choices.length > 0 && { choices }) }];
}

/** The picture of a card that says something in words is left out. */
function cardText(card: CarouselCard): string {
  if ('productId' in card) return card.productId;
  const { header, title, body, url, link } = card;
  const words = joined([title, body]);
  return joined([words || fileLink(header), url, titled(link?.title, link?.url)]);
}

const fileLink = (file: MediaSource | undefined): string => file?.link ?? '';

function repliesOf(card: CarouselCard): ReplyButton[] {
  return 'productId' in card ? [] : (card.buttons ?? []);
}

function mediaCardLines({ media, buttons }: Of<'media_card'>): Lines {
  if (media.link === undefined) return undefined;
  const targets = buttons.map((button) => {
    if ('url' in button) return titled(button.title, button.url);
    return 'phone' in button ? titled(button.title, button.phone) : undefined;
  });
  return [media.link, ...targets];
}

function isReply(button: QuickReply | Of<'media_card'>['buttons'][number]): button is ReplyButton {
  return 'id' in button;
}

function isHeader(media: NonNullable<Of<'quick_replies'>['media']>): media is Extract<Header, MediaSource> {
  return media.type === 'image' || media.type === 'video' || media.type === 'document';
}
