import type { ChangeSignal } from './change-signal.ts';
import type { FaultQueue } from './faults.ts';
import type { JsonObject } from './json.ts';
import type { RecordedRequest } from './request-log.ts';
import type { WebhookDelivery } from './webhook-poster.ts';
import type { PostedWebhooks } from './webhooks.ts';

/** A running stand-in, whatever the provider. */
export interface Sandbox<Settings extends object> {
  port: number;
  /** May be changed at any time. */
  settings: Settings;
  faults: Pick<FaultQueue, 'next' | 'pending' | 'clear'>;
  /** Every request but those of the control API, oldest first. */
  requests(): RecordedRequest[];
  /** Resolves with the probe's first truthy result; it runs after every change. Rejects after `timeoutMs` (5000). */
  waitFor<T>(probe: () => T | undefined | null | false, timeoutMs?: number, what?: string): Promise<T>;
  close(): Promise<void>;
}

/** A business as people write with it. */
export interface SandboxParty<Message> {
  webhooks: PostedWebhooks;
  /** What was accepted from the business, oldest first. */
  listReceivedMessages(): Message[];
  /** Posts the last `count` webhooks again, byte for byte. */
  redeliver(count: number): WebhookDelivery[];
}

/** A message a person sent, and its webhook (undefined: nobody is told). */
export interface SentByCustomer {
  id: string;
  /** HTTP status of the first delivery; undefined when it failed or nobody is told. */
  status: number | undefined;
  delivery: WebhookDelivery | undefined;
}

/** The people on the other side. Every method resolves when the webhook was tried once. */
export interface People<Message> {
  /** Sends a message of any kind. */
  sends(message: Message): Promise<SentByCustomer>;
  /** Taps a button or a row (by id or label) of a message that was accepted. */
  taps(tap: { messageId: string; choice: string }): Promise<SentByCustomer>;
  /** Quotes and answers a message that was accepted. */
  replies(reply: { messageId: string; text: string }): Promise<SentByCustomer>;
  /** Completes the form of a message that was accepted. */
  submitsForm(form: { messageId: string; response: JsonObject }): Promise<SentByCustomer>;
  /** Reads a message that was accepted. */
  reads(messageId: string): Promise<WebhookDelivery | undefined>;
}

/** What a world holds that every stand-in shows. */
export interface SandboxWorld<Settings extends object> {
  settings: Settings;
  faults: FaultQueue;
  requests: RecordedRequest[];
  changes: ChangeSignal;
}

/** The members of a sandbox that are the same for every provider. */
export function sharedMembers<Settings extends object>(
  world: SandboxWorld<Settings>,
): Pick<Sandbox<Settings>, 'settings' | 'faults' | 'requests' | 'waitFor'> {
  return {
    settings: world.settings,
    faults: {
      next: (fault) => world.faults.next(fault),
      pending: () => world.faults.pending(),
      clear: () => world.faults.clear(),
    },
    requests: () => [...world.requests],
    waitFor: (probe, timeoutMs, what) => world.changes.waitFor(probe, timeoutMs, what),
  };
}
