/** What the action node's tests share: the engine with our package, and a stand-in of the service that notes every call. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IBinaryKeyData, IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { PutAccount, Template } from '../../../contract/api.ts';
import { settingsDigest } from '../../../contract/signature.ts';
import {
  type Engine,
  type EngineOptions,
  type Execution,
  startEngine,
  type WorkflowJson,
} from '../../support/engine/engine.ts';
import { PACKAGE_DIR } from '../../support/paths.ts';

export const NODE = 'WhatsApp Business';
export const NUMBER = '106540352242922';
const KEY = 'action-key';
const WHATSAPP_CREDENTIAL = { accessToken: 'at', phoneNumberId: NUMBER, wabaId: '1', appSecret: 's' };

export interface Call {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: IncomingMessage['headers'];
  /** Parsed when it is JSON. */
  body: unknown;
}

export interface Reply {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
}

export type Answer = (call: Call) => Reply;

/** Checks the key and, as the service does, asks for an account it does not know; everything else as a test says. */
export class ActionService {
  url = '';
  readonly calls: Call[] = [];
  /** By `METHOD path`. */
  readonly answers = new Map<string, Answer>();
  readonly accounts = new Map<string, PutAccount>();
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  async start(): Promise<void> {
    await new Promise<void>((resolve) => void this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
  }

  /** The calls to one place. */
  at(place: string): Call[] {
    return this.calls.filter(({ method, path }) => `${method} ${path}` === place);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? '/', this.url);
    const bytes = Buffer.concat(chunks);
    const isJson = request.headers['content-type']?.startsWith('application/json') === true && bytes.length > 0;
    const call: Call = {
      method: request.method ?? '',
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: request.headers,
      body: isJson ? JSON.parse(bytes.toString()) : bytes,
    };
    const reply = this.#answer(call);
    const body = Buffer.isBuffer(reply.body) ? reply.body : JSON.stringify(reply.body ?? {});
    response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers }).end(body);
  }

  #answer(call: Call): Reply {
    if (call.headers.authorization !== `Bearer ${KEY}`) return problem(401, 'unauthorized', 'The API key is wrong');
    this.calls.push(call);
    const account = /^\/v1\/accounts\/(.+)$/.exec(call.path)?.[1];
    if (account !== undefined && call.method === 'PUT') {
      this.accounts.set(account, call.body as PutAccount);
      return { body: { id: 'acc_1' } };
    }
    if (this.#needsAccount(call)) return problem(409, 'account_required', 'Register the account');
    const answer = this.answers.get(`${call.method} ${call.path}`);
    return answer?.(call) ?? problem(404, 'not_found', `Nothing at ${call.path}`);
  }

  #needsAccount({ body, query }: Call): boolean {
    const named = (body as { account?: Record<string, string> }).account ?? query;
    const { channel, externalId, settingsDigest: digest } = named;
    // A filter by channel is no account.
    if (channel === undefined || digest === undefined) return false;
    const held = this.accounts.get(`${channel}/${encodeURIComponent(String(externalId))}`);
    return held === undefined || settingsDigest(held.settings) !== digest;
  }
}

export function problem(status: number, code: string, detail: string, extra: object = {}): Reply {
  return { status, body: { type: 'about:blank', title: code, status, code, detail, ...extra } };
}

export interface ActionFixture {
  engine: Engine;
  service: ActionService;
  parleyApi: IDataObject;
  reset(): void;
  run(parameters: IDataObject, options?: RunExtras): Promise<Execution>;
  /** The output items of a run that must end well. */
  output(parameters: IDataObject, options?: RunExtras): Promise<INodeExecutionData[]>;
  /** The error of a run that must fail. */
  failure(
    parameters: IDataObject,
    options?: RunExtras,
  ): Promise<Error & { description?: string; context?: IDataObject }>;
  stop(): Promise<void>;
}

export interface RunExtras {
  items?: INodeExecutionData[];
  /** Settings of the node, e.g. `onError`, `retryOnFail`. */
  node?: Partial<WorkflowJson['nodes'][number]>;
}

export function actionWorkflow(parameters: IDataObject, node: RunExtras['node'] = {}): WorkflowJson {
  const credentials = { parleyApi: { id: '1', name: 'p' }, whatsAppCloudApi: { id: '2', name: 'w' } };
  const json = JSON.parse(JSON.stringify(parameters)) as WorkflowJson['nodes'][number]['parameters'];
  return { nodes: [{ name: NODE, type: 'n8n-nodes-parley.whatsApp', parameters: json, credentials, ...node }] };
}

export type MakeWorkflow = typeof actionWorkflow;

/** `credentials`: those of the workflow's node besides the service's; `nodeTypes`: nodes that the package does not have. */
export async function startActionFixture(
  workflow: MakeWorkflow = actionWorkflow,
  name: string = NODE,
  credentials: Record<string, IDataObject> = { whatsAppCloudApi: WHATSAPP_CREDENTIAL },
  nodeTypes: EngineOptions['nodeTypes'] = {},
): Promise<ActionFixture> {
  const service = new ActionService();
  await service.start();
  const parleyApi: IDataObject = {};
  const engine = await startEngine({ packageDir: PACKAGE_DIR, credentials: { parleyApi, ...credentials }, nodeTypes });
  const run: ActionFixture['run'] = async (parameters, { items, node } = {}) =>
    await engine.run(workflow(parameters, node), items ? { items } : {});
  return {
    engine,
    service,
    parleyApi,
    run,
    reset() {
      Object.assign(parleyApi, { url: service.url, apiKey: KEY });
      service.calls.length = 0;
      service.answers.clear();
      service.accounts.clear();
      service.answers.set('POST /v1/messages', () => ({
        status: 202,
        body: { id: 'msg_1', status: 'queued', conversationId: 'con_1' },
      }));
    },
    async output(parameters, options) {
      const execution = await run(parameters, options);
      if (execution.error) throw execution.error;
      return execution.items(name);
    },
    async failure(parameters, options) {
      const { error } = await run(parameters, options);
      if (!error) throw new Error('The run did not fail');
      return error as Error & { description?: string };
    },
    async stop() {
      await engine.close();
      await service.stop();
    },
  };
}

export function file(content: string, mimeType: string, fileName: string): IBinaryKeyData {
  return { data: { data: Buffer.from(content).toString('base64'), mimeType, fileName } };
}

export const TEMPLATE: Template = {
  id: '168',
  name: 'order_confirmation',
  language: 'en_US',
  status: 'APPROVED',
  category: 'UTILITY',
  parameterFormat: 'named',
  components: [{ type: 'BODY', text: 'Hi {{first_name}}, order {{number}}.' }],
  variables: [
    { key: 'header.image', part: 'header', name: '1', type: 'image' },
    { key: 'body.first_name', part: 'body', name: 'first_name', type: 'text', example: 'Ana' },
    { key: 'button.0.url', part: 'button', index: 0, name: '1', type: 'url' },
  ],
};
