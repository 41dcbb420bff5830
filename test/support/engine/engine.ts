/**
 * n8n's real engine (n8n-core) around this repository's built package, for tests and for the demo. Expressions, paired items,
 * retries, "continue on fail", credentials, binary data, webhooks, test listeners and waiting executions behave as in n8n; what
 * the n8n application adds around the engine (database, editor API, webhook server) is done here in the smallest form that
 * nodes can tell apart from nothing. Build the package first.
 */
import { randomUUID } from 'node:crypto';
import type { ICredentialDataDecryptedObject, IWorkflowBase } from 'n8n-workflow';
import { createCredentialsHelper } from './credentials.ts';
import { callEditorMethod, type EditorMethod, testCredential } from './editor.ts';
import { type EngineContext, Executions } from './executions.ts';
import { listen } from './http.ts';
import { loadPackage } from './node-types.ts';
import { loadRuntime } from './runtime.ts';
import type { ActivateOptions, EngineOptions, Execution, RunOptions, WorkflowJson } from './types.ts';
import { Webhooks } from './webhooks.ts';

export type { Activation, EngineOptions, Execution, RunOptions, WorkflowJson, WorkflowNode } from './types.ts';
export type Engine = Awaited<ReturnType<typeof startEngine>>;

/** Saves as the editor does: missing ids, versions and webhook ids are written into the workflow itself. */
function saver({ nodeTypes, runtime }: EngineContext): (workflow: WorkflowJson) => IWorkflowBase {
  return (workflow) => {
    for (const node of workflow.nodes) {
      const { description } = nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
      node.id ??= randomUUID();
      node.typeVersion ??= description.defaultVersion ?? [description.version].flat().at(-1) ?? 1;
      node.position ??= [0, 0];
      node.parameters ??= {};
      runtime.n8n.NodeHelpers.resolveNodeWebhookId(node, description);
    }
    workflow.id ??= randomUUID();
    workflow.name ??= 'Workflow';
    workflow.connections ??= {};
    return workflow as IWorkflowBase;
  };
}

function firstNode({ nodes, connections }: IWorkflowBase): string {
  const targets = Object.values(connections).flatMap((outputs) =>
    (outputs['main'] ?? []).flatMap((each) => each ?? []),
  );
  const first = nodes.find(({ name }) => !targets.some((target) => target.node === name));
  if (!first) throw new Error('Every node has an incoming connection: name the start node');
  return first.name;
}

/** Starts the engine and its webhook server. `close()` stops both. */
export async function startEngine(options: EngineOptions) {
  const runtime = await loadRuntime();
  const loaded = await loadPackage(runtime, options.packageDir, options.nodeTypes);
  const credentialsHelper = createCredentialsHelper(loaded, options.credentials ?? {});
  const context: EngineContext = { runtime, nodeTypes: loaded.nodeTypes, credentialsHelper, baseUrl: '' };
  const executions = new Executions(context);
  const webhooks = new Webhooks(context, executions);
  let starting = false;
  const { server, url } = await listen(options.port ?? 0, async (request, response, at) => {
    if (starting) return void response.status(200).send('n8n is starting up. Please wait');
    return await webhooks.handle(request, response, at);
  });
  context.baseUrl = url;
  const save = saver(context);
  return {
    url,
    nodeNames: loaded.nodeNames,
    credentialNames: loaded.credentialNames,
    nodeTypes: loaded.nodeTypes,
    executions: executions.list,
    onExecution: executions.onChange.bind(executions),
    waitForExecution: executions.waitFor.bind(executions),
    expire: webhooks.expire.bind(webhooks),
    run: async (workflow: WorkflowJson, { items = [{ json: {} }], startNode, mode = 'trigger' }: RunOptions = {}) => {
      const saved = save(workflow);
      return await executions.start(saved, { items, startNode: startNode ?? firstNode(saved), mode });
    },
    /** Executions → Retry of an execution that failed; `workflow`: with the workflow as it is now. */
    retry: async (failed: Execution, workflow?: WorkflowJson) =>
      await executions.retry(failed, workflow && save(workflow)),
    /** While n8n starts, its database is connected and not migrated yet: every URL is answered with 200. */
    setStarting: (is: boolean) => void (starting = is),
    /** Another n8n has another instance id. All engines of a process share it. */
    setInstanceId: (id: string) => void (runtime.settings.instanceId = id),
    /** `activation` is why n8n activates: switched on (default), saved while active, started anew… */
    activate: async (workflow: WorkflowJson, { test = false, activation = 'activate' }: ActivateOptions = {}) =>
      await webhooks.activate(save(workflow), test, test ? 'manual' : activation),
    editor: async (
      kind: EditorMethod,
      workflow: WorkflowJson,
      node: string,
      method: string,
      ...args: [string?, string?]
    ) => await callEditorMethod(context, kind, save(workflow), node, method, ...args),
    /** Bytes of an item's binary member. */
    readBinary: runtime.readBinary,
    testCredential: async (type: string, data?: ICredentialDataDecryptedObject) =>
      await testCredential(context, loaded, type, data ?? credentialsHelper.decrypted(type)),
    close: async () => {
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
}
