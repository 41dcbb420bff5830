import type { StandInOptions } from '../kit/stand-in.ts';

/** The application that the sandbox knows when nothing else is said. */
export const SENDBIRD_DEFAULTS = {
  applicationId: 'AAAAAAAA-BBBB-CCCC-DDDD-EEEEEEEEEEEE',
  /** The master token: it calls, and it signs webhooks. */
  apiToken: '0f1e2d3c4b5a69788796a5b4c3d2e1f000112233',
  senderId: 'assistant',
  botId: 'assistant-bot',
} as const;

/** What can be switched, before the start or at any time through `sandbox.settings`. */
export interface SendbirdSandboxSettings {
  apiToken: string;
  /** Further tokens that may call, and sign nothing. */
  secondaryTokens: string[];
  /** Calls per second of the application (500910); null: no limit. */
  perSecond: number | null;
  /** Characters of a text (400110). */
  maxTextLength: number;
  /** Webhooks tell the members of a channel. */
  includesMembers: boolean;
  /** Webhooks of messages tell their meta array. */
  tellsMetaArray: boolean;
  /** Nothing here has statuses. */
  autoStatuses: string[];
}

/** Options of `startSendbirdSandbox`; every setting may be given as well. */
export interface SendbirdSandboxOptions extends Partial<SendbirdSandboxSettings>, StandInOptions {
  /** Where webhooks go, from the start. */
  webhookUrl?: string;
}

/** The settings a sandbox starts with when nothing else is said. */
export const DEFAULT_SETTINGS: SendbirdSandboxSettings = {
  apiToken: SENDBIRD_DEFAULTS.apiToken,
  secondaryTokens: [],
  perSecond: null,
  maxTextLength: 5000,
  includesMembers: true,
  tellsMetaArray: false,
  autoStatuses: [],
};

/** Sendbird posts a webhook up to three times. */
export const RETRY_DELAYS_MS = [100, 200];
