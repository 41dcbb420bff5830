import { EventEmitter } from 'node:events';
import type {
  ICredentialsHelper,
  IDataObject,
  INodeExecutionData,
  INodeTypes,
  IRun,
  IRunExecutionData,
  IWorkflowBase,
  IWorkflowExecuteAdditionalData,
  Workflow,
  WorkflowExecuteMode,
} from 'n8n-workflow';
import type { Runtime } from './runtime.ts';
import type { Execution, RunOptions } from './types.ts';

/** What every part of the engine needs to build a workflow and its surroundings. */
export interface EngineContext {
  runtime: Runtime;
  nodeTypes: INodeTypes;
  credentialsHelper: ICredentialsHelper;
  /** Origin of the webhook server. */
  baseUrl: string;
}

/** Members of n8n's additional data that differ between calls. */
export function additionalData(
  { credentialsHelper, baseUrl }: EngineContext,
  extra: Partial<IWorkflowExecuteAdditionalData> = {},
): IWorkflowExecuteAdditionalData {
  const known = {
    credentialsHelper,
    variables: {},
    currentNodeExecutionIndex: 0,
    restApiUrl: `${baseUrl}/rest`,
    instanceBaseUrl: baseUrl,
    webhookBaseUrl: `${baseUrl}/webhook`,
    webhookTestBaseUrl: `${baseUrl}/webhook-test`,
    webhookWaitingBaseUrl: `${baseUrl}/webhook-waiting`,
    formBaseUrl: `${baseUrl}/form`,
    formTestBaseUrl: `${baseUrl}/form-test`,
    formWaitingBaseUrl: `${baseUrl}/form-waiting`,
    setExecutionStatus: () => undefined,
    sendDataToUI: () => undefined,
    logAiEvent: () => undefined,
    ...extra,
  };
  return known as Partial<IWorkflowExecuteAdditionalData> as IWorkflowExecuteAdditionalData;
}

/** A fresh instance for one use, as n8n builds one from its database; nothing it does reaches the saved workflow. */
export function instantiate(context: EngineContext, saved: IWorkflowBase, staticData: IDataObject = {}): Workflow {
  const { Workflow: WorkflowClass, deepCopy } = context.runtime.n8n;
  const { id, name, nodes, connections, settings } = deepCopy(saved);
  const copy = JSON.parse(JSON.stringify(staticData)) as IDataObject;
  const { nodeTypes } = context;
  return new WorkflowClass({ id, name, nodes, connections, settings, nodeTypes, active: false, staticData: copy });
}

/** Runs workflows and keeps what became of them. */
export class Executions {
  readonly list: Execution[] = [];
  readonly #changed = new EventEmitter();
  readonly #context: EngineContext;
  readonly #workflows = new Map<string, IWorkflowBase>();
  #made = 0;

  constructor(context: EngineContext) {
    this.#context = context;
    this.#changed.setMaxListeners(0);
  }

  workflowOf(execution: Execution): IWorkflowBase | undefined {
    return this.#workflows.get(execution.id);
  }

  /** Calls `listener` whenever an execution starts, waits, resumes or ends. Answers a function that stops it. */
  onChange(listener: (execution: Execution) => void): () => void {
    this.#changed.on('change', listener);
    return () => this.#changed.off('change', listener);
  }

  /** The first execution, past or coming, that `matches`. */
  async waitFor(matches: (execution: Execution) => boolean, timeoutMs = 10_000): Promise<Execution> {
    const known = this.list.find(matches);
    if (known) return known;
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        stop();
        const seen = this.list.map(({ id, status, error }) => `${id}: ${status} ${error?.message ?? ''}`).join('; ');
        reject(new Error(`No such execution within ${String(timeoutMs)} ms. Seen: ${seen || 'none'}`));
      }, timeoutMs);
      const stop = this.onChange((execution) => {
        if (!matches(execution)) return;
        clearTimeout(timer);
        stop();
        resolve(execution);
      });
    });
  }

  /** Starts at a node with items, as a trigger does. */
  async start(saved: IWorkflowBase, options: Required<RunOptions>): Promise<Execution> {
    const node = instantiate(this.#context, saved).getNode(options.startNode);
    if (!node) throw new Error(`The workflow has no node "${options.startNode}"`);
    const data = this.#context.runtime.n8n.createRunExecutionData({
      executionData: { nodeExecutionStack: [{ node, data: { main: [options.items] }, source: null }] },
    });
    return await this.#settle(saved, this.#record(saved, options.mode, data));
  }

  /**
   * Runs a failed execution again as Executions → Retry does: from what is stored of it, under an id of its own. `saved`: with the workflow as it
   * is now, in place of the one that failed.
   */
  async retry(
    failed: Execution,
    saved: IWorkflowBase | undefined = this.#workflows.get(failed.id),
  ): Promise<Execution> {
    if (!saved) throw new Error(`Execution ${failed.id} is unknown`);
    const { n8n } = this.#context.runtime;
    const data = JSON.parse(JSON.stringify(failed.data)) as IRunExecutionData;
    delete data.resultData.error;
    data.resultData.runData[data.resultData.lastNodeExecuted ?? '']?.pop();
    for (const entry of data.executionData?.nodeExecutionStack ?? []) {
      const node = saved.nodes.find(({ name }) => name === entry.node.name);
      if (!node) throw new Error(`The workflow has no node "${entry.node.name}"`);
      entry.node = n8n.deepCopy(node);
    }
    return await this.#settle(saved, this.#record(saved, 'retry', data));
  }

  /** Goes on with a parked execution from `data`: a copy of its own with the waiting node's output put in. */
  async resume(execution: Execution, data: IRunExecutionData): Promise<Execution> {
    const saved = this.#workflows.get(execution.id);
    if (!saved) throw new Error(`Execution ${execution.id} is unknown`);
    Object.assign(execution, { data, status: 'running' });
    this.#changed.emit('change', execution);
    return await this.#settle(saved, execution);
  }

  /** Notes an execution that failed before it could run. */
  failed(saved: IWorkflowBase, mode: WorkflowExecuteMode, error: Error): void {
    const execution = this.#record(saved, mode, this.#context.runtime.n8n.createEmptyRunExecutionData());
    Object.assign(execution, { status: 'error', error });
    this.#changed.emit('change', execution);
  }

  #record(saved: IWorkflowBase, mode: WorkflowExecuteMode, data: IRunExecutionData): Execution {
    const execution: Execution = {
      id: String(++this.#made),
      workflowId: saved.id,
      mode,
      status: 'running',
      data,
      items(node, output = 0): INodeExecutionData[] {
        return this.data.resultData.runData[node]?.at(-1)?.data?.['main']?.[output] ?? [];
      },
    };
    this.list.push(execution);
    this.#workflows.set(execution.id, saved);
    this.#changed.emit('change', execution);
    return execution;
  }

  async #settle(saved: IWorkflowBase, execution: Execution): Promise<Execution> {
    try {
      const run = await this.#process(saved, execution);
      const error = run.data.resultData.error;
      const status = error ? 'error' : run.data.waitTill ? 'waiting' : 'success';
      // A parked execution is written to the database and read back: nothing of the run's objects survives.
      const data = status === 'waiting' ? this.#context.runtime.n8n.deepCopy(run.data) : run.data;
      Object.assign(execution, { data, status, ...(error && { error }) });
    } catch (error) {
      Object.assign(execution, { status: 'error', error });
    }
    this.#changed.emit('change', execution);
    return execution;
  }

  async #process(saved: IWorkflowBase, { id, mode, data }: Execution): Promise<IRun> {
    const { core } = this.#context.runtime;
    const hooks = new core.ExecutionLifecycleHooks(mode, id, saved);
    const additional = additionalData(this.#context, { executionId: id, hooks });
    const workflow = instantiate(this.#context, saved, saved.staticData);
    return await new core.WorkflowExecute(additional, mode, data).processRunExecutionData(workflow);
  }
}
