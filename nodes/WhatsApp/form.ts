/** What WhatsApp has of the operations that every channel shares. */
import { PHONE_OR_USER } from '../shared/descriptions.ts';
import type { ChannelForm } from '../shared/operations/channel-form.ts';
import { whatsAppAccount } from './account.ts';
import { limitNotices, WHATSAPP_KINDS } from './content.ts';

export const WHATSAPP_FORM: ChannelForm = {
  account: whatsAppAccount,
  kinds: WHATSAPP_KINDS,
  notices: limitNotices,
  recipient: PHONE_OR_USER,
  sendDescription: 'Send text, files, buttons, lists and more to a contact who wrote in the last 24 hours',
  templates: true,
  people: false,
  options: [],
  footer: true,
};
