/** Webhooks as n8n serves them: production, test (one call, then it stops listening) and those of waiting executions. */
import type {
  IDataObject,
  INode,
  IRunExecutionData,
  IWebhookData,
  IWebhookResponseData,
  IWorkflowBase,
  Workflow,
  WorkflowActivateMode,
  WorkflowExecuteMode,
} from 'n8n-workflow';
import { additionalData, type EngineContext, type Executions, instantiate } from './executions.ts';
import type { WebhookRequest, WebhookResponse } from './http.ts';
import type { Activation } from './types.ts';

interface Listener {
  saved: IWorkflowBase;
  webhook: IWebhookData;
  test: boolean;
  /** Holds the static data: the saved workflow, or for a test listener its registration, apart from the workflow's own. */
  memory: { staticData?: IDataObject };
}

export class Webhooks {
  readonly #context: EngineContext;
  readonly #executions: Executions;
  readonly #listeners = new Map<string, Listener>();

  constructor(context: EngineContext, executions: Executions) {
    this.#context = context;
    this.#executions = executions;
  }

  /** Registers every webhook of the workflow, calling `checkExists` and, when that says no, `create`. Throws what they throw. */
  async activate(saved: IWorkflowBase, test: boolean, activation: WorkflowActivateMode): Promise<Activation> {
    const memory: Listener['memory'] = test ? {} : saved;
    const workflow = instantiate(this.#context, saved, memory.staticData);
    const urls: Record<string, string> = {};
    const keys: string[] = [];
    const endpoint = test ? 'webhook-test' : 'webhook';
    const mode = test ? 'manual' : 'trigger';
    for (const node of Object.values(workflow.nodes)) {
      for (const webhook of this.#webhooksOf(workflow, node, test).filter((each) => !isRestart(each))) {
        const listener = { saved, webhook, test, memory };
        const key = `${endpoint} ${webhook.httpMethod} ${webhook.path}`;
        this.#listeners.set(key, listener);
        keys.push(key);
        urls[node.name] = `${this.#context.baseUrl}/${endpoint}/${webhook.path}`;
        try {
          const exists = await this.#hook('checkExists', workflow, listener, mode, activation);
          if (!exists) await this.#hook('create', workflow, listener, mode, activation);
        } catch (error) {
          // n8n, too, clears what was registered; the error shown is the first one.
          await this.#deactivate(keys).catch(() => undefined);
          throw error;
        }
      }
    }
    memory.staticData = plain(workflow.staticData);
    return { urls, deactivate: async () => await this.#deactivate(keys) };
  }

  async handle(request: WebhookRequest, response: WebhookResponse, url: URL): Promise<void> {
    const [, endpoint = '', ...rest] = url.pathname.split('/');
    if (endpoint === 'webhook-waiting') return await this.#handleWaiting(request, response, url, rest);
    const key = `${endpoint} ${request.method ?? 'GET'} ${rest.join('/')}`;
    const listener = this.#listeners.get(key);
    if (!listener) {
      response.status(404).json({ code: 404, message: `The requested webhook "${rest.join('/')}" is not registered.` });
      return;
    }
    await this.#handleTrigger(request, response, listener);
    if (listener.test) await this.#deactivate([key]);
  }

  async #handleTrigger(request: WebhookRequest, response: WebhookResponse, listener: Listener): Promise<void> {
    const { saved, webhook, test, memory } = listener;
    const mode = test ? 'manual' : 'webhook';
    const workflow = instantiate(this.#context, saved, test ? {} : memory.staticData);
    if (test) workflow.setTestStaticData(memory.staticData ?? {});
    let result: IWebhookResponseData;
    try {
      result = await this.#run(workflow, webhook, request, response, mode, null);
    } catch (error) {
      this.#executions.failed(saved, mode, error as Error);
      response.status(500).json({ code: 0, message: 'Workflow Webhook Error: Workflow could not be started!' });
      return;
    }
    if (!test) memory.staticData = plain(workflow.staticData);
    answer(response, result);
    const [items] = result.workflowData ?? [];
    if (items) void this.#executions.start(saved, { startNode: webhook.node, items, mode });
  }

  async #handleWaiting(
    request: WebhookRequest,
    response: WebhookResponse,
    url: URL,
    [id, suffix = '']: string[],
  ): Promise<void> {
    const execution = this.#executions.list.find((each) => each.id === id);
    const saved = execution && this.#executions.workflowOf(execution);
    const refuse = (status: number, message: string) => void response.status(status).json({ code: status, message });
    if (!execution || !saved) return refuse(404, `The execution "${id ?? ''}" does not exist.`);
    if (!this.#context.runtime.signedByUs(url.searchParams.get('signature') ?? '', url)) {
      return void response.status(401).json({ error: 'Invalid token' });
    }
    if (execution.status === 'running') return refuse(409, `The execution "${id ?? ''}" is running already.`);
    if (execution.status === 'error') return refuse(409, `The execution "${id ?? ''}" has finished with error.`);
    if (execution.status !== 'waiting') return void response.status(200).send(NO_ACTION);
    const data = this.#parked(execution.data);
    const workflow = instantiate(this.#context, saved, saved.staticData);
    const node = workflow.getNode(data.resultData.lastNodeExecuted ?? '');
    const webhook = node
      ? this.#webhooksOf(workflow, node, false).find(
          (each) => isRestart(each) && each.httpMethod === request.method && each.path === decodeURIComponent(suffix),
        )
      : undefined;
    if (!webhook) return void response.status(200).send(NO_ACTION);
    const result = await this.#run(workflow, webhook, request, response, execution.mode, data, execution.id);
    answer(response, result);
    if (!result.workflowData) return;
    const entry = data.executionData?.nodeExecutionStack[0];
    if (entry) entry.data['main'] = result.workflowData;
    void this.#executions.resume(execution, data);
  }

  /** A parked execution as n8n reads it back to resume it: the waiting node will pass its input through. */
  #parked(stored: IRunExecutionData): IRunExecutionData {
    const data = this.#context.runtime.n8n.deepCopy(stored);
    const entry = data.executionData?.nodeExecutionStack[0];
    if (entry) entry.node.disabled = true;
    delete data.waitTill;
    data.resultData.runData[data.resultData.lastNodeExecuted ?? '']?.pop();
    return data;
  }

  /** Ends a wait as n8n does when its time is up: the waiting node passes on what it was given. */
  async expire(executionId: string): Promise<void> {
    const execution = this.#executions.list.find(({ id, status }) => id === executionId && status === 'waiting');
    if (!execution) throw new Error(`Execution ${executionId} is not waiting`);
    await this.#executions.resume(execution, this.#parked(execution.data));
  }

  async #run(
    workflow: Workflow,
    webhook: IWebhookData,
    httpRequest: WebhookRequest,
    httpResponse: WebhookResponse,
    mode: WorkflowExecuteMode,
    data: IRunExecutionData | null,
    executionId?: string,
  ): Promise<IWebhookResponseData> {
    const { core } = this.#context.runtime;
    const node = workflow.getNode(webhook.node);
    const type = node && this.#context.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
    if (!node || !type?.webhook) throw new Error(`Node "${webhook.node}" has no webhook method`);
    const extra = additionalData(this.#context, { httpRequest, httpResponse, executionId });
    const context = new core.WebhookContext(workflow, node, extra, mode, webhook, [], data);
    return await type.webhook.call(context);
  }

  async #hook(
    method: 'checkExists' | 'create' | 'delete',
    workflow: Workflow,
    { webhook }: Listener,
    mode: 'manual' | 'trigger' | 'internal',
    activation: WorkflowActivateMode,
  ): Promise<boolean> {
    const node = workflow.getNode(webhook.node);
    const type = node && this.#context.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
    const hook = type?.webhookMethods?.[webhook.webhookDescription.name]?.[method];
    if (!node || !hook) return false;
    const { core } = this.#context.runtime;
    const extra = additionalData(this.#context);
    return await hook.call(new core.HookContext(workflow, node, extra, mode, activation, webhook));
  }

  async #deactivate(keys: string[]): Promise<void> {
    for (const key of keys) {
      const listener = this.#listeners.get(key);
      if (!listener) continue;
      this.#listeners.delete(key);
      const workflow = instantiate(this.#context, listener.saved, listener.memory.staticData);
      await this.#hook('delete', workflow, listener, 'internal', 'update');
      listener.memory.staticData = plain(workflow.staticData);
    }
  }

  #webhooksOf(workflow: Workflow, node: INode, isTest: boolean): IWebhookData[] {
    const type = this.#context.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
    const evaluate = (value: unknown) =>
      workflow.expression.getSimpleParameterValue(node, value as string, 'internal', {}, undefined, false);
    return (type.description.webhooks ?? []).map((webhookDescription) => {
      const { path, isFullPath, restartWebhook, httpMethod } = webhookDescription;
      return {
        httpMethod: String(evaluate(httpMethod)) as IWebhookData['httpMethod'],
        node: node.name,
        path: this.#context.runtime.n8n.NodeHelpers.getNodeWebhookPath(
          workflow.id,
          node,
          String(evaluate(path)).replace(/^\/|\/$/g, ''),
          evaluate(isFullPath) === true,
          evaluate(restartWebhook) === true,
        ),
        webhookDescription,
        workflowId: workflow.id,
        workflowExecuteAdditionalData: additionalData(this.#context),
        isTest,
      };
    });
  }
}

/** The page that n8n shows to who opens the URL of an execution that does not wait there. */
const NO_ACTION = '<html><head><title>No action required</title></head><body></body></html>';

const isRestart = (webhook: IWebhookData) => webhook.webhookDescription.restartWebhook === true;

/** Static data as it is written to the database. */
function plain(staticData: IDataObject): IDataObject {
  return JSON.parse(JSON.stringify(staticData)) as IDataObject;
}

/** Response mode `onReceived`, the only one that this engine's nodes use. */
function answer(
  response: WebhookResponse,
  { noWebhookResponse, webhookResponse, workflowData }: IWebhookResponseData,
): void {
  if (noWebhookResponse) return;
  const otherwise = { message: workflowData ? 'Workflow was started' : 'Webhook call received' };
  response.status(200).send((webhookResponse as unknown) ?? otherwise);
}
