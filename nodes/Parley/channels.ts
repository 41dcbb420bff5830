/** The channels by the names that people know them by. */
import type { INodePropertyOptions } from 'n8n-workflow';

/** Sorted by name. */
export const CHANNEL_CHOICES: readonly (INodePropertyOptions & { value: string })[] = [
  { name: 'Instagram', value: 'instagram' },
  { name: 'Messenger', value: 'messenger' },
  { name: 'SMS (Twilio)', value: 'twilio_sms' },
  { name: 'WhatsApp', value: 'whatsapp' },
  { name: 'WhatsApp (360dialog)', value: 'dialog360' },
  { name: 'WhatsApp (Twilio)', value: 'twilio_whatsapp' },
];

/** A channel that this version does not know is called by its id. Pure. */
export function channelName(channel: string): string {
  return CHANNEL_CHOICES.find(({ value }) => value === channel)?.name ?? channel;
}
