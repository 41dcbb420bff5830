import type { HttpReply } from '../kit/http-server.ts';
import { objectOf, textOf } from '../kit/json.ts';
import { check, text } from '../kit/schema.ts';
import { invalid } from './errors.ts';
import { ok, sideOf, type GraphCall } from './graph-call.ts';

/** An instant as the Graph API writes it: whole seconds, and an offset without a colon. */
const written = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}+0000`;

const MEMBERS = ['id', 'created_time', 'from', 'to', 'message', 'attachments'];

/** The members that `messages{…}` asks for; without it a conversation has its id only. */
function askedFor(fields: unknown): string[] {
  const inner = /messages(?:\.limit\(\d+\))?\{([^}]*)\}/.exec(textOf(fields) ?? '')?.[1];
  return inner?.split(',').map((name) => name.trim()) ?? [];
}

/** Details are told of the newest only. */
const DETAILED = 20;

/** GET /{account}/conversations?user_id=…: what was said to this person, the newest first. */
export function readConversations(call: GraphCall): HttpReply {
  const side = sideOf(call);
  check(text(64), call.fields['user_id'], side, 'user_id');
  const person = String(call.fields['user_id']);
  const asked = askedFor(call.fields['fields']);
  const messages = [...side.accepted.values()]
    .filter(({ to }) => to === person)
    .map(({ id, acceptedAt, body }) => ({
      id,
      created_time: written(acceptedAt),
      from: { id: side.settings.accountId },
      to: { data: [{ id: person }] },
      message: textOf(objectOf(body['message'])['text']) ?? '',
    }));
  const unknown = asked.find((name) => !MEMBERS.includes(name));
  if (unknown !== undefined) throw invalid(`Tried accessing nonexisting field (${unknown})`);
  const shown = messages
    .toReversed()
    .slice(0, DETAILED)
    .map((message) =>
      Object.fromEntries(Object.entries(message).filter(([name]) => name === 'id' || asked.includes(name))),
    );
  const told = asked.length === 0 ? {} : { messages: { data: shown } };
  return ok({ data: messages.length === 0 ? [] : [{ id: `t_${person}`, ...told }] });
}
