/** Asks the provider, which keeps them, for message templates, and changes them there. */
import type { CreateTemplate, EditTemplate, Page, Template } from '../../../../contract/api.ts';
import type { AccountRef } from '../../../../contract/channel.ts';
import { has, type TemplatePower } from '../../channels/channel.ts';
import type { Accounts } from '../../connectors/accounts.ts';
import type { ConnectorIo } from '../../connectors/connector.ts';
import { ParleyError } from '../../core/errors.ts';

/** Lists what the templates work with. */
export interface TemplatesDeps {
  accounts: Pick<Accounts, 'required'>;
  io: ConnectorIo;
}

type Power = TemplatePower<unknown>;

/** Every member throws `account_required`, `unsupported_by_channel` where the channel has no templates, and what the provider says. */
export class Templates {
  readonly #deps: TemplatesDeps;

  constructor(deps: TemplatesDeps) {
    this.#deps = deps;
  }

  async list(ref: AccountRef, filter: Parameters<Power['list']>[0]): Promise<Page<Template>> {
    const { power, settings } = await this.#power(ref);
    return power.list(filter, settings, this.#deps.io);
  }

  async get(ref: AccountRef, id: string): Promise<Template> {
    const { power, settings } = await this.#power(ref);
    return power.get(id, settings, this.#deps.io);
  }

  async create(ref: AccountRef, template: CreateTemplate): Promise<{ id: string; status: string; category: string }> {
    const { power, settings } = await this.#power(ref);
    return power.create(template, settings, this.#deps.io);
  }

  async edit(ref: AccountRef, id: string, change: EditTemplate): Promise<void> {
    const { power, settings } = await this.#power(ref);
    await power.edit(id, change, settings, this.#deps.io);
  }

  async remove(ref: AccountRef, which: Parameters<Power['remove']>[0]): Promise<void> {
    const { power, settings } = await this.#power(ref);
    await power.remove(which, settings, this.#deps.io);
  }

  async #power(ref: AccountRef): Promise<{ power: Power; settings: unknown }> {
    const { channel, settings } = await this.#deps.accounts.required(ref);
    if (has(channel, 'templates')) return { power: channel.templates, settings };
    throw new ParleyError(400, 'unsupported_by_channel', `${channel.name} has no message templates`);
  }
}
