import { ok, route, type Api, type Call } from '../kit/api.ts';
import { firstOf, header, parameter } from '../kit/credentials.ts';
import { listOf } from '../kit/json.ts';
import { PlainRefusal, retryAfter } from '../kit/refusal.ts';
import * as s from '../kit/schema.ts';
import { refusalOf, refuse } from './errors.ts';
import { BOT_MESSAGE, listMessages, MESSAGE, sendByBot, sendByUser } from './messages.ts';
import { channelResource, userResource } from './resources.ts';
import { channelOf, userOf, type GroupChannel, type World } from './world.ts';

const IDS = s.list(s.text(80), 1, 100);

function channelIn({ world, params }: Call<World>): GroupChannel {
  const channel = world.channels.get(params['url'] ?? '');
  if (channel === undefined) throw refuse(400201, 'Channel');
  return channel;
}

/** The users of these ids, who have to be there already. */
function known(world: World, ids: unknown): string[] {
  const all = listOf(ids).map(String);
  if (all.some((id) => !world.users.has(id))) throw refuse(400201, 'User');
  return all;
}

function open({ world, fields }: Call<World>) {
  const ids = known(world, fields['user_ids']);
  const isSame = ({ isDistinct, members }: GroupChannel) =>
    isDistinct && members.size === ids.length && ids.every((id) => members.has(id));
  const same = fields['is_distinct'] === true ? [...world.channels.values()].find(isSame) : undefined;
  if (same !== undefined) return ok({ ...channelResource(world, same), is_created: false });
  const channel = channelOf(world, `group_channel_${world.newId()}`, ids);
  channel.isDistinct = fields['is_distinct'] === true;
  channel.name = String(fields['name'] ?? '');
  return ok({ ...channelResource(world, channel), is_created: true });
}

function members(call: Call<World>) {
  const { world } = call;
  const all = [...channelIn(call).members].map((id) => ({ ...userResource(userOf(world, id)), state: 'joined' }));
  return ok({ members: all, next: '' });
}

const typing = (isTyping: boolean) => (call: Call<World>) => {
  const { url, members: inside } = channelIn(call);
  const userIds = listOf(call.fields['user_ids']).map(String);
  if (userIds.some((id) => !inside.has(id))) throw refuse(900020);
  call.world.typing.push({ channelUrl: url, userIds, isTyping });
  return ok({});
};

/** Bytes of what users sent. */
function download({ world, params }: Call<World>) {
  const file = world.files.get(params['id'] ?? '');
  if (file === undefined) throw new PlainRefusal(404, 'Not found');
  return { status: 200, body: file.content, headers: { 'content-type': file.mimeType } };
}

const CHANNEL = '/v3/group_channels/:url';
const SEND = { operation: 'send', takes: ['json'] as const };

/** The Chat Platform API, as far as the business needs it. */
export const API: Api<World> = {
  routes: [
    route('POST', '/v3/group_channels', {
      ...{ operation: 'channels', takes: ['json'] },
      schema: s.object({
        ...{ user_ids: IDS, name: s.optional(s.text(191)), custom_type: s.optional(s.text(128)) },
        ...{ data: s.optional(s.text(60_000, 0)), is_distinct: s.optional(s.boolean), strict: s.optional(s.boolean) },
      }),
      handle: open,
    }),
    route('GET', '/v3/group_channels', {
      operation: 'channels',
      handle: ({ world }) => ok({ channels: [...world.channels.values()].map((one) => channelResource(world, one)) }),
    }),
    route('POST', `${CHANNEL}/messages`, { ...SEND, schema: MESSAGE, handle: limited(sendByUser) }),
    route('GET', `${CHANNEL}/messages`, { operation: 'lookup', handle: listMessages }),
    route('PUT', `${CHANNEL}/messages/mark_as_read`, {
      ...{ operation: 'read', takes: ['json'], schema: s.object({ user_id: s.text(80) }) },
      handle: (call) => {
        const { url, members: inside } = channelIn(call);
        const userId = String(call.fields['user_id']);
        if (!inside.has(userId)) throw refuse(900020);
        call.world.readMarks.push({ channelUrl: url, userId });
        return ok({});
      },
    }),
    route('POST', `${CHANNEL}/typing`, {
      ...{ operation: 'read', schema: s.object({ user_ids: IDS }), handle: typing(true) },
    }),
    route('DELETE', `${CHANNEL}/typing`, {
      ...{ operation: 'read', schema: s.object({ user_ids: IDS }), handle: typing(false) },
    }),
    route('POST', `${CHANNEL}/invite`, {
      ...{ operation: 'channels', schema: s.object({ user_ids: IDS, inviter_id: s.optional(s.text(80)) }) },
      handle: (call) => {
        const channel = channelIn(call);
        for (const id of known(call.world, call.fields['user_ids'])) channel.members.add(id);
        return ok(channelResource(call.world, channel));
      },
    }),
    route('GET', `${CHANNEL}/members`, { operation: 'channels', handle: members }),
    route('POST', '/v3/bots/:id/send', { ...SEND, schema: BOT_MESSAGE, handle: limited(sendByBot) }),
    route('GET', '/files/:id', { operation: 'download', handle: download }),
  ],
  auth: {
    presented: firstOf(header('api-token'), parameter('auth')),
    callerOf: (token, { settings: { apiToken, secondaryTokens } }) =>
      [apiToken, ...secondaryTokens].includes(token) ? 'application' : undefined,
    unknown: () => refuse(400401),
  },
  refusals: {
    faults: {
      throttled: ({ retryAfterSeconds }) => refuse(500910, '', retryAfter(retryAfterSeconds)),
      server_error: () => refuse(500901),
      unavailable: () => new PlainRefusal(503, '<html><h1>503</h1></html>', { 'content-type': 'text/html' }),
      token_expired: () => refuse(400401),
    },
    noRoute: () => new PlainRefusal(404, { error: true, code: 400201, message: 'Resource not found.' }),
    type: () => refuse(400403),
    invalid: refusalOf,
  },
};

/** Holds what the application sends in a second to its tier. */
function limited(handle: (call: Call<World>) => ReturnType<typeof sendByUser>) {
  return (call: Call<World>) => {
    const { settings, limiter, clock } = call.world;
    if (settings.perSecond !== null) {
      const rate = { burst: settings.perSecond, refillMs: 1_000 / settings.perSecond };
      if (limiter.waitMs('sends', clock.now(), rate) > 0) throw refuse(500910);
      limiter.spend('sends', clock.now(), rate);
    }
    return handle(call);
  };
}
