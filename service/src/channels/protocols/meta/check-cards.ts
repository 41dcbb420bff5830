/** Checks of cards, receipts, coupons, products and templates. */
import type { CardButton, CarouselCard } from '../../../../../contract/message.ts';
import type { Checker } from '../../kit/checker.ts';
import { isObject, objectOf } from '../../kit/json.ts';
import { at, checkCardButtons, checkMedia, checkProductIds, refuseMembers, type Of } from './check-parts.ts';
import type { Dialect } from './dialect.ts';
import { LIMITS } from './limits.ts';

type Card = Exclude<CarouselCard, { productId: string }>;

function checkCard(check: Checker, prefix: string, card: Card, dialect: Dialect): void {
  check.text(at(prefix, 'title'), card.title, { max: LIMITS.elementTitle });
  check.text(at(prefix, 'body'), card.body, { max: LIMITS.elementTitle, optional: true });
  const isBare = !card.body && card.header === undefined && card.url === undefined && buttonsOf(card).length === 0;
  check.refuse(isBare, at(prefix, 'body'), 'or a header, url, link or button must be given: a title alone is no card');
  if (card.header !== undefined) {
    const isPicture = card.header.type === 'image' && Boolean(card.header.link);
    check.refuse(!isPicture, at(prefix, 'header'), 'must be an image given by its link');
    if (isPicture) checkMedia(check, at(prefix, 'header'), card.header);
  }
  if (card.url !== undefined) check.url(at(prefix, 'url'), card.url, ['https', 'http'], LIMITS.url);
  checkCardButtons(check, at(prefix, 'buttons'), buttonsOf(card), dialect);
}

/** The card's link stands before its other buttons. */
export function buttonsOf({ link, buttons }: Card): CardButton[] {
  const answers = Array.isArray(buttons) ? buttons : [];
  return link === undefined ? answers : [link, ...answers];
}

export function checkCarousel(check: Checker, content: Of<'carousel'>, dialect: Dialect): void {
  refuseMembers(check, content, ['text'], dialect);
  const cards = check.list('cards', content.cards, 1, LIMITS.elements).map((card) => objectOf(card));
  const products = cards.filter((card) => card.productId !== undefined);
  if (products.length > 0) {
    check.refuse(products.length < cards.length, 'cards', 'must all be products, or none');
    return checkProductIds(
      check,
      'cards[].productId',
      products.map(({ productId }) => productId),
    );
  }
  cards.forEach((card, index) => checkCard(check, `cards[${index}]`, card as Card, dialect));
}

/** A link has to be a post of Facebook's own; anything else is uploaded first. */
export function checkMediaCard(check: Checker, { media, buttons }: Of<'media_card'>, dialect: Dialect): void {
  if (!isObject(media)) return check.refuse(true, 'media', 'is required: an image or a video');
  check.refuse(media.type !== 'image' && media.type !== 'video', 'media.type', 'must be image or video');
  checkMedia(check, 'media', media);
  const { link } = media;
  const host = link && URL.canParse(link) ? new URL(link).hostname : undefined;
  const isForeign = host !== undefined && !/(^|\.)facebook\.com$/.test(host);
  check.refuse(isForeign, 'media.link', 'must be the URL of a post on facebook.com: upload other files first');
  checkCardButtons(check, 'buttons', buttons, dialect);
}

const RECEIPT_TEXTS = ['recipient_name', 'order_number', 'currency', 'payment_method'];

/** The provider's own members (page "Receipt template"). */
export function checkReceipt(check: Checker, { receipt }: Of<'receipt'>): void {
  if (!isObject(receipt)) return check.refuse(true, 'receipt', "must be the object of Meta's receipt template");
  for (const name of RECEIPT_TEXTS) check.text(`receipt.${name}`, receipt[name], { max: 1000 });
  const { total_cost: total } = objectOf(receipt.summary);
  check.refuse(typeof total !== 'number', 'receipt.summary.total_cost', 'is required, a number');
  if (receipt.elements !== undefined) {
    check.list('receipt.elements', receipt.elements as unknown[], 0, LIMITS.receiptItems);
  }
}

export function checkCoupon(check: Checker, content: Of<'coupon'>): void {
  const { title, subtitle, code, url, urlTitle, text, imageUrl } = content;
  check.text('title', title, { max: LIMITS.elementTitle });
  check.text('subtitle', subtitle, { max: LIMITS.elementTitle, optional: true });
  check.text('text', text, { max: LIMITS.buttonText, optional: true });
  check.text('urlTitle', urlTitle, { max: LIMITS.title, optional: true });
  check.refuse(!code && !url, 'code', 'or url must be given');
  check.text('code', code, { max: LIMITS.payload, optional: true });
  if (url) check.url('url', url, ['https', 'http'], LIMITS.url);
  if (imageUrl) check.url('imageUrl', imageUrl, ['https'], LIMITS.url);
}

export function checkProduct(check: Checker, content: Of<'product'>, dialect: Dialect): void {
  refuseMembers(check, content, ['text', 'footer'], dialect);
  check.text('productId', content.productId, { max: LIMITS.messageId });
}

export function checkProducts(check: Checker, content: Of<'products'>, dialect: Dialect): void {
  refuseMembers(check, content, ['text', 'header', 'footer'], dialect);
  const sections = check.list('sections', content.sections, 1, LIMITS.elements);
  const ids = sections.flatMap((section) => objectOf(section).productIds ?? []);
  checkProductIds(check, 'sections[].productIds', ids);
}

/** A utility template: values are texts; what else WhatsApp's templates have, these have not. */
export function checkTemplate(check: Checker, content: Of<'template'>): void {
  check.text('name', content.name, { max: LIMITS.templateName });
  check.text('language', content.language, { max: 16 });
  for (const name of ['cards', 'offerEndsAt', 'code'] as const) {
    check.refuse(content[name] !== undefined, name, 'is not part of a Messenger template');
  }
  (content.body ?? []).forEach(({ type, text }, index) => {
    check.refuse(type !== 'text', `body[${index}].type`, 'must be text');
    check.text(`body[${index}].text`, text, { max: LIMITS.templateValue });
  });
  if (content.header !== undefined) {
    const { type } = content.header;
    check.refuse(type !== 'image' && type !== 'text', 'header.type', 'must be image or text');
    if (content.header.type === 'image') checkMedia(check, 'header', content.header);
  }
  (content.buttons ?? []).forEach(({ type }, index) => {
    check.refuse(type !== 'url' && type !== 'quick_reply', `buttons[${index}].type`, 'must be url or quick_reply');
  });
}
