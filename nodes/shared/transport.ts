/** The only HTTP of the nodes: requests to the Parley service, with its credential, its errors and account registration. */
import type {
  IDataObject,
  IExecuteFunctions,
  IHookFunctions,
  IHttpRequestMethods,
  IHttpRequestOptions,
  ILoadOptionsFunctions,
  IN8nHttpFullResponse,
  IWebhookFunctions,
} from 'n8n-workflow';
import { NodeOperationError, jsonParse } from 'n8n-workflow';
import type { Page, Problem } from '../../contract/api.ts';
import type { AnyAccount, ChannelAccount } from './account.ts';
import { explainProblem, explainUnreachable, problemOf, toNodeError } from './errors.ts';

export const PARLEY_CREDENTIAL = 'parleyApi';

/** Every place of a node from which the service can be called. */
export type ParleyContext = IExecuteFunctions | IHookFunctions | ILoadOptionsFunctions | IWebhookFunctions;

export interface ParleyRequest {
  method: IHttpRequestMethods;
  /** From `/v1` on; ids in it are encoded by the caller. */
  path: string;
  query?: Record<string, string | number | boolean | undefined>;
  /** An object goes as JSON, a Buffer as it is with the content type of `headers`. */
  body?: object;
  headers?: Record<string, string>;
  /** For n8n's error view. */
  itemIndex?: number;
  /** What to answer in place of an error; undefined: the problem is an error. */
  instead?(problem: Problem): object | undefined;
}

interface Answer {
  status: number;
  headers: IDataObject;
  body: unknown;
}

/** The service's URL without a closing slash. */
async function serviceUrl(context: ParleyContext): Promise<string> {
  const credential = await context.getCredentials(PARLEY_CREDENTIAL);
  return String(credential['url'] ?? '').replace(/(?<!\/)\/+$/, '');
}

function definedOnly(query: ParleyRequest['query']): IDataObject {
  return Object.fromEntries(
    Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== ''),
  ) as IDataObject;
}

function httpOptions(url: string, request: ParleyRequest, encoding: 'json' | 'stream'): IHttpRequestOptions {
  const raw = Buffer.isBuffer(request.body);
  return {
    method: request.method,
    url: `${url}${request.path}`,
    qs: definedOnly(request.query),
    headers: { ...request.headers },
    ...(request.body === undefined ? {} : { body: request.body }),
    ...(encoding === 'stream' ? { encoding } : { json: !raw }),
    returnFullResponse: true,
    ignoreHttpStatusErrors: true,
    disableFollowRedirect: true,
  };
}

function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'cause' in error ? errorCode(error.cause) : undefined;
}

async function call(context: ParleyContext, request: ParleyRequest, encoding: 'json' | 'stream'): Promise<Answer> {
  const url = await serviceUrl(context);
  const options = httpOptions(url, request, encoding);
  try {
    const response = (await context.helpers.httpRequestWithAuthentication.call(
      context,
      PARLEY_CREDENTIAL,
      options,
    )) as IN8nHttpFullResponse;
    return { status: response.statusCode, headers: response.headers, body: response.body };
  } catch (error) {
    if (error instanceof NodeOperationError) throw new NodeOperationError(context.getNode(), error);
    throw toNodeError(context.getNode(), explainUnreachable(url, errorCode(error)), { itemIndex: request.itemIndex });
  }
}

function succeeded(answer: Answer): boolean {
  return answer.status >= 200 && answer.status < 300;
}

function parsed(body: unknown): unknown {
  if (Buffer.isBuffer(body)) return jsonParse(body.toString('utf8'), { fallbackValue: undefined });
  return typeof body === 'string' ? jsonParse(body, { fallbackValue: undefined }) : body;
}

async function fail<T>(context: ParleyContext, request: ParleyRequest, problem: Problem): Promise<T> {
  const instead = request.instead?.(problem);
  if (instead !== undefined) return instead as T;
  const explanation = explainProblem(problem, await serviceUrl(context));
  const place = { itemIndex: request.itemIndex, status: problem.status };
  throw toNodeError(context.getNode(), explanation, place);
}

function problemIn(answer: Answer): Problem | undefined {
  return succeeded(answer) ? undefined : problemOf(answer.status, parsed(answer.body));
}

/** Calls the service. Throws `NodeApiError` or `NodeOperationError`, told in the user's words. */
export async function parleyRequest<T>(context: ParleyContext, request: ParleyRequest): Promise<T> {
  const answer = await call(context, request, 'json');
  const problem = problemIn(answer);
  if (problem) return await fail<T>(context, request, problem);
  return parsed(answer.body) as T;
}

/** Like `parleyRequest`, but answers undefined where the service says `not_found`. */
export async function parleyLookup<T>(context: ParleyContext, request: ParleyRequest): Promise<T | undefined> {
  const answer = await call(context, request, 'json');
  const problem = problemIn(answer);
  if (problem?.code === 'not_found') return undefined;
  if (problem) return await fail(context, request, problem);
  return parsed(answer.body) as T;
}

/** Bytes as n8n's binary helpers take them. */
type FileContent = Parameters<IExecuteFunctions['helpers']['prepareBinaryData']>[0];

export interface ParleyFile {
  content: FileContent;
  mimeType?: string;
  fileName?: string;
}

/** `attachment; filename*=UTF-8''caf%C3%A9.pdf` or `filename="a.pdf"` → the name. Pure. */
export function dispositionFileName(header: unknown): string | undefined {
  if (typeof header !== 'string') return undefined;
  const extended = /filename\*=UTF-8''([^;]+)/i.exec(header)?.[1];
  if (extended !== undefined && /^(%[0-9a-f]{2}|[^%])+$/i.test(extended)) return decodeURIComponent(extended);
  return /filename="?([^";]+)"?/i.exec(header)?.[1];
}

/** Fetches a file as a stream, so that a large one is never held in memory. */
export async function parleyDownload(
  context: IExecuteFunctions | IWebhookFunctions,
  request: ParleyRequest,
): Promise<ParleyFile> {
  const answer = await call(context, request, 'stream');
  if (!succeeded(answer)) {
    const body = await context.helpers.binaryToBuffer(answer.body as FileContent);
    return await fail(context, request, problemOf(answer.status, parsed(body)));
  }
  const mimeType = answer.headers['content-type'];
  return {
    content: answer.body as FileContent,
    mimeType: typeof mimeType === 'string' ? mimeType : undefined,
    fileName: dispositionFileName(answer.headers['content-disposition']),
  };
}

function withAccount(account: AnyAccount, request: ParleyRequest): ParleyRequest {
  if (request.method === 'POST' && request.body !== undefined && 'account' in request.body) return request;
  return { ...request, query: { ...request.query, ...account.ref } };
}

/**
 * Registers the account of a credential, as the service asks for it with `account_required`. Nobody copies secrets by hand.
 * `name` shows up in the service's list of accounts.
 */
export async function registerAccount<T = unknown>(context: ParleyContext, account: ChannelAccount): Promise<T> {
  const { channel, externalId } = account.ref;
  const path = `/v1/accounts/${encodeURIComponent(channel)}/${encodeURIComponent(externalId)}`;
  return await parleyRequest<T>(context, { method: 'PUT', path, body: { settings: account.settings } });
}

/**
 * Calls the service for an account: in the query, unless the body of a POST names it. When the service does not know the
 * account or holds other settings, registers it and asks once more, if its settings are at hand.
 */
export async function accountRequest<T>(
  context: ParleyContext,
  account: AnyAccount,
  request: ParleyRequest,
): Promise<T> {
  const full = withAccount(account, request);
  const answer = await call(context, full, 'json');
  const problem = problemIn(answer);
  if (problem === undefined) return parsed(answer.body) as T;
  if (problem.code !== 'account_required' || !('settings' in account)) return await fail<T>(context, full, problem);
  await registerAccount(context, account);
  return await parleyRequest<T>(context, full);
}

/** One page of a list. */
type ReadPage<T> = (query: NonNullable<ParleyRequest['query']>) => Promise<Page<T>>;

/** Walks the pages of a list until `limit` items are there. */
async function walk<T>(read: ReadPage<T>, limit: number): Promise<T[]> {
  const items: T[] = [];
  let after: string | undefined;
  do {
    const page: Page<T> = await read({ limit: Math.min(100, limit - items.length), after });
    items.push(...page.data);
    after = page.next;
  } while (after !== undefined && items.length < limit);
  return items.slice(0, limit);
}

/** Up to `limit` items of a list, all when absent. */
export async function parleyPages<T>(context: ParleyContext, request: ParleyRequest, limit = Infinity): Promise<T[]> {
  const read: ReadPage<T> = async (place) =>
    await parleyRequest<Page<T>>(context, { ...request, query: { ...request.query, ...place } });
  return await walk(read, limit);
}

/** Up to `limit` items of an account's list, all when absent. */
export async function accountPages<T>(
  context: ParleyContext,
  account: ChannelAccount,
  request: ParleyRequest,
  limit = Infinity,
): Promise<T[]> {
  const read: ReadPage<T> = async (place) =>
    await accountRequest<Page<T>>(context, account, { ...request, query: { ...request.query, ...place } });
  return await walk(read, limit);
}
