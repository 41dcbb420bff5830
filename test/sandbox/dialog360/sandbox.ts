import type { WhatsAppSandboxOptions } from '../whatsapp/defaults.ts';
import { startWhatsAppSandbox, type WhatsAppSandbox } from '../whatsapp/sandbox.ts';
import { DIALOG360_DEFAULTS, type Dialog360State } from './defaults.ts';
import { proxyApi } from './proxy.ts';
import { createProxyWebhooks } from './webhooks.ts';

/** The WhatsApp sandbox's people, numbers and messages, reached through a stand-in for 360dialog. */
export interface Dialog360Sandbox extends WhatsAppSandbox {
  /** Origin without a trailing slash, the place of https://waba-v2.360dialog.io. */
  url: string;
  /** What is 360dialog's own; may be changed at any time. */
  dialog360: Dialog360State;
}

export type Dialog360SandboxOptions = Omit<WhatsAppSandboxOptions, 'webhookUrl'> &
  Partial<Omit<Dialog360State, 'refusedLookUps'>>;

function stateOf({ apiKey, webhook, platformSecret, standing, canSend }: Dialog360SandboxOptions): Dialog360State {
  return {
    apiKey: apiKey ?? DIALOG360_DEFAULTS.apiKey,
    ...(webhook === undefined ? {} : { webhook }),
    ...(platformSecret === undefined ? {} : { platformSecret }),
    standing: standing ?? 'good',
    canSend: canSend ?? 'AVAILABLE',
    refusedLookUps: [],
  };
}

/** Starts it. `subscribe(url)` sets the number's webhook with the header of `DIALOG360_DEFAULTS`. Rejects when the port is taken. */
export async function startDialog360Sandbox(options: Dialog360SandboxOptions = {}): Promise<Dialog360Sandbox> {
  const state = stateOf(options);
  const sandbox = await startWhatsAppSandbox(options, {
    api: proxyApi(state),
    // Files keep the address that Meta gives them, which a key of 360dialog does not open.
    createWebhooks: (world, retry) =>
      createProxyWebhooks(Object.assign(world, { filesUrl: 'https://lookaside.fbsbx.com' }), retry, state),
  });
  const { webhookHeader, webhookSecret } = DIALOG360_DEFAULTS;
  return Object.assign(sandbox, {
    dialog360: state,
    subscribe: (url: string) => {
      state.webhook = { url, headers: { [webhookHeader]: webhookSecret } };
    },
  });
}
