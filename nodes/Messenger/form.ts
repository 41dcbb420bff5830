/** What Messenger has of the operations that every channel shares. */
import type { INodeProperties } from 'n8n-workflow';
import { mediaCard, titledCards } from '../shared/content/cards.ts';
import { ownProducts } from '../shared/content/commerce.ts';
import { coupon } from '../shared/content/coupon.ts';
import { plainButtons, plainLink } from '../shared/content/interactive.ts';
import { limitNotices, type ContentKind } from '../shared/content/kind.ts';
import { bareMedia } from '../shared/content/media.ts';
import { quickReplies } from '../shared/content/quick-replies.ts';
import { receipt } from '../shared/content/receipt.ts';
import { nativeOf, plainText } from '../shared/content/text.ts';
import { timePicker } from '../shared/content/time-picker.ts';
import type { ChannelForm } from '../shared/operations/channel-form.ts';
import { messengerAccount } from './account.ts';

const MESSENGER_KINDS: readonly ContentKind[] = [
  ...bareMedia,
  coupon,
  mediaCard,
  nativeOf('{\n  "message": { "text": "Hello" }\n}'),
  ownProducts,
  plainButtons,
  plainLink,
  plainText,
  quickReplies({ files: true, images: true, asks: ['email', 'phone'] }),
  receipt,
  titledCards,
  timePicker,
];

const notices = limitNotices({
  text: 'Messenger takes up to 1,999 characters.',
  buttons: 'Messenger shows up to three buttons of 20 characters each; the text may have 640 characters.',
  coupon: "It needs a code or a URL; 'URL Title' may have 20 characters.",
  carousel: 'Messenger takes up to 10 cards with up to three buttons each; titles and subtitles of 80 characters.',
  media_card:
    'A URL has to be of a post on facebook.com; give other files as a binary field or a media ID. Up to three buttons.',
  quick_replies: 'Messenger takes up to 13 quick replies of 20 characters each.',
});

const options: INodeProperties[] = [
  {
    displayName: 'Notification Type',
    name: 'notificationType',
    type: 'options',
    options: [
      { name: 'No Notification', value: 'NO_PUSH' },
      { name: 'Silent', value: 'SILENT_PUSH', description: 'Shown on the screen, without a sound' },
      { name: 'Sound', value: 'REGULAR', description: 'As any message' },
    ],
    default: 'REGULAR',
    description: "How the contact's phone tells of the message",
  },
  {
    displayName: 'Persona ID',
    name: 'personaId',
    type: 'string',
    default: '',
    placeholder: 'e.g. {{ $json.personaId }}',
    description: "The name and picture under which the message stands, from 'Persona: Create'",
  },
];

export const MESSENGER_FORM: ChannelForm = {
  account: messengerAccount,
  kinds: MESSENGER_KINDS,
  notices,
  recipient: {
    name: 'User ID',
    choice: "The 'from' of a trigger",
    placeholder: 'e.g. 5678901234567890',
    description: "The page-scoped ID of somebody who wrote to the Page: the value of 'from' of a trigger",
  },
  sendDescription: 'Send text, files, buttons, cards and more to a contact who wrote in the last 24 hours',
  templates: true,
  people: true,
  options,
  footer: false,
};
