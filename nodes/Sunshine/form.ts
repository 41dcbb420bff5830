/** What Sunshine has of the operations that every channel shares. */
import type { INodeProperties } from 'n8n-workflow';
import { titledCards } from '../shared/content/cards.ts';
import { formByPages } from '../shared/content/form-pages.ts';
import { plainButtons, plainLink } from '../shared/content/interactive.ts';
import { limitNotices, type ContentKind } from '../shared/content/kind.ts';
import { richList } from '../shared/content/list.ts';
import { audio, document, image, video } from '../shared/content/media.ts';
import { location, locationRequest } from '../shared/content/places.ts';
import { quickReplies } from '../shared/content/quick-replies.ts';
import { nativeOf, plainText } from '../shared/content/text.ts';
import { timePicker } from '../shared/content/time-picker.ts';
import type { ChannelForm } from '../shared/operations/channel-form.ts';
import { sunshineAccount } from './account.ts';

const SUNSHINE_KINDS: readonly ContentKind[] = [
  ...[audio, document, image, video],
  formByPages({}),
  location,
  locationRequest,
  nativeOf('{\n  "content": { "type": "text", "text": "Hello" }\n}'),
  plainButtons,
  plainLink,
  richList({ images: true }),
  plainText,
  quickReplies({ files: false, images: true, asks: [] }),
  titledCards,
  timePicker,
];

const notices = limitNotices({
  text: 'Sunshine takes up to 4,096 characters.',
  buttons: 'Up to 10 buttons. Channels show fewer, or a text: WhatsApp three of 20 characters, others as they can.',
  quick_replies: 'Up to 10 replies; Messenger cuts titles after 20 characters, Web and the SDKs after 40.',
  form: 'Up to 20 questions below each other; a day is typed as text. Web shows it whole; a channel that cannot gets a link, or the message fails.',
  list: 'Up to 10 rows, each with a title and a description of 128 characters.',
  carousel: 'Up to 10 cards with up to three buttons; nothing stands above them. Channels without cards get a text.',
  native:
    'The fields of Sunshine\'s \'Post message\', without the author. A WhatsApp template goes so: a content of the type template, and "schema": "whatsapp".',
});

/** The names are those of the service's send options. */
const options: INodeProperties[] = [
  {
    displayName: 'Avatar URL',
    name: 'avatarUrl',
    type: 'string',
    default: '',
    placeholder: 'e.g. https://example.com/ana.png',
    description: 'The picture beside the message, where the channel shows one',
  },
  {
    displayName: 'Display Name',
    name: 'displayName',
    type: 'string',
    default: '',
    placeholder: 'e.g. Ana',
    description: 'The name beside the message, where the channel shows one',
  },
  {
    displayName: 'Mark as AI',
    name: 'ai',
    type: 'boolean',
    default: true,
    description: 'Whether to mark the message as one of an AI, with the disclaimer that channels show',
  },
  {
    displayName: 'Silent',
    name: 'silent',
    type: 'boolean',
    default: true,
    description: 'Whether to put the message into the history only, so that no channel shows it',
  },
];

export const SUNSHINE_FORM: ChannelForm = {
  account: sunshineAccount,
  kinds: SUNSHINE_KINDS,
  notices,
  recipient: {
    name: 'User ID',
    choice: "The 'from' of a trigger, with the thread",
    placeholder: 'e.g. 26508c10541a4b0ff472e5e2',
    description: "The ID of a user, or the external ID by which you know them: the value of 'from' of a trigger",
    threads: true,
  },
  sendDescription:
    'Send text, files, buttons, lists and more into a conversation, on the channel that the person is on',
  templates: false,
  people: false,
  options,
  footer: false,
};
