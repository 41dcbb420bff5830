/** What WhatsApp has of the operations that every channel shares. */
import { PHONE_OR_USER } from '../shared/descriptions.ts';
import type { ChannelForm } from '../shared/operations/channel-form.ts';
import { whatsAppAccount } from './account.ts';
import { providerNotice } from './connect-through.ts';
import { limitNotices, WHATSAPP_KINDS } from './content.ts';

export const WHATSAPP_FORM: ChannelForm = {
  account: whatsAppAccount,
  kinds: WHATSAPP_KINDS,
  notices: [
    ...limitNotices,
    providerNotice(
      'twilio',
      'twilioContentNotice',
      "Twilio sends text, files, locations, buttons, lists and links, and fetches files itself: give them by a link. It cannot quote: 'Reply To' does nothing.",
    ),
  ],
  recipient: PHONE_OR_USER,
  sendDescription: 'Send text, files, buttons, lists and more to a contact who wrote in the last 24 hours',
  templates: true,
  people: false,
  options: [],
  footer: true,
};
