/** The account a node speaks for: who it is at the provider, and the settings that register it with the service. */
import type { AccountRef } from '../../contract/channel.ts';
import { settingsDigest } from '../../contract/signature.ts';
import { ParameterError } from './parameters.ts';

export interface ChannelAccount {
  /** Goes into requests; its digest tells the service whether it holds the same settings. */
  ref: AccountRef & { settingsDigest: string };
  /** Exactly what the digest was made of: sent once, when the service asks for the account. */
  settings: Record<string, unknown>;
  /** Names of templates are not unique there: one is sent by its ID. */
  templatesById?: boolean;
}

/** An account of a credential, or one that the service has already: then its settings are not at hand. */
export type AnyAccount = ChannelAccount | { ref: AccountRef };

/** Settings of a credential: empty members are left out, so that a cleared field is as if it was never there. */
export function compactSettings(
  credential: Record<string, unknown>,
  names: readonly string[],
): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const name of names) {
    const value = credential[name];
    const trimmed = typeof value === 'string' ? value.trim() : value;
    if (trimmed !== undefined && trimmed !== null && trimmed !== '') settings[name] = trimmed;
  }
  return settings;
}

/** One secret, or several separated by commas or line breaks while they are rotated. */
export function secretList(value: unknown): string | string[] | undefined {
  if (typeof value !== 'string') return undefined;
  const secrets = value
    .split(/[\s,]+/)
    .map((secret) => secret.trim())
    .filter((secret) => secret !== '');
  return secrets.length > 1 ? secrets : secrets[0];
}

export function channelAccount(channel: string, externalId: string, settings: Record<string, unknown>): ChannelAccount {
  return { ref: { channel, externalId, settingsDigest: settingsDigest(settings) }, settings };
}

/** Which settings a credential holds, and which of them is the account's id at the provider. */
export interface CredentialForm {
  credential: string;
  /** Its display name, and those of the fields that say which account it is, for people. */
  displayName: string;
  identifiedBy: readonly string[];
  channel: string;
  /** The setting that says which account it is; of several, the first that is filled in. */
  externalId: string | readonly string[];
  /** The setting within which that is unique, where it is not by itself: the id begins with it, and a slash follows. */
  within?: string;
  settings: readonly string[];
  /** What a provider's console writes before a value, by the field: it is cut off. */
  prefixes?: Readonly<Record<string, RegExp>>;
  /** Names of templates are not unique there. */
  templatesById?: boolean;
  /** The field that may hold several secrets while they are rotated. Default `appSecret`. */
  rotated?: string;
  /** Fields that hold several values, separated by commas or line breaks. */
  lists?: readonly string[];
}

function noAccount({ displayName, identifiedBy, within }: CredentialForm): never {
  const fields = identifiedBy.map((field) => `'${field}'`);
  throw new ParameterError(
    `The '${displayName}' credential has no ${fields.join(' and no ')}`,
    `Open the credential and fill in ${fields.join(within === undefined ? ' or ' : ' and ')}: it says which account this is.`,
  );
}

/** Several values separated by commas or line breaks; undefined: there is none. */
function valueList(value: unknown): string[] | undefined {
  const values = String(value ?? '')
    .split(/[,\n]+/)
    .map((one) => one.trim())
    .filter((one) => one !== '');
  return values.length > 0 ? values : undefined;
}

/** The account of a decrypted credential. Pure. Throws `ParameterError` when it says no account. */
export function accountOfCredential(form: CredentialForm, credential: Record<string, unknown>): ChannelAccount {
  const { rotated = 'appSecret', prefixes = {}, lists = [], within, templatesById } = form;
  const bare = Object.entries(prefixes).map(([field, prefix]) => [
    field,
    String(credential[field] ?? '').replace(prefix, ''),
  ]);
  // What is the default is left out: an account that was registered before the field was there stays as it is.
  const stopWords = credential['stopWords'] === 'all' ? undefined : credential['stopWords'];
  const several = Object.fromEntries(lists.map((field) => [field, valueList(credential[field])]));
  const single = { ...Object.fromEntries(bare), stopWords, [rotated]: secretList(credential[rotated]) };
  const given = { ...credential, ...several, ...single };
  const settings = compactSettings(given, form.settings);
  const externalId = [form.externalId].flat().find((field) => settings[field] !== undefined);
  const isWhole = within === undefined || settings[within] !== undefined;
  if (externalId === undefined || !isWhole) return noAccount(form);
  const prefix = within === undefined ? '' : `${String(settings[within])}/`;
  return {
    ...channelAccount(form.channel, `${prefix}${String(settings[externalId])}`, settings),
    ...(templatesById && { templatesById }),
  };
}
