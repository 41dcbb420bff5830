import type { Fault } from './faults.ts';
import type { HttpReply, HttpRequest } from './http-server.ts';
import { objectOf, textOf, type JsonObject } from './json.ts';
import { matchRoute, type Route } from './router.ts';
import type { People, Sandbox, SandboxParty } from './sandbox.ts';
import type { WebhookDelivery } from './webhook-poster.ts';

/** One request to the control API of a sandbox. */
export interface Asked<S> {
  sandbox: S;
  body: JsonObject;
  request: HttpRequest;
  params: Record<string, string>;
}
export type Control<S> = Route<(asked: Asked<S>) => unknown>;

export const post = <S>(path: string, handler: Control<S>['handler']): Control<S> => ({
  method: 'POST',
  path: `/_sandbox${path}`,
  handler,
});
export const get = <S>(path: string, handler: Control<S>['handler']): Control<S> => ({
  method: 'GET',
  path: `/_sandbox${path}`,
  handler,
});

/** Answers `/_sandbox/…`; what the action throws comes back as 400 with its message. */
export async function answerControl<S>(
  controls: readonly Control<S>[],
  sandbox: S,
  request: HttpRequest,
): Promise<HttpReply> {
  const match = matchRoute(controls, request.method, request.rawPath);
  if (!match) return { status: 404, body: { sandbox_error: 'There is no such control' } };
  try {
    const asked = { sandbox, body: request.body.fields, request, params: match.params };
    return { status: 200, body: await match.handler(asked) };
  } catch (error) {
    return { status: 400, body: { sandbox_error: error instanceof Error ? error.message : String(error) } };
  }
}

export function text(body: JsonObject, key: string): string {
  const value = textOf(body[key]);
  if (value === undefined) throw new Error(`${key} is required`);
  return value;
}

export function deliverySummary(delivery: WebhookDelivery | undefined): JsonObject {
  if (delivery === undefined) return { outcome: 'nobody' };
  const { url, attempts, outcome } = delivery;
  return { url, attempts, outcome };
}

interface Sent {
  id: string;
  status: number | undefined;
}

function sentSummary({ id, status }: Sent): JsonObject {
  return { id, status };
}

/** The controls of a sandbox as a whole. */
export function sandboxControls<S extends Pick<Sandbox<object>, 'settings' | 'faults' | 'requests'>>(): Control<S>[] {
  return [
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
    get('/requests', ({ sandbox }) =>
      // Without headers and parameters: they carry secrets.
      sandbox.requests().map(({ at, method, path, status, fault }) => ({ at, method, path, status, fault })),
    ),
  ];
}

/** The controls of what is exchanged with people; `prefix` is the path of the party that `partyOf` finds. */
export function partyControls<S extends Pick<Sandbox<object>, 'waitFor'>, Message>(
  prefix: string,
  partyOf: (asked: Asked<S>) => SandboxParty<Message>,
  messageSummary: (message: Message) => JsonObject,
): Control<S>[] {
  return [
    post(`${prefix}/redeliver`, (asked) =>
      partyOf(asked)
        .redeliver(Number(asked.body['count'] ?? 1))
        .map(deliverySummary),
    ),
    get(`${prefix}/messages`, (asked) => partyOf(asked).listReceivedMessages().map(messageSummary)),
    get(`${prefix}/messages/next`, async (asked) => {
      const { query } = asked.request;
      const from = Number(query.get('from') ?? 0);
      const received = () => partyOf(asked).listReceivedMessages().slice(from);
      const timeoutMs = Number(query.get('timeoutMs') ?? 5_000);
      const probe = () => received().length > 0 && received();
      const messages = await asked.sandbox.waitFor(probe, timeoutMs, 'the next message');
      return messages.map(messageSummary);
    }),
    get(`${prefix}/webhooks`, (asked) => partyOf(asked).webhooks.deliveries.map(deliverySummary)),
  ];
}

/** The bodies are those of the methods with the same name; a wrong one fails inside them. */
function customerControls<S extends { customer: People<never> }>(): Control<S>[] {
  return [
    post('/customer/sends', async ({ sandbox, body }) => sentSummary(await sandbox.customer.sends(body as never))),
    post('/customer/taps', async ({ sandbox, body }) =>
      sentSummary(await sandbox.customer.taps({ messageId: text(body, 'messageId'), choice: text(body, 'choice') })),
    ),
    post('/customer/replies', async ({ sandbox, body }) =>
      sentSummary(await sandbox.customer.replies({ messageId: text(body, 'messageId'), text: text(body, 'text') })),
    ),
    post('/customer/submits-form', async ({ sandbox, body }) => {
      const form = { messageId: text(body, 'messageId'), response: objectOf(body['response']) };
      return sentSummary(await sandbox.customer.submitsForm(form));
    }),
    post('/customer/reads', async ({ sandbox, body }) =>
      deliverySummary(await sandbox.customer.reads(text(body, 'messageId'))),
    ),
  ];
}

export interface OneParty<Message>
  extends Pick<Sandbox<object>, 'settings' | 'faults' | 'requests' | 'waitFor'>, SandboxParty<Message> {
  customer: People<never>;
  postStatus(messageId: string, status: never, errorCode?: number): WebhookDelivery | undefined;
}

/** The controls of a sandbox with one party, which has no path of its own. */
export function onePartyControls<S extends OneParty<Message>, Message>(
  messageSummary: (message: Message) => JsonObject,
): Control<S>[] {
  return [
    ...sandboxControls<S>(),
    ...partyControls<S, Message>('', ({ sandbox }) => sandbox, messageSummary),
    ...customerControls<S>(),
    post('/statuses', ({ sandbox, body }) => {
      const code = typeof body['errorCode'] === 'number' ? body['errorCode'] : undefined;
      return deliverySummary(sandbox.postStatus(text(body, 'messageId'), text(body, 'status') as never, code));
    }),
  ];
}
