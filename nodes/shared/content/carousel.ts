import type { INodeProperties } from 'n8n-workflow';
import type { CarouselCard } from '../../../contract/message.ts';
import { listField } from '../collections.ts';
import { compact, ParameterError, type Parameters } from '../parameters.ts';
import { catalogIdField } from './commerce.ts';
import { showFor, type ContentKind, type Files } from './kind.ts';
import { mediaOfText } from './media.ts';
import { textField } from './text.ts';

const mediaCardFields: INodeProperties[] = [
  {
    displayName: 'File',
    name: 'file',
    type: 'string',
    default: '',
    placeholder: 'e.g. https://example.com/shoe.jpg',
    description: 'The picture or video above the text: a link, a media ID, or the name of a binary field',
  },
  {
    displayName: 'File Type',
    name: 'fileType',
    type: 'options',
    options: [
      { name: 'Image', value: 'image' },
      { name: 'Video', value: 'video' },
    ],
    default: 'image',
    description: 'All cards must have the same',
  },
  { displayName: 'Text', name: 'body', type: 'string', default: '', placeholder: 'e.g. Blue, size 42' },
  {
    displayName: 'Link Title',
    name: 'linkTitle',
    type: 'string',
    default: '',
    placeholder: 'e.g. Buy',
    description: 'What stands on the button that opens a page. Empty: the card has reply buttons.',
  },
  { displayName: 'Link URL', name: 'linkUrl', type: 'string', default: '', placeholder: 'e.g. https://example.com/1' },
  {
    displayName: 'Reply Buttons',
    name: 'replies',
    type: 'string',
    default: '',
    placeholder: 'e.g. buy-1=Buy, more-1=Tell me more',
    description: 'Comma-separated list of buttons as ID=Title',
  },
];

/** The cards of a carousel; `cards.card` is one. */
export const cardsField = (values: INodeProperties[]): INodeProperties =>
  listField(
    { displayName: 'Cards', name: 'cards', description: 'The cards, from left to right' },
    { displayName: 'Card', name: 'card' },
    values,
  );

const fields: INodeProperties[] = [
  textField,
  {
    displayName: 'Cards Show',
    name: 'cardsShow',
    type: 'options',
    options: [
      { name: 'Pictures or Videos', value: 'media' },
      { name: 'Products', value: 'products' },
    ],
    default: 'media',
    description: 'What is on the cards',
  },
  ...showFor([cardsField(mediaCardFields)], { cardsShow: ['media'] }),
  ...showFor(
    [
      catalogIdField,
      {
        displayName: 'Product IDs',
        name: 'cardProducts',
        type: 'string',
        default: '',
        required: true,
        placeholder: 'e.g. sku-1, sku-2',
        description: 'Comma-separated list of product IDs, one card each',
      },
    ],
    { cardsShow: ['products'] },
  ),
];

/** `buy-1=Buy` → `{ id: 'buy-1', title: 'Buy' }`; without `=` the title is the ID too. */
export function replyOf(word: string): { id: string; title: string } {
  const at = word.indexOf('=');
  if (at < 0) return { id: word, title: word };
  return { id: word.slice(0, at).trim(), title: word.slice(at + 1).trim() };
}

async function cardOf(card: Parameters, files: Files): Promise<CarouselCard> {
  const type = card.text('fileType') === 'video' ? 'video' : 'image';
  const { filename: _filename, ...media } = await mediaOfText(card.required('file', 'File'), 'File', files);
  const title = card.optional('linkTitle');
  const buttons = card.words('replies').map(replyOf);
  if (title === undefined && buttons.length === 0) {
    throw new ParameterError(
      'A card has no button',
      "Give each card a 'Link Title' and 'Link URL', or 'Reply Buttons'.",
    );
  }
  return compact({
    header: { type, ...media },
    body: card.optional('body'),
    link: title === undefined ? undefined : { title, url: card.required('linkUrl', 'Link URL') },
    buttons: buttons.length === 0 ? undefined : buttons,
  });
}

async function cardsOf(parameters: Parameters, files: Files): Promise<CarouselCard[]> {
  if (parameters.text('cardsShow') === 'products') {
    return parameters.words('cardProducts').map((productId) => ({ productId }));
  }
  const cards: CarouselCard[] = [];
  for (const card of parameters.list('cards', 'card')) cards.push(await cardOf(card, files));
  return cards;
}

export const carousel: ContentKind = {
  type: 'carousel',
  name: 'Carousel',
  description: 'Cards to swipe through, with pictures or products',
  fields,
  build: async (parameters, files) => {
    const cards = await cardsOf(parameters, files);
    if (cards.length === 0) throw new ParameterError('The carousel has no card', "Add cards in 'Cards'.");
    const products = parameters.text('cardsShow') === 'products';
    return compact({
      type: 'carousel' as const,
      text: parameters.required('text', 'Text'),
      catalogId: products ? parameters.required('catalogId', 'Catalog ID') : undefined,
      cards,
    });
  },
};
