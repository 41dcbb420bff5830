/** Points a provider's webhooks at this service, where its API allows, and takes that back when an account goes. */
import type { ProvisioningStep } from '../../../contract/api.ts';
import { has } from '../channels/channel.ts';
import { ParleyError } from '../core/errors.ts';
import type { Accounts } from './accounts.ts';
import type { LiveAccount, LiveConnection } from './live.ts';
import type { ConnectorIo, Learned } from './connector.ts';

export interface ProvisioningDeps {
  accounts: Pick<Accounts, 'connectionOf' | 'connections' | 'learn'>;
  io: ConnectorIo;
  /** Absent: webhooks are shown under `localUrl`, and nothing is asked of providers, which could not reach it. */
  publicUrl: string | undefined;
  localUrl(): string;
}

export class Provisioning {
  readonly #deps: ProvisioningDeps;

  constructor(deps: ProvisioningDeps) {
    this.#deps = deps;
  }

  /** Says where providers reach this service, without a closing slash. */
  get publicUrl(): string {
    return this.#deps.publicUrl ?? this.#deps.localUrl();
  }

  /** Says where webhooks about an account arrive: that of its connection. */
  webhookUrl(account: LiveAccount): string {
    return this.#urlOf(account, this.#deps.accounts.connectionOf(account).endpoint);
  }

  #urlOf({ channel }: LiveAccount, endpoint: string): string {
    return `${this.publicUrl}/webhooks/${channel.id}/${endpoint}`;
  }

  /** Sets the webhook up, and answers what was set up and what is missing, step by step. Never throws for what the provider refuses. */
  async provision(account: LiveAccount): Promise<ProvisioningStep[]> {
    const { channel, settings } = account;
    const { accounts, io, publicUrl } = this.#deps;
    if (publicUrl === undefined) {
      const detail = `Set PARLEY_PUBLIC_URL to the https address at which ${channel.name} reaches this service, then save again`;
      return [{ step: 'webhook', ok: false, blocking: true, detail }];
    }
    const url = this.webhookUrl(account);
    if (!has(channel, 'provisioning')) {
      const detail = `${channel.name} lets no program set its webhook: enter ${url} there by hand`;
      return [{ step: 'webhook', ok: false, blocking: true, detail }];
    }
    const { learned: known } = accounts.connectionOf(account);
    const keep = (learned: Learned) => accounts.learn(account, learned, known);
    return steps(() => channel.provisioning.provision(url, settings, io, keep));
  }

  /** Lists connections of the same application that parted from the account's own. */
  #parted(account: LiveAccount, connection: LiveConnection): LiveConnection[] {
    const application = applicationOf(account);
    if (application === undefined) return [];
    const near = this.#deps.accounts.connections.around(connection);
    return near.filter((of) => of.accounts.some((other) => applicationOf(other) === application));
  }

  /**
   * Takes back what was set up for an account that is deleted, and for its connection when it was the last below it. Answers what was done
   * and what stays.
   */
  async remove(account: LiveAccount): Promise<ProvisioningStep[]> {
    const { accounts, io, publicUrl } = this.#deps;
    const { channel, settings } = account;
    if (publicUrl === undefined) return [];
    const { provisioning } = channel;
    const connection = accounts.connectionOf(account);
    const parted = this.#parted(account, connection);
    const others = [connection, ...parted].flatMap((of) => of.accounts).map((other) => other.settings);
    if (provisioning?.remove === undefined) {
      const detail = `${channel.name} goes on calling ${this.webhookUrl(account)}, which answers 404 from now on: take the webhook away there`;
      return others.length === 0 ? [{ step: 'webhook', ok: false, detail }] : [];
    }
    const endpoints = [connection, ...parted].flatMap((of) => accounts.connections.endpointsOf(of));
    const webhookUrls = endpoints.map((endpoint) => this.#urlOf(account, endpoint));
    return steps(async () => (await provisioning.remove?.({ webhookUrls, others }, settings, io)) ?? []);
  }
}

/** Names an account's application, where there can be several with this key. */
function applicationOf({ channel, settings }: LiveAccount): string | undefined {
  const { key, application } = channel.connection(settings);
  return application && `${key} ${application}`;
}

/** The address of the provider may not be called: the account is stored or gone, and this says what to mend. */
async function steps(run: () => Promise<ProvisioningStep[]>): Promise<ProvisioningStep[]> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof ParleyError)) throw error;
    return [{ step: 'provider', ok: false, blocking: true, detail: error.message }];
  }
}
