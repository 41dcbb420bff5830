/** What Twilio has of the operations that every channel shares. */
import type { INodeProperties } from 'n8n-workflow';
import { plainButtons, plainLink } from '../shared/content/interactive.ts';
import { limitNotices, type ContentKind } from '../shared/content/kind.ts';
import { richList } from '../shared/content/list.ts';
import { linkedMedia } from '../shared/content/media.ts';
import { location } from '../shared/content/places.ts';
import { nativeOf, plainText } from '../shared/content/text.ts';
import { timePicker } from '../shared/content/time-picker.ts';
import { PHONE_OR_USER } from '../shared/descriptions.ts';
import type { ChannelForm } from '../shared/operations/channel-form.ts';
import { twilioAccount } from './account.ts';
import { onlyOn } from './channel.ts';

const TWILIO_KINDS: readonly ContentKind[] = [
  ...linkedMedia,
  location,
  nativeOf('{\n  "Body": "Hello"\n}'),
  plainButtons,
  plainLink,
  richList({ several: true }),
  plainText,
  timePicker,
];

const bySms = (kind: 'buttons' | 'list' | 'link' | 'location' | 'sticker', displayName: string): INodeProperties[] =>
  limitNotices({ [kind]: displayName }).map((notice) =>
    onlyOn('twilio_sms', { ...notice, name: `${kind}BySmsNotice` }),
  );

const NUMBERED =
  "SMS has no buttons: the choices go out as a numbered text, and an answer by number or title comes back as a tapped 'button'.";

const notices: INodeProperties[] = [
  ...limitNotices({
    text: 'Twilio takes up to 1600 characters. An SMS of more than 160 (70 with letters outside the GSM alphabet) is billed as several.',
    native: "The parameters of Twilio's 'Create a Message', without sender and recipient.",
    document: 'On WhatsApp a document has no caption.',
  }),
  ...limitNotices({
    buttons: 'WhatsApp shows up to three buttons of 20 characters each; the text may have 1024 characters.',
    list: 'WhatsApp takes up to 10 rows; titles of 24 and descriptions of 72 characters.',
  }).map((notice) => onlyOn('twilio_whatsapp', notice)),
  ...bySms('buttons', NUMBERED),
  ...bySms('list', NUMBERED),
  ...bySms('link', 'SMS has no buttons: the address goes out in the text.'),
  ...bySms('location', 'SMS has no places: the place goes out as a link to a map.'),
  ...bySms('sticker', 'Stickers are for WhatsApp.'),
];

/** The names are those of the service's send options. */
const options: INodeProperties[] = [
  {
    displayName: 'Messaging Service SID',
    name: 'messagingServiceSid',
    type: 'string',
    default: '',
    placeholder: 'e.g. MG0123456789abcdef0123456789abcdef',
    description: 'The Messaging Service that sends this message, instead of the one of the credential',
  },
  {
    displayName: 'Risk Check (SMS)',
    name: 'riskCheck',
    type: 'options',
    options: [
      { name: 'Disable', value: 'disable', description: 'Send it although it looks like traffic pumping' },
      { name: 'Enable', value: 'enable', description: 'As the account says' },
    ],
    default: 'enable',
    description: "Whether Twilio's protection against traffic pumping may hold the message back",
  },
  {
    displayName: 'Send as MMS (SMS)',
    name: 'sendAsMms',
    type: 'boolean',
    default: false,
    description: 'Whether to send the text as an MMS, which is not cut into segments',
  },
  {
    displayName: 'Send At',
    name: 'sendAt',
    type: 'dateTime',
    default: '',
    description:
      'When Twilio sends it: 15 minutes to 35 days ahead. Needs a Messaging Service; until then it can be cancelled.',
  },
  {
    displayName: 'Shorten Links (SMS)',
    name: 'shortenUrls',
    type: 'boolean',
    default: false,
    description: 'Whether to shorten links in the text. Needs a Messaging Service with a domain of your own.',
  },
  {
    displayName: 'Smart Encoding (SMS)',
    name: 'smartEncoded',
    type: 'boolean',
    default: true,
    description: 'Whether to replace letters that make an SMS longer, like curly quotes, by plain ones',
  },
  {
    displayName: 'Validity (Seconds)',
    name: 'validityPeriodSeconds',
    type: 'number',
    typeOptions: { minValue: 1, maxValue: 36_000 },
    default: 3600,
    description: "How long the message may wait in Twilio's queue. After that it fails.",
  },
];

export const TWILIO_FORM: ChannelForm = {
  account: twilioAccount,
  kinds: TWILIO_KINDS,
  notices,
  recipient: PHONE_OR_USER,
  sendDescription: 'Send text, files, buttons, lists and more; on WhatsApp to a contact who wrote in the last 24 hours',
  templates: true,
  people: false,
  quotes: false,
  options,
  degrades: true,
  footer: false,
};
