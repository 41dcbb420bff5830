/** Reads JSON of webhooks, with a bound on nesting: parsers and everything behind them may then recurse safely. */
import { VerificationError } from '../../core/errors.ts';
import { parseExactly } from '../../core/exact-json.ts';
import { isWithinDepth, MAX_JSON_DEPTH } from '../../core/json-depth.ts';
import type { ChannelEvent } from '../channel.ts';
import { fingerprint } from './fingerprint.ts';
import { isObject, type JsonObject } from './json.ts';

/** Reads the JSON object in `body`, for `verify`. Throws `VerificationError('malformed')` for anything else, without quoting it. */
export function readJsonObject(body: Buffer): JsonObject {
  if (!isWithinDepth(body, MAX_JSON_DEPTH)) {
    throw new VerificationError('malformed', `The body nests deeper than ${MAX_JSON_DEPTH} levels.`);
  }
  let value: unknown;
  try {
    value = parseExactly(body.toString('utf8'));
  } catch {
    throw new VerificationError('malformed', 'The body is not JSON.');
  }
  if (!isObject(value)) throw new VerificationError('malformed', 'The body is not a JSON object.');
  return value;
}

/** Parses the JSON object in `body`. Total: a body that `verify` would have refused is kept as one `unsupported`, with the reason. */
export function parseJsonBody(body: Buffer, parse: (object: JsonObject) => ChannelEvent[]): ChannelEvent[] {
  let object: JsonObject;
  try {
    object = readJsonObject(body);
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error;
    const raw = body.toString('utf8');
    return [{ type: 'unsupported', dedupeKey: `body:${fingerprint(raw)}`, raw, data: { reason: error.message } }];
  }
  return parse(object);
}

/** Reads answers that stand as JSON in a text: a person's answers to a form. What is no object becomes its member `value`. */
export function readAnswers(text: string): JsonObject {
  if (!isWithinDepth(Buffer.from(text))) return { value: text };
  try {
    const value = parseExactly(text);
    return isObject(value) ? value : { value };
  } catch {
    return { value: text };
  }
}
