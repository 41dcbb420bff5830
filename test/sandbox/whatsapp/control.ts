import type { Fault } from '../kit/faults.ts';
import type { HttpReply, HttpRequest } from '../kit/http-server.ts';
import { objectOf, textOf, type JsonObject } from '../kit/json.ts';
import { matchRoute, type Route } from '../kit/router.ts';
import type { WebhookDelivery } from '../kit/webhook-poster.ts';
import type { CustomerMessage } from './customer-content.ts';
import type { SentByCustomer } from './customer.ts';
import type { StatusName } from './defaults.ts';
import type { WhatsAppSandbox } from './sandbox.ts';
import type { TemplateSeed } from './template-review.ts';
import type { AcceptedMessage } from './world.ts';

/** The part of the sandbox that can be reached over HTTP. */
export type Controlled = Omit<WhatsAppSandbox, 'url' | 'port' | 'close'>;

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
  post('/customer/sets-marketing', async ({ customer }, body) => {
    const value = text(body, 'value') === 'stop' ? 'stop' : 'resume';
    return deliverySummary(await customer.setsMarketing({ from: text(body, 'from'), value }));
  }),
  post('/faults', ({ faults }, body) => {
    faults.next(body as unknown as Fault);
    return { pending: faults.pending() };
  }),
  post('/statuses', (sandbox, body) => {
    const code = typeof body['errorCode'] === 'number' ? body['errorCode'] : undefined;
    return deliverySummary(sandbox.postStatus(text(body, 'messageId'), text(body, 'status') as StatusName, code));
  }),
  post('/settings', ({ settings }, body) => {
    for (const key of Object.keys(body)) {
      if (!(key in settings)) throw new Error(`There is no setting ${key}`);
    }
    Object.assign(settings, body);
    return { changed: Object.keys(body) };
  }),
  post('/templates', ({ templates }, body) => templates.seed(body as unknown as TemplateSeed)),
  post('/templates/status', ({ templates }, body) =>
    deliverySummary(templates.setStatus(text(body, 'id'), text(body, 'status'), textOf(body['reason']))),
  ),
  get('/templates', ({ templates }) => templates.list()),
  post('/redeliver', (sandbox, body) => sandbox.redeliver(Number(body['count'] ?? 1)).map(deliverySummary)),
  get('/messages', (sandbox) => sandbox.listReceivedMessages().map(messageSummary)),
  get('/messages/next', async (sandbox, _body, { query }) => {
    const from = Number(query.get('from') ?? 0);
    const received = () => sandbox.listReceivedMessages().slice(from);
    const messages = await sandbox.waitFor(
      () => received().length > 0 && received(),
      Number(query.get('timeoutMs') ?? 5_000),
      'the next message',
    );
    return messages.map(messageSummary);
  }),
  get('/requests', (sandbox) => {
    // Without headers and parameters: they carry tokens.
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

function messageSummary(message: AcceptedMessage): JsonObject {
  const { id, phoneNumberId, acceptedAt, to, type, body, bizOpaqueCallbackData, statuses } = message;
  return { id, phoneNumberId, acceptedAt, to: to.waId ?? to.userId, type, body, bizOpaqueCallbackData, statuses };
}
