import { GraphRefusal, noSuchObject, type ErrorRow, type GraphErrorExtra } from '../kit/meta/graph.ts';
import type { Issue, Path } from '../kit/schema.ts';

/** HTTP status and message of each code the sandbox answers with (Cloud API error codes page). */
const TABLE: Record<number, ErrorRow> = {
  2: { status: 503, message: 'An unexpected error has occurred. Please retry your request later.', isTransient: true },
  10: { status: 403, message: '(#10) Application does not have permission for this action' },
  15: { message: '(#15) This method must be called with an app access_token.' },
  100: { message: '(#100) Invalid parameter' },
  104: { status: 401, message: 'API calls from the server require an appsecret_proof argument' },
  190: { status: 401, message: 'Invalid OAuth access token - Cannot parse access token' },
  200: { status: 403, message: '(#200) You do not have the necessary permissions for this action' },
  803: { status: 404, message: '(#803) Some of the aliases you requested do not exist' },
  2200: { message: '(#2200) Callback verification failed' },
  2500: { message: 'Unknown path components' },
  130429: { message: '(#130429) Rate limit hit' },
  131000: { status: 500, message: '(#131000) Something went wrong' },
  131008: { message: '(#131008) Required parameter is missing' },
  131009: { message: '(#131009) Parameter value is not valid' },
  131021: { message: '(#131021) Recipient cannot be sender' },
  131026: { message: '(#131026) Message undeliverable' },
  131030: { message: '(#131030) Recipient phone number not in allowed list' },
  131047: { message: '(#131047) Re-engagement message' },
  131050: { message: '(#131050) User has stopped marketing messages' },
  131051: { message: '(#131051) Unsupported message type' },
  131053: { message: '(#131053) Media upload error' },
  131056: { message: '(#131056) (Business Account, Consumer Account) pair rate limit hit' },
  131057: { status: 500, message: '(#131057) Account in maintenance mode' },
  131062: { message: '(#131062) Recipient type not supported for this message' },
  132000: { message: '(#132000) Number of parameters does not match the expected number of params' },
  132001: { status: 404, message: '(#132001) Template name does not exist in the translation' },
  132005: { message: '(#132005) Translated text too long' },
  132012: { message: '(#132012) Parameter format does not match format in the created template' },
  132015: { message: '(#132015) Template is paused' },
  132016: { message: '(#132016) Template is disabled' },
  132018: { message: '(#132018) There was a problem with the parameters in the template' },
};

/** A refusal in the shape of the Graph API (docs: support/error-codes). */
export class GraphError extends GraphRefusal {
  readonly #details: string | undefined;

  constructor(code: number, details?: string, extra: GraphErrorExtra = {}) {
    super(
      code,
      TABLE[code],
      extra,
      details === undefined ? {} : { error_data: { messaging_product: 'whatsapp', details } },
    );
    this.#details = details;
  }

  /** The same refusal as an element of a status webhook's `errors`. */
  toWebhookError() {
    const title = this.message.replace(/^\(#\d+\) /, '');
    return {
      code: this.code,
      title,
      message: title,
      error_data: { details: this.#details ?? title },
      href: 'https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/',
    };
  }
}

/** The object in the path does not exist, or the token cannot see it. */
export function unknownObject(id: string, method: string): GraphError {
  const [code, extra] = noSuchObject(id, method);
  return new GraphError(code, undefined, extra);
}

/** As Meta writes it: the last two names, text['body']. */
function written(path: Path): string {
  const [last, outer] = path.filter((name) => typeof name === 'string').reverse();
  return outer === undefined ? (last ?? '') : `${outer}['${last}']`;
}

const WORDS: { [Kind in Issue['kind']]: (issue: Extract<Issue, { kind: Kind }>, path: string) => string } = {
  missing: (_, path) => `Parameter ${path} is missing.`,
  type: ({ expected }, path) => `${path} must be a${expected === 'object' ? 'n' : ''} ${expected}.`,
  length: ({ min, max }, path) => `${path} length invalid. Min length: ${min}, Max length: ${max}`,
  count: ({ min, max }, path) => `Invalid ${path} count. Min allowed ${path}: ${min}, Max allowed ${path}: ${max}`,
  range: ({ min, max }, path) => `${path} must be a number between ${min} and ${max}.`,
  choice: ({ options }, path) => `${path} must be one of {${options.join(', ')}}.`,
  url: (_, path) => `${path} is not a valid URI.`,
  unique: (_, path) => `${path} must be unique.`,
  unknown: ({ key }, path) => `Unexpected key "${key}" on param "${path}".`,
  rule: ({ text }) => text,
};

/** What Meta answers to what a schema refuses: 131008 for what is missing, 131009 for what is not acceptable. */
export function refusalOf(issue: Issue): GraphError {
  const words = WORDS[issue.kind] as (issue: Issue, path: string) => string;
  return new GraphError(issue.kind === 'missing' ? 131008 : 131009, words(issue, written(issue.path)));
}

/** Code 100 with a message of its own. */
export function badParameter(message: string): GraphError {
  return new GraphError(100, undefined, { message: `(#100) ${message}` });
}

/** A required member is absent. `path` as Meta writes it: text['body']. */
export function missing(path: string): GraphError {
  return new GraphError(131008, `Parameter ${path} is missing.`);
}

/** A member is there but not acceptable. */
export function invalid(details: string): GraphError {
  return new GraphError(131009, details);
}
