/** What Instagram has of the operations that every channel shares. */
import { titledCards } from '../shared/content/cards.ts';
import { ownProducts } from '../shared/content/commerce.ts';
import { plainButtons, plainLink } from '../shared/content/interactive.ts';
import { limitNotices, type ContentKind } from '../shared/content/kind.ts';
import { bareMedia } from '../shared/content/media.ts';
import { quickReplies } from '../shared/content/quick-replies.ts';
import { namedSticker } from '../shared/content/sticker.ts';
import { nativeOf, plainText, reactionWith } from '../shared/content/text.ts';
import { timePicker } from '../shared/content/time-picker.ts';
import type { ChannelForm } from '../shared/operations/channel-form.ts';
import { instagramAccount } from './account.ts';

const INSTAGRAM_KINDS: readonly ContentKind[] = [
  ...bareMedia,
  namedSticker([{ name: 'Heart', value: 'like_heart' }]),
  nativeOf('{\n  "message": { "text": "Hello" }\n}'),
  ownProducts,
  plainButtons,
  plainLink,
  plainText,
  quickReplies({ files: false, images: false, asks: ['phone'] }),
  reactionWith([
    { name: 'Heart', value: 'love' },
    { name: 'None (Take It Back)', value: '' },
  ]),
  titledCards,
  timePicker,
];

const notices = limitNotices({
  text: 'Instagram takes up to 1,000 bytes: letters outside English count two or more, an emoji four.',
  image: 'Instagram takes JPEG, PNG and GIF of up to 8 MB.',
  document: 'Instagram takes PDF only, of up to 25 MB.',
  buttons:
    'Instagram shows up to three buttons of 20 characters each, in the app on phones only; the text may have 640 characters.',
  carousel:
    'Instagram takes up to 10 cards with up to three buttons each, shown in the app on phones only; titles and subtitles of 80 characters.',
  quick_replies: 'Instagram takes up to 13 quick replies of 20 characters each, shown in the app on phones only.',
});

export const INSTAGRAM_FORM: ChannelForm = {
  account: instagramAccount,
  kinds: INSTAGRAM_KINDS,
  notices,
  recipient: {
    name: 'User ID',
    choice: "The 'from' of a trigger",
    placeholder: 'e.g. 5678901234567890',
    description:
      "The Instagram-scoped ID of somebody who wrote to the account: the value of 'from' of a trigger, not the user name",
  },
  sendDescription: 'Send text, files, buttons, cards and more to a contact who wrote in the last 24 hours',
  templates: false,
  people: true,
  options: [],
  footer: false,
};
