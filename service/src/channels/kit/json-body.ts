/** Reads a verified webhook body, with a bound on nesting: parsers and everything behind them may then recurse safely. */
import { VerificationError } from '../../core/errors.ts';
import { isWithinDepth, MAX_JSON_DEPTH } from '../../core/json-depth.ts';
import { isObject, type JsonObject } from './json.ts';

/** The JSON object in `body`; throws `VerificationError('malformed')` for anything else, without quoting it. */
export function readJsonObject(body: Buffer): JsonObject {
  if (!isWithinDepth(body, MAX_JSON_DEPTH)) {
    throw new VerificationError('malformed', `The body nests deeper than ${MAX_JSON_DEPTH} levels.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    throw new VerificationError('malformed', 'The body is not JSON.');
  }
  if (!isObject(value)) throw new VerificationError('malformed', 'The body is not a JSON object.');
  return value;
}
