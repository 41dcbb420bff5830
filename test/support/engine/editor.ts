/** What the n8n editor asks of a node or a credential: option lists, resource lists, mapper fields, the credential test. */
import type {
  ICredentialDataDecryptedObject,
  ILoadOptionsFunctions,
  INode,
  INodeType,
  IWorkflowBase,
} from 'n8n-workflow';
import { additionalData, type EngineContext, instantiate } from './executions.ts';
import type { LoadedPackage } from './node-types.ts';

export type EditorMethod = 'loadOptions' | 'listSearch' | 'resourceMapping';

type EditorFunction = (this: ILoadOptionsFunctions, ...args: (string | undefined)[]) => Promise<unknown>;

/** Runs one of a node's `methods` with the node's parameters, e.g. `('listSearch', workflow, 'Send', 'searchTemplates', 'order')`. */
export async function callEditorMethod(
  context: EngineContext,
  kind: EditorMethod,
  saved: IWorkflowBase,
  nodeName: string,
  method: string,
  ...args: [filter?: string, paginationToken?: string]
): Promise<unknown> {
  const workflow = instantiate(context, saved);
  const node = workflow.getNode(nodeName);
  const type = node && context.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
  const run = type?.methods?.[kind]?.[method] as EditorFunction | undefined;
  if (!node || !run) throw new Error(`Node "${nodeName}" has no ${kind} method "${method}"`);
  const extra = additionalData(context, { currentNodeParameters: node.parameters });
  return await run.call(new context.runtime.core.LoadOptionsContext(workflow, node, extra, ''), ...args);
}

/** Presses "Test" on a credential whose type declares a test request: n8n sends it through its declarative routing. */
export async function testCredential(
  context: EngineContext,
  loaded: LoadedPackage,
  type: string,
  data: ICredentialDataDecryptedObject,
): Promise<{ status: 'OK' | 'Error'; message: string }> {
  const test = loaded.credentialType(type).test;
  if (!test) throw new Error(`Credential type "${type}" declares no test request`);
  const { core, n8n } = context.runtime;
  const routing = { request: test.request };
  const property = { displayName: 'Temp', name: 'temp', type: 'string' as const, routing, default: '' };
  const tester: INodeType = {
    description: {
      ...{
        displayName: 'Credential Test',
        name: 'credentialTest',
        group: [],
        version: 1,
        description: '',
        defaults: {},
      },
      ...{ inputs: [], outputs: [], credentials: [{ name: type, required: true }], properties: [property] },
    },
  };
  const details = { id: type, name: type };
  const node: INode = {
    ...{ id: 'temp', name: 'Temp', type: 'credentialTest', typeVersion: 1, position: [0, 0], parameters: {} },
    credentials: { [type]: details },
  };
  const nodeTypes = { getByName: () => tester, getByNameAndVersion: () => tester, getKnownTypes: () => ({}) };
  const workflow = new n8n.Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
  const input = { main: [[{ json: {} }]] };
  const extra = additionalData(context, { currentNodeParameters: {} });
  const run = n8n.createEmptyRunExecutionData();
  const source = { node, data: {}, source: null };
  const execute = new core.ExecuteContext(workflow, node, extra, 'internal', run, 0, [], input, source, []);
  try {
    await new core.RoutingNode(execute, tester, { ...details, type, data }).runNode();
    return { status: 'OK', message: 'Connection successful!' };
  } catch (error) {
    return { status: 'Error', message: failure(error as Error, test.rules ?? []) };
  }
}

interface HttpCause {
  code?: string;
  response?: { status: number; statusText?: string };
}

function failure(error: Error, rules: { type: string; properties: { value: unknown; message: string } }[]): string {
  const cause = (error.cause ?? {}) as HttpCause;
  if (!cause.response) return cause.code ?? error.message;
  const { status, statusText } = cause.response;
  const rule = rules.find((each) => each.type === 'responseCode' && each.properties.value === status);
  return rule?.properties.message ?? (statusText || `Received HTTP status code: ${String(status)}`);
}
