import type { Fault } from '../kit/faults.ts';
import type { HttpReply, HttpRequest } from '../kit/http-server.ts';
import { textOf, type JsonObject } from '../kit/json.ts';
import { matchRoute, type Route } from '../kit/router.ts';
import type { WebhookDelivery } from '../kit/webhook-poster.ts';
import type { AcceptedMessage, StatusName } from './customer-world.ts';
import { metadataOf } from './messages.ts';
import type { MetaSandbox, Party } from './sandbox.ts';
import type { TemplateSeed } from './templates.ts';

/** The part of the sandbox that can be reached over HTTP. */
export type Controlled = Omit<MetaSandbox, 'url' | 'port' | 'close'>;

interface Asked {
  sandbox: Controlled;
  body: JsonObject;
  request: HttpRequest;
  params: Record<string, string>;
}
type Action = (asked: Asked) => unknown;

const post = (path: string, handler: Action): Route<Action> => ({ method: 'POST', path: `/_sandbox${path}`, handler });
const get = (path: string, handler: Action): Route<Action> => ({ method: 'GET', path: `/_sandbox${path}`, handler });

/** `sets-marketing` → `setsMarketing` */
const camel = (name: string): string => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

function partyOf({ sandbox, params }: Asked): Party {
  const { platform } = params;
  if (platform !== 'messenger' && platform !== 'instagram') throw new Error('There is messenger and instagram');
  return sandbox[platform];
}

/** What people do, by the name of the method; its body is the method's. `reads` takes `{messageId}`. */
async function actOf(asked: Asked, who: 'customer' | 'inbox'): Promise<unknown> {
  const name = camel(asked.params['act'] ?? '');
  const side: object = partyOf(asked)[who];
  const act: unknown = Object.hasOwn(side, name) ? Reflect.get(side, name) : undefined;
  if (typeof act !== 'function') throw new Error(`The ${who} cannot do ${name}`);
  const argument: unknown = name === 'reads' ? text(asked.body, 'messageId') : asked.body;
  const done: unknown = await Reflect.apply(act, side, [argument]);
  return summary(done);
}

function isDelivery(value: unknown): value is WebhookDelivery {
  return typeof value === 'object' && value !== null && 'attempts' in value;
}

function summary(done: unknown): unknown {
  if (done === undefined || isDelivery(done)) return deliverySummary(done);
  if (Array.isArray(done)) return done.map(summary);
  const { delivery: _, ...rest } = done as JsonObject;
  return rest;
}

const ROUTES: Route<Action>[] = [
  post('/:platform/customer/:act', (asked) => actOf(asked, 'customer')),
  post('/:platform/inbox/:act', (asked) => actOf(asked, 'inbox')),
  post('/faults', ({ sandbox: { faults }, body }) => {
    faults.next(body as unknown as Fault);
    return { pending: faults.pending() };
  }),
  post('/settings', ({ sandbox: { settings }, body }) => {
    for (const key of Object.keys(body)) {
      if (!(key in settings)) throw new Error(`There is no setting ${key}`);
    }
    Object.assign(settings, body);
    return { changed: Object.keys(body) };
  }),
  post('/templates', ({ sandbox: { templates }, body }) => templates.seed(body as unknown as TemplateSeed)),
  get('/templates', ({ sandbox: { templates } }) => templates.list()),
  post('/:platform/statuses', (asked) =>
    deliverySummary(partyOf(asked).postStatus(text(asked.body, 'messageId'), text(asked.body, 'status') as StatusName)),
  ),
  post('/:platform/redeliver', (asked) =>
    partyOf(asked)
      .redeliver(Number(asked.body['count'] ?? 1))
      .map(deliverySummary),
  ),
  get('/:platform/messages', (asked) => partyOf(asked).listReceivedMessages().map(messageSummary)),
  get('/:platform/messages/next', async (asked) => {
    const { query } = asked.request;
    const from = Number(query.get('from') ?? 0);
    const received = () => partyOf(asked).listReceivedMessages().slice(from);
    const messages = await asked.sandbox.waitFor(
      () => received().length > 0 && received(),
      Number(query.get('timeoutMs') ?? 5_000),
      'the next message',
    );
    return messages.map(messageSummary);
  }),
  get('/:platform/actions', (asked) => partyOf(asked).listSenderActions()),
  get('/requests', ({ sandbox }) =>
    // Without headers and parameters: they carry tokens.
    sandbox.requests().map(({ at, method, path, status, fault }) => ({ at, method, path, status, fault })),
  ),
  get('/:platform/webhooks', (asked) => partyOf(asked).webhooks.deliveries.map(deliverySummary)),
];

/** Answers `/_sandbox/…`; what the action throws comes back as 400 with its message. */
export async function answerControl(sandbox: Controlled, request: HttpRequest): Promise<HttpReply> {
  const match = matchRoute(ROUTES, request.method, request.path);
  if (!match) return { status: 404, body: { sandbox_error: 'There is no such control' } };
  try {
    const asked = { sandbox, body: request.body.fields, request, params: match.params };
    return { status: 200, body: await match.handler(asked) };
  } catch (error) {
    return { status: 400, body: { sandbox_error: error instanceof Error ? error.message : String(error) } };
  }
}

function text(body: JsonObject, key: string): string {
  const value = textOf(body[key]);
  if (value === undefined) throw new Error(`${key} is required`);
  return value;
}

function deliverySummary(delivery: WebhookDelivery | undefined): JsonObject {
  if (delivery === undefined) return { outcome: 'nobody' };
  const { url, attempts, outcome } = delivery;
  return { url, attempts, outcome };
}

function messageSummary(message: AcceptedMessage): JsonObject {
  const { id, acceptedAt, to, body, statuses } = message;
  return { id, acceptedAt, to, body, metadata: metadataOf(message), statuses };
}
