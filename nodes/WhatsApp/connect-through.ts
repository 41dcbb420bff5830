/** Who stands between the node and WhatsApp: Meta itself, or one that passes its API on. */
import type { INode, INodeCredentialDescription, INodeProperties } from 'n8n-workflow';
import { isProvider, PROVIDERS, type Provider } from './providers.ts';

const PARAMETER = 'connectThrough';
const DEFAULT: Provider = 'cloudApi';

/** Comes first in the form; a workflow from before it goes through Meta. */
export const connectThroughField: INodeProperties = {
  displayName: 'Connect Through',
  name: PARAMETER,
  type: 'options',
  noDataExpression: true,
  options: Object.entries(PROVIDERS).map(([value, { name }]) => ({ name, value })),
  default: DEFAULT,
  description: 'Whose account the WhatsApp number is connected with. It decides which credential is asked for.',
};

const OTHERS = Object.keys(PROVIDERS)
  .filter(isProvider)
  .filter((provider) => provider !== DEFAULT);

const only = (provider: string) => ({ show: { [PARAMETER]: [provider] } });

function credentialOf(provider: Provider): INodeCredentialDescription {
  const { credential, displayName } = PROVIDERS[provider].account;
  const displayOptions = provider === DEFAULT ? { hide: { [PARAMETER]: OTHERS } } : only(provider);
  return { name: credential, displayName, required: true, displayOptions };
}

/**
 * Parley's own credential and that of the chosen provider. One of them is hidden rather than shown: where credentials that are shown
 * cover every value of a field, n8n's editor takes it for the way to sign in, leaves it out of the form and offers the credentials of
 * all providers in the place of each one, Parley's own among them.
 */
export const whatsAppCredentials: INodeCredentialDescription[] = [
  { name: 'parleyApi', displayName: 'Parley API', required: true },
  ...[DEFAULT, ...OTHERS].map(credentialOf),
];

/** What a provider does not have, said where one would look for it. */
export function providerNotice(provider: Provider, name: string, displayName: string): INodeProperties {
  return { displayName, name, type: 'notice', default: '', displayOptions: only(provider) };
}

/** The parameter is not of an item, so it stands in the node as it is; also while its form is filled in. */
export function providerOf({ parameters }: Pick<INode, 'parameters'>): Provider {
  const chosen = String(parameters[PARAMETER]);
  return isProvider(chosen) ? chosen : DEFAULT;
}
