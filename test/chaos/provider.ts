/** The provider: the strict sandbox behind a wire that can be cut, and what it says of a run. */
import { SANDBOX_DEFAULTS } from '../sandbox/whatsapp/defaults.ts';
import { listOf, objectOf, parseJson, type JsonObject } from '../sandbox/kit/json.ts';
import { startWhatsAppSandbox, type WhatsAppSandbox } from '../sandbox/whatsapp/sandbox.ts';
import { startTcpGate, type TcpGate } from '../support/tcp-gate.ts';
import type { Journal, Posted } from './journal.ts';

/** As long as a webhook may wait for its answer: a process that was stopped longer has to find it again. */
const WEBHOOK_TIMEOUT_MS = 2_500;
const RETRY_MS = 100;
/** More tries than any run has time for: this provider does not give up. */
const RETRIES = 100_000;

/** The one account of a run. */
export const ACCOUNT = { channel: 'whatsapp', externalId: SANDBOX_DEFAULTS.phoneNumberId };

export interface Provider {
  sandbox: WhatsAppSandbox;
  /** Between the service and the provider. */
  wire: TcpGate;
  /** The account's settings. */
  settings: Record<string, unknown>;
  /** Every webhook was acknowledged, and every message has all its statuses. */
  isQuiet(): boolean;
  /** Notes all that it saw: call once, at the end. */
  tell(journal: Journal): void;
  close(): Promise<void>;
}

export async function startProvider(): Promise<Provider> {
  const sandbox = await startWhatsAppSandbox({
    throughputPerSecond: null,
    webhookTimeoutMs: WEBHOOK_TIMEOUT_MS,
    webhookRetryDelaysMs: Array<number>(RETRIES).fill(RETRY_MS),
  });
  const wire = await startTcpGate(sandbox.port);
  const { accessToken, phoneNumberId, wabaId, appId, appSecret, verifyToken } = SANDBOX_DEFAULTS;
  const statuses = sandbox.settings.autoStatuses.length;
  return {
    sandbox,
    wire,
    settings: { accessToken, phoneNumberId, wabaId, appId, appSecret, verifyToken, baseUrl: wire.url },
    isQuiet: () =>
      sandbox.webhooks.deliveries.every(({ outcome }) => outcome !== 'pending') &&
      sandbox.listReceivedMessages().every((message) => message.statuses.length === statuses),
    tell: (journal) => tell(sandbox, journal),
    close: async () => {
      await wire.goDown();
      await sandbox.close();
    },
  };
}

function tell(sandbox: WhatsAppSandbox, journal: Journal): void {
  for (const { id, acceptedAt, to, body, bizOpaqueCallbackData } of sandbox.listReceivedMessages()) {
    const key = String(objectOf(body['text'])['body']);
    const own = bizOpaqueCallbackData === undefined ? {} : { id: bizOpaqueCallbackData };
    journal.note({ what: 'accepted', person: to.waId ?? to.userId, key, providerId: id, ...own }, acceptedAt);
  }
  for (const [webhook, { body, attempts }] of sandbox.webhooks.deliveries.entries()) {
    const facts = factsIn(body);
    for (const { at, status, error } of attempts) {
      const answer = { ...(status !== undefined && { answer: status }), ...(error !== undefined && { error }) };
      journal.note({ what: 'posted', webhook, ...facts, ...answer }, at);
    }
  }
}

/** The messages and statuses of a webhook. */
function factsIn(body: Buffer): Pick<Posted, 'messages' | 'statuses'> {
  const entries = objectsIn(parseJson(body.toString('utf8')), 'entry');
  const values = entries.flatMap((entry) => objectsIn(entry, 'changes')).map(({ value }) => value);
  return {
    messages: values.flatMap((value) => objectsIn(value, 'messages')).map(({ id }) => String(id)),
    statuses: values
      .flatMap((value) => objectsIn(value, 'statuses'))
      .map(({ id, status }) => ({ providerId: String(id), status: String(status) })),
  };
}

function objectsIn(value: unknown, member: string): JsonObject[] {
  return listOf(objectOf(value)[member]).map(objectOf);
}
