/** What Sendbird has of the operations that every channel shares. */
import type { INodeProperties } from 'n8n-workflow';
import { titledCards } from '../shared/content/cards.ts';
import { formByPages } from '../shared/content/form-pages.ts';
import { plainButtons, plainLink } from '../shared/content/interactive.ts';
import { limitNotices, type ContentKind } from '../shared/content/kind.ts';
import { richList } from '../shared/content/list.ts';
import { linkedMedia } from '../shared/content/media.ts';
import { location } from '../shared/content/places.ts';
import { quickReplies } from '../shared/content/quick-replies.ts';
import { nativeOf, plainText } from '../shared/content/text.ts';
import { timePicker } from '../shared/content/time-picker.ts';
import type { ChannelForm } from '../shared/operations/channel-form.ts';
import { sendbirdAccount } from './account.ts';

const SENDBIRD_KINDS: readonly ContentKind[] = [
  ...linkedMedia.filter(({ type }) => type !== 'sticker'),
  formByPages({
    ...{ button: true, jumps: true, several: true, images: true, wheel: true },
    ...{ checks: true, frame: true, summary: true },
  }),
  location,
  nativeOf('{\n  "message_type": "MESG",\n  "message": "Hello"\n}'),
  plainButtons,
  plainLink,
  richList({ groups: true, several: true, images: true, frame: true }),
  plainText,
  quickReplies({ files: false, images: false, asks: [] }),
  titledCards,
  timePicker,
];

const DRAWN =
  "An app that draws what Parley sends ('App Draws Contents' of the credential) shows it; any other gets a text with numbered choices, and an answer by number or title comes back as a tapped 'button'.";

const notices = limitNotices({
  text: 'Sendbird takes up to 5,000 characters, unless the channel is set to fewer.',
  image: "A caption is shown by an app that draws contents only ('App Draws Contents' of the credential).",
  native: "The fields of Sendbird's 'Send a message', without sender and channel.",
  form: "Only for an app that draws what Parley sends ('App Draws Contents' of the credential); without it the message is refused.",
  ...{ buttons: DRAWN, quick_replies: DRAWN, list: DRAWN, link: DRAWN, location: DRAWN, carousel: DRAWN },
});

/** The names are those of the service's send options. */
const options: INodeProperties[] = [
  {
    displayName: 'Custom Type',
    name: 'customType',
    type: 'string',
    default: '',
    placeholder: 'e.g. order-status',
    description: "The message's custom type, by which the app decides how to show it",
  },
  {
    displayName: 'Push Notification',
    name: 'push',
    type: 'boolean',
    default: true,
    description: 'Whether the members of the channel get a push notification',
  },
  {
    displayName: 'Silent',
    name: 'silent',
    type: 'boolean',
    default: true,
    description: 'Whether to send without a push notification and without counting as unread',
  },
];

export const SENDBIRD_FORM: ChannelForm = {
  account: sendbirdAccount,
  kinds: SENDBIRD_KINDS,
  notices,
  recipient: {
    name: 'User ID',
    choice: "The 'from' of a trigger, with the thread",
    placeholder: 'e.g. user-42',
    description: "The ID of a user of the app: the value of 'from' of a trigger",
    threads: true,
  },
  sendDescription: 'Send text, files, buttons, lists and more into a channel of the app',
  templates: false,
  people: false,
  quotes: false,
  options,
  degrades: true,
  footer: false,
};
