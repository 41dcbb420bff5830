/** Answers to interactive messages: taps, list choices, forms, addresses, call permission. */
import type { ParsedContent } from '../../channel.ts';
import { readAnswers } from '../../kit/json-body.ts';
import { compact, instantOf, isObject, objectOf, textOf, type JsonObject } from '../../kit/json.ts';

function button(reply: JsonObject): ParsedContent | undefined {
  const buttonId = textOf(reply.id);
  if (buttonId === undefined) return undefined;
  return { type: 'button', buttonId, text: textOf(reply.title) ?? '', source: 'message' };
}

function choice(reply: JsonObject): ParsedContent | undefined {
  const buttonId = textOf(reply.id);
  if (buttonId === undefined) return undefined;
  return compact({ type: 'list', buttonId, text: textOf(reply.title) ?? '', description: textOf(reply.description) });
}

/** `response_json` is JSON in a string and may be anything, or nothing. */
function answers(json: unknown): JsonObject {
  const text = textOf(json);
  return text === undefined ? objectOf(json) : readAnswers(text);
}

function form(reply: JsonObject): ParsedContent {
  const data = answers(reply.response_json);
  const text = textOf(reply.body);
  if (reply.name === 'address_message') return compact({ type: 'address', text, data });
  return compact({ type: 'form', name: textOf(reply.name) ?? 'flow', text, token: textOf(data.flow_token), data });
}

function callPermission(reply: JsonObject): ParsedContent | undefined {
  const response = textOf(reply.response);
  if (response === undefined) return undefined;
  return compact({ type: 'call_permission', response, expiresAt: instantOf(reply.expiration_timestamp) });
}

/** `undefined` when the kind is unknown or has no body (Meta then says why in `errors` beside the message). */
export function interactiveContent(interactive: JsonObject): ParsedContent | undefined {
  switch (interactive.type) {
    case 'button_reply':
      return button(objectOf(interactive.button_reply));
    case 'list_reply':
      return choice(objectOf(interactive.list_reply));
    case 'nfm_reply':
      return isObject(interactive.nfm_reply) ? form(interactive.nfm_reply) : undefined;
    case 'call_permission_reply':
      return callPermission(objectOf(interactive.call_permission_reply));
    case 'payment_method':
      return isObject(interactive.payment_method)
        ? { type: 'form', name: 'payment_method', data: interactive.payment_method }
        : undefined;
    default:
      return undefined;
  }
}
