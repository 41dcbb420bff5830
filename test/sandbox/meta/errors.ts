import { GraphRefusal, noSuchObject, type ErrorRow, type GraphErrorExtra } from '../kit/meta/graph.ts';
import type { Issue, Path } from '../kit/schema.ts';

/** HTTP status and message by code, or by code and subcode (pages "Error codes" and "Send API"). */
const TABLE: Record<string, ErrorRow> = {
  '1': { status: 500, message: '(#1) An unknown error occurred', isTransient: true },
  '2': { status: 503, message: '(#2) Service temporarily unavailable', isTransient: true },
  '4': { status: 403, message: '(#4) Application request limit reached' },
  '10': { status: 403, message: '(#10) Application does not have permission for this action' },
  '10/2018278': { status: 403, message: '(#10) This message is sent outside of allowed window.' },
  '10/2534022': { status: 403, message: '(#10) This message is sent outside of allowed window.' },
  '15': { message: '(#15) This method must be called with an app access_token.' },
  '100': { message: '(#100) Invalid parameter' },
  '100/33': { message: 'Unsupported request.' },
  '100/2018001': { message: '(#100) No matching user found' },
  '100/2018014': { message: '(#100) A message and a sender action cannot be sent together' },
  '100/2018074': { message: '(#100) Cannot use the attachment: it is not owned by this Page' },
  '100/2018109': { message: '(#100) Attachment size exceeds allowable limit' },
  '100/2534014': { message: '(#100) The requested user cannot be found' },
  '100/2534015': { message: '(#100) Invalid message data' },
  '100/2534037': { message: '(#100) This app does not own the thread' },
  '104': { status: 401, message: 'API calls from the server require an appsecret_proof argument' },
  '190': { status: 401, message: 'Invalid OAuth access token - Cannot parse access token' },
  '200': { status: 403, message: '(#200) You do not have the necessary permissions for this action' },
  '551': { message: "(#551) This person isn't available right now." },
  '613': { status: 403, message: '(#613) Calls to this api have exceeded the rate limit.' },
  '803': { status: 404, message: '(#803) Some of the aliases you requested do not exist' },
  '2200': { message: '(#2200) Callback verification failed' },
  '2500': { message: 'Unknown path components' },
  '2018300': { message: '(#2018300) Another app is controlling this thread now.' },
};

/** A refusal in the shape of the Graph API. */
export class GraphError extends GraphRefusal {
  constructor(code: number, extra: GraphErrorExtra = {}) {
    super(code, TABLE[`${code}/${extra.subcode}`] ?? TABLE[String(code)], extra);
  }
}

/** A member is not acceptable. */
export const invalid = (message: string, subcode?: number): GraphError =>
  new GraphError(100, { message: `(#100) ${message}`, ...(subcode !== undefined && { subcode }) });

/** A required member is absent. */
export const missing = (path: string): GraphError => invalid(`The parameter ${path} is required`);

/** As Meta writes it: elements[0]['title']. */
const written = ([first = '', ...others]: Path): string =>
  `${first}${others.map((name) => (typeof name === 'number' ? `[${name}]` : `['${name}']`)).join('')}`;

/** What Meta answers to what a schema refuses. */
export function refusalOf(issue: Issue): GraphError {
  const path = written(issue.path);
  switch (issue.kind) {
    case 'missing':
      return missing(path);
    case 'type':
      if (issue.expected.startsWith('list')) return invalid(`Param ${path} must be an array`);
      return invalid(`${path} must be a${issue.expected === 'object' ? 'n' : ''} ${issue.expected}`);
    case 'length':
      return invalid(`Length of param ${path} must be less than or equal to ${issue.max}`);
    case 'count':
      return invalid(`Param ${path} must have ${issue.min} to ${issue.max} elements`);
    case 'choice':
      return invalid(`Param ${path} must be one of {${issue.options.join(', ')}}`);
    case 'url':
      return invalid(`${path} should represent a valid URL`);
    case 'unknown':
      return invalid(`Unexpected key "${issue.key}" on param "${path}"`);
    default:
      return invalid(issue.kind === 'rule' ? issue.text : `${path} is not valid`);
  }
}

/** The object in the path does not exist, or the token cannot see it. */
export const unknownObject = (id: string, method: string): GraphError => new GraphError(...noSuchObject(id, method));
