/** The smallest complete stand-in: a provider that does not exist. Copy it to begin one; `stand-in.test.ts` holds it to what it declares. */
import { createHmac } from 'node:crypto';
import { ok, route, type Api } from './api.ts';
import { onePartyControls, type Control, type OneParty } from './control.ts';
import { bearer, verifiedJwt } from './credentials.ts';
import { cursorOf, pageOf, positionOf } from './paging.ts';
import { PlainRefusal, retryAfter } from './refusal.ts';
import * as s from './schema.ts';
import { retryOf, settingsFrom, startStandIn, worldFor, type StandInOptions, type StandInWorld } from './stand-in.ts';
import { WebhookPoster, type WebhookDelivery } from './webhook-poster.ts';
import { postedBy, posterFor } from './webhooks.ts';

/** What may be changed at any time, and what it is by default. */
const SETTINGS = { loft: 'loft-1', key: 'pigeon-key', secret: 'pigeon-secret' };
type Settings = typeof SETTINGS;

interface Message {
  id: string;
  to: string;
  text: string;
}

interface World extends StandInWorld<Settings> {
  sent: Message[];
  files: Map<string, Buffer>;
  callbackUrl: string;
  poster: WebhookPoster;
}

const refuse = (status: number, code: string, detail: string, headers?: Record<string, string>) =>
  new PlainRefusal(status, { error: { code, detail } }, headers);

const invalid = ({ kind, path }: s.Issue) => refuse(422, `${kind}_member`, `${path.join('.')} is not as it has to be`);

const MESSAGE = s.object({
  to: s.text(20),
  text: s.text(100),
  urgency: s.optional(s.oneOf('coo', 'flap')),
  feathers: s.optional(s.list(s.object({ colour: s.text(10) }), 1, 2)),
});

const API: Api<World> = {
  routes: [
    route('POST', '/v1/messages', {
      ...{ operation: 'send', takes: ['json', 'form'], maxBytes: 1_000, schema: MESSAGE },
      rate: { burst: 3, refillMs: 1_000, by: ({ caller }) => caller },
      handle: ({ world, fields }) => {
        const message = { id: world.newId(), to: String(fields['to']), text: String(fields['text']) };
        world.sent.push(message);
        world.changes.notify();
        setImmediate(() => void post(world, { status: 'landed', id: message.id }));
        return ok({ id: message.id }, 201);
      },
    }),
    route('GET', '/v1/messages', {
      operation: 'list',
      handle: ({ world, fields }) => {
        const start = fields['after'] === undefined ? 0 : positionOf(String(fields['after']));
        if (start === undefined) throw refuse(400, 'wrong_cursor', 'That is none of ours');
        const { items, next } = pageOf(world.sent, start, 2);
        return ok({ messages: items, ...(next !== undefined && { after: cursorOf(next) }) });
      },
    }),
    route('GET', '/v1/messages/:id', {
      operation: 'lookup',
      handle: ({ world, params }) => {
        const message = world.sent.find(({ id }) => id === params['id']);
        if (message === undefined) throw refuse(404, 'unknown_message', `There is no message ${params['id']}`);
        return ok(message);
      },
    }),
    route('POST', '/v1/files', {
      ...{ operation: 'media', takes: ['multipart'], maxBytes: 5_000 },
      handle: ({ world, request }) => {
        const id = world.newId();
        world.files.set(id, request.body.files[0]?.content ?? Buffer.alloc(0));
        return ok({ id }, 201);
      },
    }),
  ],
  auth: {
    presented: bearer(),
    callerOf: (token, { settings, clock }) => {
      const claims = verifiedJwt(token, () => settings.key);
      const isFresh = Math.abs(Number(claims?.['iat']) * 1000 - clock.now()) < 300_000;
      return claims?.['iss'] === settings.loft && isFresh ? settings.loft : undefined;
    },
    unknown: (token) => refuse(401, token === undefined ? 'no_token' : 'wrong_token', 'Who flies there?'),
  },
  refusals: {
    faults: {
      throttled: ({ retryAfterSeconds }) => refuse(429, 'too_fast', 'Rest', retryAfter(retryAfterSeconds)),
      server_error: () => refuse(500, 'storm', 'A storm'),
      unavailable: () => refuse(503, 'night', 'No flights at night'),
      token_expired: () => refuse(401, 'wrong_token', 'Who flies there?'),
    },
    noRoute: ({ request }) => refuse(404, 'no_route', `No way to ${request.path}`),
    method: (_, allowed) => refuse(405, 'wrong_method', 'Another method', { allow: allowed.join(', ') }),
    type: () => refuse(415, 'wrong_type', 'Another content type'),
    size: (_, maxBytes) => refuse(413, 'too_heavy', `At most ${maxBytes} bytes`),
    limited: (_, waitMs) => refuse(429, 'too_fast', 'Rest', retryAfter(Math.ceil(waitMs / 1000))),
    invalid,
  },
};

function post({ poster, callbackUrl }: World, event: object): WebhookDelivery | undefined {
  const own = { 'x-pigeon-event': 'status' in event ? 'status' : 'message' };
  return callbackUrl === '' ? undefined : poster.post(callbackUrl, Buffer.from(JSON.stringify(event)), own);
}

/** Of `OneParty`, what tests of a channel use. */
type Pigeon = OneParty<Message> & { webhooks: { close(): Promise<void> } };

function members(world: World): Omit<Pigeon, 'settings' | 'faults' | 'requests' | 'waitFor'> {
  const writes = async (content: object) => {
    const id = world.newId();
    const delivery = post(world, { id, ...content });
    return { id, status: (await delivery?.first)?.status, delivery };
  };
  return {
    customer: {
      sends: writes,
      taps: writes,
      replies: writes,
      submitsForm: writes,
      reads: async (id) => post(world, { status: 'read', id }),
    },
    webhooks: postedBy(world.poster),
    listReceivedMessages: () => world.sent,
    redeliver: postedBy(world.poster).redeliver,
    postStatus: (id, status) => post(world, { status, id }),
  };
}

const CONTROLS: Control<Pigeon>[] = onePartyControls<Pigeon, Message>((message) => ({ ...message }));

/** Starts it. A webhook is signed by its bytes, taken by 200 only, and given up after 410. */
export function startPigeon(options: Partial<Settings> & StandInOptions & { callbackUrl?: string } = {}) {
  const base = { ...worldFor(settingsFrom(SETTINGS, options), options), sent: [], files: new Map<string, Buffer>() };
  const ends = { isTaken: (status: number) => status === 200, isFinal: (status: number) => status === 410 };
  const poster = posterFor(base, { ...retryOf(options), ...ends }, (body) => ({
    'x-pigeon-signature': createHmac('sha256', base.settings.secret).update(body).digest('hex'),
  }));
  const world: World = { ...base, poster, callbackUrl: options.callbackUrl ?? '' };
  const closed = () => [poster];
  return startStandIn<World, Settings, Pigeon>({ api: API, members, controls: CONTROLS, closed }, world, options);
}
