/** Cards with a title and buttons, as Messenger and Instagram show them. */
import type { INodeProperties } from 'n8n-workflow';
import type { CardButton, CarouselCard } from '../../../contract/message.ts';
import { listField } from '../collections.ts';
import { compact, ParameterError, type Parameters } from '../parameters.ts';
import { cardsField, replyOf } from './carousel.ts';
import type { ContentKind } from './kind.ts';
import { mediaFields, mediaSource } from './media.ts';

const cardFields: INodeProperties[] = [
  { displayName: 'Title', name: 'title', type: 'string', default: '', placeholder: 'e.g. Blue Shoe' },
  {
    displayName: 'Subtitle',
    name: 'subtitle',
    type: 'string',
    default: '',
    placeholder: 'e.g. Size 42, in stock',
    description: 'A second line, in small letters',
  },
  {
    displayName: 'Image URL',
    name: 'imageUrl',
    type: 'string',
    default: '',
    placeholder: 'e.g. https://example.com/shoe.jpg',
    description: 'The picture above the title; it must be reachable from the internet',
  },
  {
    displayName: 'Card URL',
    name: 'url',
    type: 'string',
    default: '',
    placeholder: 'e.g. https://example.com/shoe',
    description: 'The page that a tap on the card itself opens',
  },
  {
    displayName: 'Link Title',
    name: 'linkTitle',
    type: 'string',
    default: '',
    placeholder: 'e.g. Buy',
    description: 'What stands on a button that opens a page',
  },
  {
    displayName: 'Link URL',
    name: 'linkUrl',
    type: 'string',
    default: '',
    placeholder: 'e.g. https://example.com/shoe/buy',
    description: 'The page that this button opens',
  },
  {
    displayName: 'Reply Buttons',
    name: 'replies',
    type: 'string',
    default: '',
    placeholder: 'e.g. buy-1=Buy, more-1=Tell me more',
    description: "Comma-separated list of buttons as ID=Title; the ID comes back as 'buttonId'",
  },
];

function cardOf(card: Parameters): CarouselCard {
  const image = card.optional('imageUrl')?.trim();
  const title = card.optional('linkTitle');
  const buttons = card.words('replies').map(replyOf);
  return compact({
    header: image === undefined ? undefined : { type: 'image' as const, link: image },
    title: card.required('title', 'Title'),
    body: card.optional('subtitle'),
    url: card.optional('url')?.trim(),
    link: title === undefined ? undefined : { title, url: card.required('linkUrl', 'Link URL').trim() },
    buttons: buttons.length === 0 ? undefined : buttons,
  });
}

/** A carousel of titled cards, where WhatsApp's have a text below a file. */
export const titledCards: ContentKind = {
  type: 'carousel',
  name: 'Carousel',
  description: 'Cards to swipe through, with a title, a picture and buttons; one card stands alone',
  fields: [cardsField(cardFields)],
  build: (parameters) => {
    const cards = parameters.list('cards', 'card').map(cardOf);
    if (cards.length === 0) throw new ParameterError('The carousel has no card', "Add cards in 'Cards'.");
    return { type: 'carousel', cards };
  },
};

const buttonFields: INodeProperties[] = [
  {
    displayName: 'Action',
    name: 'action',
    type: 'options',
    options: [
      { name: 'Call a Number', value: 'phone' },
      { name: 'Open a Page', value: 'url' },
      { name: 'Reply', value: 'reply' },
    ],
    default: 'reply',
    description: 'What a tap does',
  },
  { displayName: 'Title', name: 'title', type: 'string', default: '', placeholder: 'e.g. Show more' },
  {
    displayName: 'ID',
    name: 'id',
    type: 'string',
    default: '',
    placeholder: 'e.g. more',
    displayOptions: { show: { action: ['reply'] } },
    description: "What comes back as 'buttonId' when it is tapped. Empty: the title.",
  },
  {
    displayName: 'URL',
    name: 'url',
    type: 'string',
    default: '',
    placeholder: 'e.g. https://example.com',
    displayOptions: { show: { action: ['url'] } },
  },
  {
    displayName: 'Phone Number',
    name: 'phone',
    type: 'string',
    default: '',
    placeholder: 'e.g. +15550001111',
    displayOptions: { show: { action: ['phone'] } },
  },
];

function cardButton(entry: Parameters): CardButton {
  const title = entry.required('title', 'Title');
  const action = entry.text('action');
  if (action === 'url') return { title, url: entry.required('url', 'URL').trim() };
  if (action === 'phone') return { title, phone: entry.required('phone', 'Phone Number').trim() };
  return { id: entry.optional('id') ?? title, title };
}

export const mediaCard: ContentKind = {
  type: 'media_card',
  name: 'Media Card',
  description: 'A picture or video with buttons below it',
  fields: [
    {
      displayName: 'File Type',
      name: 'fileKind',
      type: 'options',
      options: [
        { name: 'Image', value: 'image' },
        { name: 'Video', value: 'video' },
      ],
      default: 'image',
    },
    ...mediaFields(),
    listField(
      { displayName: 'Buttons', name: 'cardButtons', description: 'What the contact can tap' },
      { displayName: 'Button', name: 'button' },
      buttonFields,
    ),
  ],
  build: async (parameters, files) => {
    const type = parameters.text('fileKind') === 'video' ? 'video' : 'image';
    const { filename: _filename, ...source } = await mediaSource(parameters, files);
    return {
      type: 'media_card',
      media: { type, ...source },
      buttons: parameters.list('cardButtons', 'button').map(cardButton),
    };
  },
};
