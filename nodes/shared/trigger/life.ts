/** What every channel's trigger node declares: where deliveries come in, and what activating and deactivating do. */
import type { IHookFunctions, IWebhookDescription } from 'n8n-workflow';
import type { AnyAccount } from '../account.ts';
import { createSubscription, endSubscription, subscriptionExists } from './subscription.ts';

/** Only the service calls it. Shown, it would be entered at the provider, where the service's own URL belongs. */
export const deliveryWebhook: IWebhookDescription = {
  name: 'default',
  httpMethod: 'POST',
  responseMode: 'onReceived',
  path: 'parley',
  ndvHideUrl: true,
  ndvHideMethod: true,
};

type Hook = (this: IHookFunctions) => Promise<boolean>;

/** `accountOf`: the account that the trigger hears. */
export function subscriptionHooks(accountOf: (context: IHookFunctions) => Promise<AnyAccount | undefined>): {
  checkExists: Hook;
  create: Hook;
  delete: Hook;
} {
  return {
    async checkExists() {
      return await subscriptionExists(this, await accountOf(this));
    },
    async create() {
      return await createSubscription(this, await accountOf(this));
    },
    async delete() {
      return await endSubscription(this);
    },
  };
}
