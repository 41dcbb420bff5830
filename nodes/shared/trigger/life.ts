/** What every channel's trigger node declares: where deliveries come in, and what activating and deactivating do. */
import type { IHookFunctions, IWebhookDescription } from 'n8n-workflow';
import type { AnyAccount } from '../account.ts';
import { asNodeError } from '../operation.ts';
import { createSubscription, endSubscription, subscriptionExists } from './subscription.ts';

/** Only the service calls it. Shown, it would be entered at the provider, where the service's own URL belongs. */
export const deliveryWebhook: IWebhookDescription = {
  name: 'default',
  httpMethod: 'POST',
  responseMode: 'onReceived',
  // Empty, so that n8n answers what the node says.
  responseData: '',
  path: 'parley',
  ndvHideUrl: true,
  ndvHideMethod: true,
};

type Hook = (this: IHookFunctions) => Promise<boolean>;

type HeardAccount = (context: IHookFunctions) => Promise<AnyAccount | undefined>;

/** `accountOf`: the account that the trigger hears; undefined: all of them. */
export function subscriptionHooks(accountOf: HeardAccount): { checkExists: Hook; create: Hook; delete: Hook } {
  /** Whatever has to be corrected in the form is an error of this node. */
  const asked = async (
    context: IHookFunctions,
    ask: (context: IHookFunctions, account?: AnyAccount) => Promise<boolean>,
  ): Promise<boolean> => {
    try {
      return await ask(context, await accountOf(context));
    } catch (error) {
      throw asNodeError(context.getNode(), error, 0);
    }
  };
  return {
    async checkExists() {
      return await asked(this, subscriptionExists);
    },
    async create() {
      return await asked(this, createSubscription);
    },
    async delete() {
      return await endSubscription(this);
    },
  };
}
