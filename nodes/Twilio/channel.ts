/** Which of Twilio's channels a node speaks on. */
import type { INode, INodeProperties } from 'n8n-workflow';

export type TwilioChannel = 'twilio_sms' | 'twilio_whatsapp';

const PARAMETER = 'channel';
const DEFAULT: TwilioChannel = 'twilio_sms';

/** Comes first in the form. */
export const channelField: INodeProperties = {
  displayName: 'Channel',
  name: PARAMETER,
  type: 'options',
  noDataExpression: true,
  options: [
    { name: 'SMS and MMS', value: 'twilio_sms' },
    { name: 'WhatsApp', value: 'twilio_whatsapp' },
  ],
  default: DEFAULT,
  description:
    "What the sender of the credential is. A sender written as 'whatsapp:+…' is one of WhatsApp in any case.",
};

/** Shows a field for one of the channels only. */
export function onlyOn(channel: TwilioChannel, field: INodeProperties): INodeProperties {
  const show = { ...field.displayOptions?.show, [PARAMETER]: [channel] };
  return { ...field, displayOptions: { ...field.displayOptions, show } };
}

/** The parameter is not of an item, so it stands in the node as it is; also while its form is filled in. Pure. */
export function channelOf({ parameters }: Pick<INode, 'parameters'>, from: unknown): TwilioChannel {
  const isPrefixed = /^\s*whatsapp:/i.test(String(from ?? ''));
  return isPrefixed || parameters[PARAMETER] === 'twilio_whatsapp' ? 'twilio_whatsapp' : DEFAULT;
}
