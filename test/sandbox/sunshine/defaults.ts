import type { StandInOptions } from '../kit/stand-in.ts';

/** The app that the sandbox knows when nothing else is said. */
export const SUNSHINE_DEFAULTS = {
  appId: '5ebee0975ac5304b664a12fa',
  keyId: 'app_5f00112233445566778899aa',
  secret: 'Zx-test_secret-0123456789',
  /** Integrations of channels, by the channel's type. */
  integrations: {
    whatsapp: '5ec69c6e12dda33be985cb1a',
    messenger: '5ec69c6e12dda33be985cb1b',
    web: '5ec69c6e12dda33be985cb1c',
  },
} as const;

/** What can be switched, before the start or at any time through `sandbox.settings`. */
export interface SunshineSandboxSettings {
  secret: string;
  /** Calls per second of the app (429); null: no limit. */
  perSecond: number | null;
  /** Webhooks that an app may have. */
  maxWebhooks: number;
  /** Deliveries that an accepted message gets by itself: `channel`, `user`. */
  autoStatuses: string[];
}

/** Options of `startSunshineSandbox`; every setting may be given as well. */
export interface SunshineSandboxOptions extends Partial<SunshineSandboxSettings>, StandInOptions {}

/** The settings a sandbox starts with when nothing else is said. */
export const DEFAULT_SETTINGS: SunshineSandboxSettings = {
  secret: SUNSHINE_DEFAULTS.secret,
  perSecond: null,
  maxWebhooks: 10,
  autoStatuses: ['channel', 'user'],
};

/** Sunshine posts a webhook up to five times. */
export const RETRY_DELAYS_MS = [100, 200, 400, 800];
/** After these it does not try again. */
export const FINAL_STATUSES = [400, 401, 403, 404, 406];
