/** Points a provider's webhooks at this service, where its API allows. */
import type { ProvisioningStep } from '../../../contract/api.ts';
import { has, type ChannelIo } from '../channels/channel.ts';
import { ParleyError } from '../core/errors.ts';
import type { LiveAccount } from './accounts.ts';

export class Provisioning {
  readonly #io: ChannelIo;
  readonly #publicUrl: () => string;
  readonly #isPublic: boolean;

  /** `publicUrl` absent: webhooks are shown under `localUrl`, and nothing is asked of providers, which could not reach it. */
  constructor(io: ChannelIo, publicUrl: string | undefined, localUrl: () => string) {
    this.#io = io;
    this.#isPublic = publicUrl !== undefined;
    this.#publicUrl = () => publicUrl ?? localUrl();
  }

  /** Where providers reach this service, without a closing slash. */
  get publicUrl(): string {
    return this.#publicUrl();
  }

  webhookUrl(account: LiveAccount): string {
    return `${this.publicUrl}/webhooks/${account.channel.id}/${account.endpoint}`;
  }

  /** What was set up and what is missing, step by step. Never throws for what the provider refuses. */
  async provision(account: LiveAccount): Promise<ProvisioningStep[]> {
    const { channel, settings } = account;
    if (!has(channel, 'provisioning')) return [];
    if (!this.#isPublic) {
      const detail = `Set PARLEY_PUBLIC_URL to the https address at which ${channel.name} reaches this service, then save again`;
      return [{ step: 'webhook', ok: false, blocking: true, detail }];
    }
    try {
      return await channel.provisioning.provision(this.webhookUrl(account), settings, this.#io);
    } catch (error) {
      // The address of the provider may not be called: the account is stored, and this says what to mend.
      if (!(error instanceof ParleyError)) throw error;
      return [{ step: 'provider', ok: false, blocking: true, detail: error.message }];
    }
  }
}
