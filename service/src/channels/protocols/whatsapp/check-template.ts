/** Checks of template sends. How many values a template takes is known to Meta only, and answered with 132000. */
import type { TemplateButton, TemplateCard, TemplateHeader, TemplateValue } from '../../../../../contract/message.ts';
import type { Checker } from '../../kit/checker.ts';
import type { Of } from './content-of.ts';
import { checkMedia, checkProductSections } from './check-parts.ts';
import { LIMITS } from './limits.ts';

function checkValues(check: Checker, field: string, values: readonly TemplateValue[] | undefined, max: number): void {
  values?.forEach((value, index) => {
    const name = `${field}[${index}]`;
    check.text(`${name}.text`, value.text, { max });
    if (value.type !== 'currency') return;
    const isCode = /^[A-Z]{3}$/.test(value.currency?.code ?? '');
    check.refuse(!isCode, `${name}.currency.code`, 'must be an ISO 4217 code of three letters');
    const isWhole = Number.isSafeInteger(value.currency?.amount1000);
    check.refuse(!isWhole, `${name}.currency.amount1000`, 'must be a whole number of thousandths');
  });
  const named = values?.filter(({ name }) => name !== undefined).length ?? 0;
  const isMixed = named > 0 && named < (values?.length ?? 0);
  check.refuse(isMixed, field, 'must be all named or all positional');
  check.unique(`${field}[].name`, values?.flatMap(({ name }) => name ?? []) ?? []);
}

function checkHeader(check: Checker, field: string, header: TemplateHeader | undefined): void {
  if (header === undefined) return;
  switch (header.type) {
    case 'text':
      check.list(`${field}.values`, header.values, 1, 1);
      return checkValues(check, `${field}.values`, header.values, LIMITS.templateTextHeader);
    case 'location':
      check.number(`${field}.latitude`, header.latitude, -90, 90);
      return check.number(`${field}.longitude`, header.longitude, -180, 180);
    case 'product':
      check.text(`${field}.productId`, header.productId, { max: 256 });
      return check.text(`${field}.catalogId`, header.catalogId, { max: 256 });
    default:
      return checkMedia(check, field, header);
  }
}

function checkButton(check: Checker, field: string, button: TemplateButton): void {
  check.number(`${field}.index`, button.index, 0, LIMITS.templateButtons - 1);
  switch (button.type) {
    case 'quick_reply':
      return check.text(`${field}.payload`, button.payload, { max: LIMITS.templatePayload });
    case 'url':
      return check.text(`${field}.suffix`, button.suffix, { max: LIMITS.templateUrlSuffix });
    case 'copy_code':
      return check.text(`${field}.code`, button.code, { max: LIMITS.templateCode });
    case 'products':
      check.text(`${field}.thumbnailProductId`, button.thumbnailProductId, { max: 256 });
      return checkProductSections(check, `${field}.sections`, button.sections);
    default:
      return;
  }
}

function checkButtons(
  check: Checker,
  field: string,
  buttons: readonly TemplateButton[] | undefined,
  max: number,
): void {
  check.list(field, buttons ?? [], 0, max).forEach((button, index) => checkButton(check, `${field}[${index}]`, button));
  check.unique(`${field}[].index`, buttons?.map(({ index }) => index) ?? []);
}

function checkCard(check: Checker, field: string, card: TemplateCard): void {
  checkHeader(check, `${field}.header`, card.header);
  checkValues(check, `${field}.body`, card.body, LIMITS.cardBody);
  checkButtons(check, `${field}.buttons`, card.buttons, LIMITS.templateCardButtons);
}

export function checkTemplate(check: Checker, content: Of<'template'>): void {
  check.text('name', content.name, { max: LIMITS.templateName });
  const isName = /^[a-z0-9_]*$/.test(content.name ?? '');
  check.refuse(!isName, 'name', 'may have lower-case letters, digits and underscores only');
  check.text('language', content.language, { max: 20 });
  checkHeader(check, 'header', content.header);
  checkValues(check, 'body', content.body, LIMITS.templateText);
  checkButtons(check, 'buttons', content.buttons, LIMITS.templateButtons);
  if (content.cards !== undefined) {
    const cards = check.list('cards', content.cards, LIMITS.cardsMin, LIMITS.cardsMax);
    cards.forEach((card, index) => checkCard(check, `cards[${index}]`, card));
  }
  if (content.code !== undefined) {
    check.text('code', content.code, { max: LIMITS.templateCode });
    const isAlone = content.body === undefined && content.buttons === undefined;
    check.refuse(!isAlone, 'code', 'stands for body and buttons: leave those out');
  }
  if (content.offerEndsAt !== undefined) check.number('offerEndsAt', content.offerEndsAt, 1, 8.64e15);
}
