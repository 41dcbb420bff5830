import type { HttpReply } from '../kit/http-server.ts';
import { pageOf } from '../kit/paging.ts';
import { ok, type Call } from './call.ts';
import { TWILIO_DEFAULTS } from './defaults.ts';
import { notFound, TwilioError } from './errors.ts';
import { resourceOf, shownSender } from './messages.ts';
import { postStatus } from './statuses.ts';
import type { SandboxMessage } from './world.ts';

function messageOf({ world, params, request }: Call): SandboxMessage {
  const message = world.messages.get(params['message'] ?? '');
  if (message === undefined) throw notFound(request.path);
  return message;
}

export const readMessage = (call: Call): HttpReply => ok(resourceOf(messageOf(call)));

/** Cancels a scheduled message, or redacts the text of any. */
export function writeMessage(call: Call): HttpReply {
  const message = messageOf(call);
  const { form, world } = call;
  if (form.get('Status') === 'canceled') {
    if (message.status !== 'scheduled') throw new TwilioError(20001, 'Only a scheduled message can be canceled');
    postStatus(world, message, 'canceled');
  } else if (form.get('Body') === '') {
    message.body = '';
  } else {
    throw new TwilioError(20001);
  }
  return ok(resourceOf(message));
}

export function deleteMessage(call: Call): HttpReply {
  call.world.messages.delete(messageOf(call).sid);
  return { status: 204 };
}

/** The day or the instant of a filter. */
function instant(value: string | null): number | undefined {
  return value === null ? undefined : Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(value) ? `${value}T00:00:00Z` : value);
}

/** `date_sent` is empty until a message is really sent: a filter by it does not know what is queued. */
function isListed(message: SandboxMessage, query: URLSearchParams): boolean {
  const [to, from] = [query.get('To'), query.get('From')];
  const [after, before] = [instant(query.get('DateSent>')), instant(query.get('DateSent<'))];
  const isDated = after === undefined && before === undefined ? true : message.sentAt !== undefined;
  const sentAt = message.sentAt ?? 0;
  return (
    (to === null || message.to === to) &&
    (from === null || shownSender(message) === from) &&
    isDated &&
    (after === undefined || sentAt >= after) &&
    (before === undefined || sentAt <= before)
  );
}

/** `GET …/Messages.json`, the newest first. */
export function listMessages({ world, request }: Call): HttpReply {
  const { query } = request;
  const size = Number(query.get('PageSize') ?? 50);
  if (!(size >= 1 && size <= 1_000)) throw new TwilioError(20001, 'PageSize is out of range');
  const all = [...world.messages.values()].reverse().filter((message) => isListed(message, query));
  const page = Number(query.get('Page') ?? 0);
  const token = query.get('PageToken');
  if (page > 0 && token !== `PA${page}`) throw new TwilioError(20001, 'PageToken does not fit the page');
  const next = new URLSearchParams(query);
  next.set('Page', String(page + 1));
  next.set('PageToken', `PA${page + 1}`);
  const path = `/2010-04-01/Accounts/${TWILIO_DEFAULTS.accountSid}/Messages.json`;
  const { items, next: more } = pageOf(all, page * size, size);
  return ok({
    messages: items.map(resourceOf),
    page,
    page_size: size,
    uri: `${path}?${query}`,
    next_page_uri: more === undefined ? null : `${path}?${next}`,
  });
}
