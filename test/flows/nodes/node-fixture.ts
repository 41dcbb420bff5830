/** n8n's real engine with our built nodes, the real service and the strict sandbox: nothing in between is played. */
import type { IBinaryKeyData, IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { SendAccepted } from '../../../contract/api.ts';
import { listOf, objectOf, type JsonObject } from '../../sandbox/kit/json.ts';
import { ANA, type App, type AppOptions, sandboxSettings, startApp } from '../../support/app.ts';
import {
  type Engine,
  type EngineOptions,
  type Execution,
  startEngine,
  type WorkflowJson,
  type WorkflowNode,
} from '../../support/engine/engine.ts';
import { freePort } from '../../support/free-port.ts';
import { PACKAGE_DIR } from '../../support/paths.ts';

export const NODE = 'WhatsApp Business';
export const TRIGGER = 'WhatsApp Business Trigger';

export interface RunExtras {
  items?: INodeExecutionData[];
  /** Settings of the node, e.g. `onError`, `retryOnFail`. */
  node?: Partial<WorkflowNode>;
}

export type NodeFailure = Error & { description?: string; context?: IDataObject };

export interface NodeFixture {
  engine: Engine;
  /** What the nodes' credentials hold, by type; to be spoilt by a test. */
  credentials: Record<'parleyApi' | 'whatsAppCloudApi', IDataObject>;
  /** A new service and sandbox, which the credentials name. */
  fresh(options?: AppOptions): Promise<App>;
  run(parameters: IDataObject, extras?: RunExtras): Promise<Execution>;
  /** The output items of a run that must end well. */
  output(parameters: IDataObject, extras?: RunExtras): Promise<INodeExecutionData[]>;
  /** The error of a run that must fail. */
  failure(parameters: IDataObject, extras?: RunExtras): Promise<NodeFailure>;
  /** The executions of a workflow that ended well, in order, as soon as there are `count`. */
  ran(workflow: WorkflowJson, count: number): Promise<Execution[]>;
  stop(): Promise<void>;
}

const CREDENTIALS = { parleyApi: { id: '1', name: 'p' }, whatsAppCloudApi: { id: '2', name: 'w' } };

function node(name: string, type: string, parameters: IDataObject, more: Partial<WorkflowNode> = {}): WorkflowNode {
  const json = JSON.parse(JSON.stringify(parameters)) as NonNullable<WorkflowNode['parameters']>;
  return { name, type: `n8n-nodes-parley.${type}`, parameters: json, credentials: CREDENTIALS, ...more };
}

export function actionWorkflow(parameters: IDataObject, more: RunExtras['node'] = {}): WorkflowJson {
  return { nodes: [node(NODE, 'whatsApp', parameters, more)] };
}

export function triggerWorkflow(parameters: IDataObject = {}): WorkflowJson {
  return { nodes: [node(TRIGGER, 'whatsAppTrigger', parameters)] };
}

/** `nodeTypes`: nodes of n8n itself, for workflows that have some. */
export async function startNodes(nodeTypes: EngineOptions['nodeTypes'] = {}): Promise<NodeFixture> {
  const credentials: NodeFixture['credentials'] = { parleyApi: {}, whatsAppCloudApi: {} };
  const engine = await startEngine({ packageDir: PACKAGE_DIR, credentials, nodeTypes });
  const run: NodeFixture['run'] = async (parameters, { items, node: more } = {}) =>
    await engine.run(actionWorkflow(parameters, more), items ? { items } : {});
  return {
    engine,
    credentials,
    run,
    async fresh(options) {
      // The trigger checks signatures by the machine's own clock.
      const app = await startApp({ startAt: Date.now(), ...options });
      credentials.parleyApi = { url: app.url, apiKey: app.key };
      credentials.whatsAppCloudApi = sandboxSettings(app.sandbox) as IDataObject;
      return app;
    },
    async output(parameters, extras) {
      const execution = await run(parameters, extras);
      if (execution.error) throw execution.error;
      return execution.items(NODE);
    },
    async failure(parameters, extras) {
      const { error } = await run(parameters, extras);
      if (!error) throw new Error('The run did not fail');
      return error as NodeFailure;
    },
    async ran({ id }, count) {
      const own = () => engine.executions.filter((each) => each.workflowId === id && each.status === 'success');
      await engine.waitForExecution(() => own().length >= count);
      return own();
    },
    stop: async () => await engine.close(),
  };
}

/** What a trigger put out. */
export const itemsOf = (executions: readonly Execution[]) => executions.flatMap((each) => each.items(TRIGGER));

/** Ana writes, so that she may be written to. */
export async function anaWrites(app: App, text = 'hi'): Promise<string> {
  const { id } = await app.sandbox.customer.sends({ from: ANA, name: 'Ana', text });
  await app.idle();
  return id;
}

/** The bodies that the provider accepted, once there are so many, without what every body has. */
export async function accepted(app: App, count = 1): Promise<JsonObject[]> {
  const messages = await app.sandbox.waitFor(
    () => app.sandbox.listReceivedMessages().length >= count && app.sandbox.listReceivedMessages(),
    5_000,
    `${String(count)} accepted messages`,
  );
  return messages.map(({ body }) => {
    const { messaging_product: _, recipient_type: __, to: ___, biz_opaque_callback_data: ____, ...said } = body;
    return said;
  });
}

/** Parley's id of the only message that an item says was sent. */
export function sentId(items: readonly INodeExecutionData[], index = 0): string {
  return (items[index]?.json as unknown as { messageId: SendAccepted['id'] }).messageId;
}

/** An item with a file in the field `data`. */
export function fileItem(content: Buffer | string, mimeType: string, fileName: string): INodeExecutionData {
  const data = Buffer.from(content).toString('base64');
  const binary: IBinaryKeyData = { data: { data, mimeType, fileName } };
  return { json: {}, binary };
}

/** What was uploaded to the provider: the file of each accepted `POST /{number}/media`. */
export function uploads(app: App): Buffer[] {
  const calls = app.sandbox.requests().filter(({ method, path }) => method === 'POST' && /\/\d+\/media$/.test(path));
  return calls.map(({ rawBody }) => rawBody);
}

/** Components of the template in a body, by type. */
export function componentsOf(body: JsonObject | undefined): JsonObject[] {
  return listOf(objectOf(body?.['template'])['components']).map(objectOf);
}

/** Settings of a service at which the provider may point its webhooks: its address has to be known before it starts. */
export async function publicEnv(): Promise<Record<string, string>> {
  const port = String(await freePort());
  return { PARLEY_PORT: port, PARLEY_PUBLIC_URL: `http://127.0.0.1:${port}` };
}
