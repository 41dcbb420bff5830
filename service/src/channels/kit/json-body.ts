/** Reads JSON of webhooks, with a bound on nesting: parsers and everything behind them may then recurse safely. */
import { VerificationError } from '../../core/errors.ts';
import { parseExactly } from '../../core/exact-json.ts';
import { isWithinDepth, MAX_JSON_DEPTH } from '../../core/json-depth.ts';
import { isObject, type JsonObject } from './json.ts';

/** The JSON object in `body`; throws `VerificationError('malformed')` for anything else, without quoting it. */
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
