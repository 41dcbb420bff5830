/** Who stands between the node and WhatsApp: Meta itself, or one that passes its API on. */
import type { INode, INodeCredentialDescription, INodeProperties } from 'n8n-workflow';

const PARAMETER = 'connectThrough';

export type Provider = 'cloudApi' | 'dialog360' | 'twilio';
const DEFAULT: Provider = 'cloudApi';

/** Comes first in the form; a workflow from before it goes through Meta. */
export const connectThroughField: INodeProperties = {
  displayName: 'Connect Through',
  name: PARAMETER,
  type: 'options',
  noDataExpression: true,
  options: [
    { name: '360dialog', value: 'dialog360' },
    { name: 'Meta Cloud API', value: 'cloudApi' },
    { name: 'Twilio', value: 'twilio' },
  ],
  default: DEFAULT,
  description: 'Whose account the WhatsApp number is connected with. It decides which credential is asked for.',
};

const except = (...providers: Provider[]) => ({ hide: { [PARAMETER]: providers } });
const only = (...providers: Provider[]) => ({ show: { [PARAMETER]: providers } });

/**
 * Parley's own credential and that of the chosen provider. One of them is hidden rather than shown: where credentials that are shown
 * cover every value of a field, n8n's editor takes it for the way to sign in, leaves it out of the form and offers the credentials of
 * all providers in the place of each one, Parley's own among them.
 */
export const whatsAppCredentials: INodeCredentialDescription[] = [
  { name: 'parleyApi', displayName: 'Parley API', required: true },
  {
    name: 'whatsAppCloudApi',
    displayName: 'WhatsApp Cloud API',
    required: true,
    displayOptions: except('dialog360', 'twilio'),
  },
  { name: 'dialog360Api', displayName: '360dialog API', required: true, displayOptions: only('dialog360') },
  { name: 'parleyTwilioApi', displayName: 'Twilio Messaging API', required: true, displayOptions: only('twilio') },
];

/** What a provider does not have, said where one would look for it. */
export function providerNotice(provider: Provider, name: string, displayName: string): INodeProperties {
  return { displayName, name, type: 'notice', default: '', displayOptions: only(provider) };
}

/** The parameter is not of an item, so it stands in the node as it is; also while its form is filled in. */
export function providerOf({ parameters }: Pick<INode, 'parameters'>): Provider {
  const chosen = parameters[PARAMETER];
  return chosen === 'dialog360' || chosen === 'twilio' ? chosen : DEFAULT;
}
