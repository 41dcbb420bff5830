/**
 * What a channel itself costs: a webhook's bytes read into facts, and a text checked, written and handed to an HTTP client that answers at
 * once. The baselines are what cannot be done without: the same bytes through the parser of their format, the same request made into bytes.
 */
import type { Channel } from '../service/src/channels/channel.ts';
import type { ConnectorIo, RawRequest } from '../service/src/connectors/connector.ts';
import type { HttpRequest } from '../service/src/core/http.ts';
import { watchedClock } from '../service/src/core/watched-clock.ts';
import type { ChannelSample } from './channel-samples.ts';
import { TEXT } from './channel-samples.ts';
import { recipientOf } from '../test/support/recipient.ts';

export interface ChannelPlan {
  rounds: number;
  /** Messages of each round. */
  count: number;
}

/** Microseconds per message, round by round. */
export interface ChannelCost {
  name: string;
  bytes: number;
  read: number[];
  readBaseline: number[];
  written: number[];
  writtenBaseline: number[];
}

/** Everything is compiled by then. */
const WARM_UP = 2_000;

export async function measureChannel(channel: Channel, sample: ChannelSample, plan: ChannelPlan): Promise<ChannelCost> {
  const read = reader(channel, sample);
  const { write, request } = await writer(channel, sample);
  const works = { read, readBaseline: parser(sample), written: write, writtenBaseline: encoder(request) };
  const cost = {
    name: channel.name,
    bytes: sample.webhook.length,
    read: [],
    readBaseline: [],
    written: [],
    writtenBaseline: [],
  };
  for (const work of Object.values(works)) await timed(work, WARM_UP);
  for (let round = 0; round < plan.rounds; round++) {
    for (const [name, work] of Object.entries(works)) {
      (cost[name as keyof typeof works] as number[]).push(await timed(work, plan.count));
    }
  }
  return cost;
}

type Work = () => unknown;

async function timed(work: Work, count: number): Promise<number> {
  const startedAt = performance.now();
  for (let i = 0; i < count; i++) {
    const done = work();
    if (done instanceof Promise) await done;
  }
  return ((performance.now() - startedAt) * 1_000) / count;
}

function parser({ webhook, isForm }: ChannelSample): Work {
  return isForm
    ? () => [...new URLSearchParams(webhook.toString('utf8'))]
    : () => JSON.parse(webhook.toString('utf8')) as unknown;
}

function reader(channel: Channel, sample: ChannelSample): Work {
  const settings = channel.settings.parse(sample.settings);
  const url = `https://parley.example.com/webhooks/${channel.id}/e1`;
  const request: RawRequest = { method: 'POST', url, headers: {}, query: {}, body: sample.webhook };
  const types = channel.parse(request, settings).map(({ type }) => type);
  if (types.join() !== 'message.received') throw new Error(`${channel.name} reads its sample as: ${types.join()}`);
  return () => channel.parse(request, settings);
}

async function writer(channel: Channel, { settings: given, to, thread = '', answer }: ChannelSample) {
  const settings = channel.settings.parse(given);
  let request: HttpRequest | undefined;
  let length = 0;
  const http = {
    request: async (one: HttpRequest) => {
      request = one;
      length += bytesOf(one).length;
      return answer;
    },
    stream: () => Promise.reject(new Error('A text needs no file')),
  };
  const log = { info: () => undefined, warn: () => undefined };
  const io: ConnectorIo = { http, log, clock: watchedClock({ now: () => 1_750_000_000_000, monotonic: () => 0 }) };
  const content = { type: 'text' as const, text: TEXT };
  const write = async () => {
    channel.check(content, settings);
    const recipient = recipientOf(channel, to, settings);
    const circumstances = { thread, author: { type: 'bot' as const }, session: 'open' as const, options: {} };
    const webhookUrl = 'https://parley.example.com/webhooks/e1';
    return channel.send({ id: 'msg_1', to: recipient, content, webhookUrl, ...circumstances }, settings, io);
  };
  const receipt = await write();
  if (request === undefined || length === 0)
    throw new Error(`${channel.name} sent nothing: ${JSON.stringify(receipt)}`);
  return { write, request };
}

/** Makes the request's bytes once more. */
function encoder(request: HttpRequest): Work {
  const { bytes } = request;
  if (!Buffer.isBuffer(bytes)) return () => bytesOf(request);
  const members = [...new URLSearchParams(bytes.toString('utf8'))];
  return () => Buffer.from(new URLSearchParams(members).toString());
}

/** What the HTTP client makes of it. */
function bytesOf({ json, bytes, form }: HttpRequest): Buffer {
  if (json !== undefined) return Buffer.from(JSON.stringify(json));
  if (form !== undefined) return Buffer.from(JSON.stringify(form));
  return Buffer.isBuffer(bytes) ? bytes : Buffer.alloc(0);
}
