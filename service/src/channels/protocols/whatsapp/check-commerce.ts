/** Checks of products, catalogs, carousels and payments. */
import type { CarouselCard } from '../../../../../contract/message.ts';
import type { Checker } from '../../kit/checker.ts';
import type { Of } from './content-of.ts';
import { checkFooter, checkMedia, checkProductSections, checkReplies } from './check-parts.ts';
import { LIMITS } from './limits.ts';

export function checkProduct(check: Checker, content: Of<'product'>): void {
  check.text('text', content.text, { max: LIMITS.body, optional: true });
  checkFooter(check, content.footer);
  check.text('catalogId', content.catalogId, { max: 256 });
  check.text('productId', content.productId, { max: 256 });
}

export function checkProducts(check: Checker, content: Of<'products'>): void {
  check.text('text', content.text, { max: LIMITS.body });
  check.text('header', content.header, { max: LIMITS.header });
  checkFooter(check, content.footer);
  check.text('catalogId', content.catalogId, { max: 256 });
  checkProductSections(check, 'sections', content.sections);
}

export function checkCatalog(check: Checker, content: Of<'catalog'>): void {
  check.text('text', content.text, { max: LIMITS.body });
  checkFooter(check, content.footer);
}

type MediaCard = Exclude<CarouselCard, { productId: string }>;
const isProduct = (card: CarouselCard): card is { productId: string } => 'productId' in card;

function checkMediaCard(check: Checker, field: string, card: MediaCard): void {
  const { header, title, body, url, link, buttons } = card;
  const isMedia = header?.type === 'image' || header?.type === 'video';
  check.refuse(!isMedia, `${field}.header`, 'must be an image or a video');
  if (isMedia) checkMedia(check, `${field}.header`, header);
  check.refuse(title !== undefined, `${field}.title`, 'is not shown on WhatsApp: put it into the body');
  check.refuse(url !== undefined, `${field}.url`, 'is not known to WhatsApp: use a link');
  check.text(`${field}.body`, body, { max: LIMITS.cardBody, optional: true });
  const breaks = (body ?? '').split('\n').length - 1;
  const most = LIMITS.cardLineBreaks;
  check.refuse(breaks > most, `${field}.body`, `may have at most ${most} line breaks; ${breaks} were given`);
  const isOne = (link === undefined) !== (buttons === undefined);
  check.refuse(!isOne, field, 'needs either a link or buttons');
  if (buttons !== undefined) checkReplies(check, `${field}.buttons`, buttons);
  if (link === undefined) return;
  check.text(`${field}.link.title`, link.title, { max: LIMITS.buttonTitle });
  check.url(`${field}.link.url`, link.url, ['https', 'http'], LIMITS.url);
}

/** Header type, and kind and number of buttons, are the same on every card (messages/interactive-media-carousel-messages). */
function checkSameness(check: Checker, cards: readonly MediaCard[]): void {
  const differs = (values: unknown[]): boolean => new Set(values).size > 1;
  check.refuse(
    differs(cards.map(({ header }) => header?.type)),
    'cards[].header.type',
    'must be the same on all cards',
  );
  const shapes = cards.map(({ buttons }) => (buttons === undefined ? 'link' : buttons.length));
  check.refuse(differs(shapes), 'cards[].buttons', 'must be the same in kind and number on all cards');
}

export function checkCarousel(check: Checker, content: Of<'carousel'>): void {
  check.text('text', content.text, { max: LIMITS.body });
  const cards = check.list('cards', content.cards, LIMITS.cardsMin, LIMITS.cardsMax);
  const products = cards.filter(isProduct);
  if (products.length > 0) {
    check.refuse(products.length < cards.length, 'cards', 'must be all products or all media');
    check.text('catalogId', content.catalogId, { max: 256 });
    products.forEach(({ productId }, index) => check.text(`cards[${index}].productId`, productId, { max: 256 }));
    return;
  }
  const media = cards.filter((card): card is MediaCard => !isProduct(card));
  media.forEach((card, index) => checkMediaCard(check, `cards[${index}]`, card));
  checkSameness(check, media);
}

/** Meta's own `order_details` parameters; what depends on the country's payment scheme is Meta's to check. */
export function checkPayment(check: Checker, content: Of<'payment_request'>): void {
  check.text('text', content.text, { max: LIMITS.body });
  check.refuse(content.header !== undefined, 'header', 'is not shown above a payment: leave it out');
  check.refuse(content.footer !== undefined, 'footer', 'is not shown below a payment: leave it out');
  const payment = content.payment ?? {};
  check.text('payment.reference_id', payment.reference_id, { max: 35 });
  check.text('payment.currency', payment.currency, { max: 3 });
  check.refuse(payment.total_amount === undefined, 'payment.total_amount', 'is required');
  check.refuse(payment.order === undefined, 'payment.order', 'is required');
}
