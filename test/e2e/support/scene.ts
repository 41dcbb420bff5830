import { setTimeout as delay } from 'node:timers/promises';
import type { Account, Page, Subscription } from '../../../contract/api.ts';
import type { AcceptedMessage } from '../../sandbox/whatsapp/world.ts';
import { exampleWorkflow } from './examples.ts';
import type { Stack } from './stack.ts';

/** A message takes well under a second; n8n on a busy machine may not. */
export const answerLimitMs = 20_000;

/** What the tests ask about a running stack. Every wait has a bound and throws when it is reached. */
export class Scene {
  readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** Imports an example and answers the workflow's id. */
  async importExample(file: string): Promise<string> {
    return (await this.stack.rest.createWorkflow(await exampleWorkflow(file, this.stack.credentials))).id;
  }

  /** What reached a customer's phone so far. `customer` is their number, digits only. */
  messagesOf(customer: string): AcceptedMessage[] {
    return this.stack.sandbox.listReceivedMessages().filter(({ to }) => to.waId === customer);
  }

  /** Waits for the `count`-th message (from 1) on a customer's phone. */
  async message(customer: string, count: number): Promise<AcceptedMessage> {
    const found = (): AcceptedMessage | undefined => this.messagesOf(customer)[count - 1];
    return await this.stack.sandbox.waitFor(found, answerLimitMs, `message ${count} to ${customer}`);
  }

  async subscriptions(): Promise<Subscription[]> {
    return (await this.stack.service.call<Page<Subscription>>('GET', '/v1/subscriptions')).data;
  }

  /** Waits until there are exactly `count`: n8n ends a test listener only after it has answered. */
  async waitForSubscriptions(count: number): Promise<Subscription[]> {
    const deadline = Date.now() + answerLimitMs;
    for (;;) {
      const all = await this.subscriptions();
      if (all.length === count) return all;
      if (Date.now() > deadline) throw new Error(`Waited for ${count} subscriptions, there are ${all.length}`);
      await delay(50);
    }
  }

  /** The one account that the service knows; undefined before it is registered. */
  async account(): Promise<Account | undefined> {
    return (await this.stack.service.call<Page<Account>>('GET', '/v1/accounts')).data[0];
  }
}
