/** Gives providers anew the files that they lost: the port of the feature that has the files. */
import type { OutboundContent } from '../../../contract/message.ts';
import type { LiveAccount } from '../connectors/live.ts';

/** Gives a provider files anew. */
export interface FileRenewal {
  /**
   * Gives the provider anew those files of a message of which it says that it does not have them. Answers the content as it can be sent;
   * undefined: there is nothing to give. Throws `SendError` and `ParleyError` when the provider does not take a file; nothing is said to
   * the contact in any case.
   */
  renew(account: LiveAccount, content: OutboundContent): Promise<OutboundContent | undefined>;
}

/** Holds who gives files anew. */
export class Renewals implements FileRenewal {
  #renewals: readonly FileRenewal[] = [];

  /** Adds those of a feature. */
  register(renewals: readonly FileRenewal[]): void {
    this.#renewals = [...this.#renewals, ...renewals];
  }

  async renew(account: LiveAccount, content: OutboundContent): Promise<OutboundContent | undefined> {
    for (const one of this.#renewals) {
      const renewed = await one.renew(account, content);
      if (renewed !== undefined) return renewed;
    }
    return undefined;
  }
}
