/**
 * Applies statuses of providers that name no messages: a step for everything that was sent in a conversation until a time. Some at once, in the
 * unit that brings the news; the rest, where somebody did not look for long, in small steps.
 */
import { z } from 'zod';
import type { Accounts } from '../connectors/accounts.ts';
import type { LiveAccount } from '../connectors/live.ts';
import type { ParsedWatermark } from '../channels/channel.ts';
import { maintenanceJob } from '../maintenance/maintenance-job.ts';
import type { Outbox } from '../outbox/outbox.ts';
import * as conversations from '../store/conversation.store.ts';
import type { Tx } from '../store/unit-of-work.ts';
import * as messages from '../store/message.store.ts';
import type { Outcomes } from './outcome/outcomes.ts';

/** Bounds the messages that one unit of work raises: each is an event with its deliveries. */
const AT_ONCE = 25;

/** Lists the statuses from which it is a step up. What has certainly not been sent, or nobody knows of, is none of them. */
const BELOW = { delivered: ['sent'], read: ['sent', 'delivered'] } as const;

export type Watermark = Pick<ParsedWatermark, 'status' | 'upTo'>;

/** Says what is left to be done, and nothing of what was said. */
const REST = z.object({
  accountId: z.string(),
  conversationId: z.string(),
  status: z.enum(['delivered', 'read']),
  upTo: z.number(),
  at: z.number(),
});
type Rest = z.infer<typeof REST>;

export interface WatermarksDeps {
  outcomes: Outcomes;
  outbox: Outbox;
  accounts: Accounts;
}

export class Watermarks {
  readonly name = 'watermark';
  readonly payload = REST;
  readonly #deps: WatermarksDeps;

  constructor(deps: WatermarksDeps) {
    this.#deps = deps;
  }

  /** Raises what was sent in a conversation that the caller has locked. A watermark that came before changes nothing. */
  async apply(tx: Tx, account: LiveAccount, conversationId: string, mark: Watermark, at: number): Promise<void> {
    if (!(await this.#raise(tx, account, conversationId, mark, at))) return;
    const { status, upTo } = mark;
    const rest: Rest = { accountId: account.id, conversationId, status, upTo, at };
    await this.#deps.outbox.enqueue(tx, maintenanceJob(this.name, `${conversationId}:${status}:${upTo}`, rest));
  }

  /** Raises the next of what is left. */
  async step(tx: Tx, { accountId, conversationId, at, ...mark }: Rest): Promise<'more' | 'done'> {
    const account = await this.#deps.accounts.known(accountId);
    const conversation = account && (await conversations.find(tx.db, conversationId));
    if (account === undefined || conversation === undefined) return 'done';
    return (await this.#raise(tx, account, conversation.id, mark, at)) ? 'more' : 'done';
  }

  /** Raises a step's worth of messages, and answers whether there may be more. */
  async #raise(tx: Tx, account: LiveAccount, conversationId: string, mark: Watermark, at: number): Promise<boolean> {
    for (const below of BELOW[mark.status]) {
      const ids = await messages.sentUpTo(tx.db, conversationId, below, mark.upTo, AT_ONCE);
      for (const id of ids) await this.#deps.outcomes.reached(tx, account, id, mark.status, at);
      if (ids.length === AT_ONCE) return true;
    }
    return false;
  }
}
