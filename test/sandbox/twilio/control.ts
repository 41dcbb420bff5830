import type { Fault } from '../kit/faults.ts';
import type { HttpReply, HttpRequest } from '../kit/http-server.ts';
import { objectOf, textOf, type JsonObject } from '../kit/json.ts';
import { matchRoute, type Route } from '../kit/router.ts';
import type { WebhookDelivery } from '../kit/webhook-poster.ts';
import type { ContentSeed } from './contents.ts';
import type { CustomerMessage, SentByCustomer } from './customer.ts';
import type { TwilioSandbox } from './sandbox.ts';
import type { SandboxMessage } from './world.ts';

/** The part of the sandbox that can be reached over HTTP. */
export type Controlled = Omit<TwilioSandbox, 'url' | 'port' | 'close'>;

type Action = (sandbox: Controlled, body: JsonObject, request: HttpRequest) => unknown;

const post = (path: string, handler: Action): Route<Action> => ({ method: 'POST', path: `/_sandbox${path}`, handler });
const get = (path: string, handler: Action): Route<Action> => ({ method: 'GET', path: `/_sandbox${path}`, handler });

// The bodies are those of the methods with the same name; a wrong one fails inside them.
const ROUTES: Route<Action>[] = [
  post('/customer/sends', async ({ customer }, body) =>
    sentSummary(await customer.sends(body as unknown as CustomerMessage)),
  ),
  post('/customer/taps', async ({ customer }, body) =>
    sentSummary(await customer.taps({ messageId: text(body, 'messageId'), choice: text(body, 'choice') })),
  ),
  post('/customer/replies', async ({ customer }, body) =>
    sentSummary(await customer.replies({ messageId: text(body, 'messageId'), text: text(body, 'text') })),
  ),
  post('/customer/submits-form', async ({ customer }, body) =>
    sentSummary(
      await customer.submitsForm({ messageId: text(body, 'messageId'), response: objectOf(body['response']) }),
    ),
  ),
  post('/customer/reads', async ({ customer }, body) => deliverySummary(await customer.reads(text(body, 'messageId')))),
  post('/faults', ({ faults }, body) => {
    faults.next(body as unknown as Fault);
    return { pending: faults.pending() };
  }),
  post('/statuses', (sandbox, body) => {
    const code = typeof body['errorCode'] === 'number' ? body['errorCode'] : undefined;
    return deliverySummary(sandbox.postStatus(text(body, 'messageId'), text(body, 'status'), code));
  }),
  post('/settings', ({ settings }, body) => {
    for (const key of Object.keys(body)) {
      if (!(key in settings)) throw new Error(`There is no setting ${key}`);
    }
    Object.assign(settings, body);
    return { changed: Object.keys(body) };
  }),
  post('/subscribe', (sandbox, body) => {
    sandbox.subscribe(text(body, 'callbackUrl'));
    return {};
  }),
  post('/templates', ({ contents }, body) => contents.seed(body as unknown as ContentSeed)),
  get('/templates', ({ contents }) => contents.list()),
  post('/redeliver', (sandbox, body) => sandbox.redeliver(Number(body['count'] ?? 1)).map(deliverySummary)),
  get('/messages', (sandbox) => sandbox.listReceivedMessages().map(messageSummary)),
  get('/messages/next', async (sandbox, _body, { query }) => {
    const from = Number(query.get('from') ?? 0);
    const received = () => sandbox.listReceivedMessages().slice(from);
    const timeoutMs = Number(query.get('timeoutMs') ?? 5_000);
    const messages = await sandbox.waitFor(() => received().length > 0 && received(), timeoutMs, 'the next message');
    return messages.map(messageSummary);
  }),
  get('/requests', (sandbox) => {
    // Without headers and parameters: they carry secrets.
    return sandbox.requests().map(({ at, method, path, status, fault }) => ({ at, method, path, status, fault }));
  }),
  get('/webhooks', (sandbox) => sandbox.webhooks.deliveries.map(deliverySummary)),
];

/** Answers `/_sandbox/…`; what the action throws comes back as 400 with its message. */
export async function answerControl(sandbox: Controlled, request: HttpRequest): Promise<HttpReply> {
  const match = matchRoute(ROUTES, request.method, request.path);
  if (!match) return { status: 404, body: { sandbox_error: 'There is no such control' } };
  try {
    return { status: 200, body: await match.handler(sandbox, request.body.fields, request) };
  } catch (error) {
    return { status: 400, body: { sandbox_error: error instanceof Error ? error.message : String(error) } };
  }
}

function text(body: JsonObject, key: string): string {
  const value = textOf(body[key]);
  if (value === undefined) throw new Error(`${key} is required`);
  return value;
}

function sentSummary({ id, status }: SentByCustomer): JsonObject {
  return { id, status };
}

function deliverySummary(delivery: WebhookDelivery | undefined): JsonObject {
  return delivery
    ? { url: delivery.url, attempts: delivery.attempts, outcome: delivery.outcome }
    : { outcome: 'nobody' };
}

/** `to` without the channel; `body` is what the person sees. */
function messageSummary(message: SandboxMessage): JsonObject {
  const { sid, line, createdAt, to, from, body, media, rendered, statusCallback = '', statuses } = message;
  const own = URL.canParse(statusCallback) ? new URL(statusCallback).searchParams.get('message') : null;
  const bare = to.replace(/^whatsapp:\+?|^\+/, '');
  return { id: sid, line, from, to: bare, acceptedAt: createdAt, body, media, rendered, messageId: own, statuses };
}
