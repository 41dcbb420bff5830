import type { HttpReply } from '../kit/http-server.ts';
import { objectOf, textOf } from '../kit/json.ts';
import { requireText } from './checks.ts';
import { ok, sideOf, type GraphCall } from './graph-call.ts';

/** An instant as the Graph API writes it: whole seconds, and an offset without a colon. */
const written = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}+0000`;

/** GET /{account}/conversations?user_id=…: what was said to this person, the newest first. */
export function readConversations(call: GraphCall): HttpReply {
  const side = sideOf(call);
  const person = requireText(call.fields['user_id'], 'user_id', 64);
  const messages = [...side.accepted.values()]
    .filter(({ to }) => to === person)
    .map(({ id, acceptedAt, body }) => ({
      id,
      created_time: written(acceptedAt),
      from: { id: side.settings.accountId },
      to: { data: [{ id: person }] },
      message: textOf(objectOf(body['message'])['text']) ?? '',
    }));
  return ok({ data: messages.length === 0 ? [] : [{ id: `t_${person}`, messages: { data: messages.toReversed() } }] });
}
