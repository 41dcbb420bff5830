/**
 * Contents that the app draws. Sendbird knows texts and files only; what else a message shows is made by the app of the message's `data`, a text of
 * its own choosing. Parley writes the content there as JSON, `{"schema": "parley/v1", "content": …}`, and reads what the user chose from the `data`
 * of their message, `{"schema": "parley/v1", "answer": …}`.
 */
import type { OutboundContent } from '../../../../contract/message.ts';
import { degraded } from '../../core/degrade.ts';
import type { ParsedContent } from '../channel.ts';
import { readAnswers } from '../kit/json-body.ts';
import { compact, idOf, isObject, numberOf, objectOf, objectsOf, textOf, type JsonObject } from '../kit/json.ts';

export const SCHEMA = 'parley/v1';
/** The ids of the longest list that is sent, and more. */
const MAX_CHOICES = 200;

/** Writes what the app is to draw. */
export function drawnData(content: OutboundContent): string {
  return JSON.stringify({ schema: SCHEMA, content });
}

/** Says a drawn content in words, for lists of messages, notifications, and apps that do not draw it (yet). */
export function fallbackOf(content: OutboundContent): string {
  const said = degraded(content, ['text'], () => true);
  if (said?.type === 'text') return said.text;
  return 'text' in content ? (content.text ?? '') : '';
}

/** Reads the answer in the `data` of a user's message; undefined: there is none, and `message` is all that was said. */
export function answerIn(data: unknown, message: string): ParsedContent | undefined {
  const written = textOf(data);
  if (written === undefined || !written.includes(SCHEMA)) return undefined;
  const { schema, answer } = readAnswers(written);
  return schema === SCHEMA && isObject(answer) ? contentOf(answer, message) : undefined;
}

function contentOf(answer: JsonObject, message: string): ParsedContent | undefined {
  const id = idOf(answer.id);
  const text = textOf(answer.title) ?? message;
  switch (answer.type) {
    case 'button':
      return id === undefined ? undefined : { type: 'button', buttonId: id, text, source: 'message' };
    case 'list':
      return id === undefined ? undefined : { type: 'list', buttonId: id, text };
    case 'choices':
      return choicesIn(answer, text);
    case 'time_slot':
      return id === undefined ? undefined : slotIn(id, answer, text);
    case 'form':
      return compact({ type: 'form', name: 'pages', text, token: idOf(answer.token), data: objectOf(answer.data) });
    default:
      return undefined;
  }
}

function choicesIn({ choices }: JsonObject, text: string): ParsedContent | undefined {
  const picked = objectsOf(choices)
    .slice(0, MAX_CHOICES)
    .flatMap((choice) => {
      const buttonId = idOf(choice.id);
      return buttonId === undefined ? [] : [{ buttonId, text: textOf(choice.title) ?? buttonId }];
    });
  return picked.length === 0 ? undefined : { type: 'choices', choices: picked, text };
}

function slotIn(slotId: string, { startsAt, durationMs }: JsonObject, text: string): ParsedContent | undefined {
  const at = Date.parse(textOf(startsAt) ?? '');
  if (Number.isNaN(at)) return undefined;
  return compact({
    type: 'time_slot',
    slotId,
    startsAt: new Date(at).toISOString(),
    durationMs: numberOf(durationMs),
    text,
  });
}
