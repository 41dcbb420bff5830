import { parse } from 'flatted';
import type { IConnections, INode, INodeTypeDescription, IRunExecutionData } from 'n8n-workflow';
import { setTimeout as delay } from 'node:timers/promises';

/** The first user. n8n wants 8 to 64 characters with a digit and a capital letter in the password. */
export interface Owner {
  email: string;
  firstName: string;
  lastName: string;
  password: string;
}

export interface CredentialInput {
  name: string;
  /** The type's name in production, which is its bare name (`parleyApi`): credential types have no package prefix. */
  type: string;
  data: Record<string, unknown>;
}

/**
 * A workflow as the editor exports it. Node types are named `<package>.<node>`; a webhook trigger needs a `webhookId`.
 */
export interface WorkflowInput {
  name: string;
  nodes: INode[];
  connections: IConnections;
  settings?: Record<string, unknown>;
}

export interface ExecutionSummary {
  id: string;
  workflowId: string;
  mode: string;
  status: 'new' | 'running' | 'success' | 'error' | 'crashed' | 'canceled' | 'waiting' | 'unknown';
}

export type Execution = ExecutionSummary & { data: IRunExecutionData };

interface Publication {
  status: 'in_progress' | 'not_published' | 'published' | 'partial' | 'failed';
  triggers: { nodeId: string; status: string; errorMessage: string | null }[];
}

/** n8n tries a failing trigger again for about 16 s before it says so. */
const publicationLimitMs = 45_000;

/** n8n answered a REST call with an error: its status and its message. */
export class N8nRestError extends Error {
  readonly status: number;

  constructor(call: string, status: number, message: string) {
    super(`n8n answered ${status} to ${call}: ${message}`);
    this.name = 'N8nRestError';
    this.status = status;
  }
}

/**
 * The REST interface that n8n's own editor uses, signed in by cookie. It is not a public one: it is pinned with n8n's
 * version. Every call throws {@link N8nRestError} when n8n refuses.
 */
export class N8nRest {
  readonly url: string;
  private cookie = '';

  constructor(url: string) {
    this.url = url;
  }

  /** Makes the owner of a fresh n8n, or signs in when an earlier run on a kept folder made it. */
  async signIn(owner: Owner): Promise<void> {
    const { data } = await this.call<{ data: { userManagement: { showSetupOnFirstLoad?: boolean } } }>(
      'GET',
      '/rest/settings',
    );
    if (data.userManagement.showSetupOnFirstLoad === true) await this.call('POST', '/rest/owner/setup', owner);
    else await this.call('POST', '/rest/login', { emailOrLdapLoginId: owner.email, password: owner.password });
  }

  /** Full names of the node types that n8n knows, e.g. `n8n-nodes-base.if`: how to see that a package was loaded. */
  async nodeTypes(): Promise<string[]> {
    return (await this.nodeDescriptions()).map(({ name }) => name);
  }

  /** The node types as the editor gets them. */
  async nodeDescriptions(): Promise<INodeTypeDescription[]> {
    return await this.call('GET', '/types/nodes.json');
  }

  async createCredential(input: CredentialInput): Promise<{ id: string; name: string }> {
    return await this.data('POST', '/rest/credentials', input);
  }

  /** Runs the credential's own test, as the editor does on saving. A failed test is an answer, not an error. */
  async testCredential(
    credential: CredentialInput & { id: string },
  ): Promise<{ status: 'OK' | 'Error'; message: string }> {
    return await this.data('POST', '/rest/credentials/test', { credentials: credential });
  }

  async deleteCredential(id: string): Promise<void> {
    await this.call('DELETE', `/rest/credentials/${id}`);
  }

  async createWorkflow(input: WorkflowInput): Promise<{ id: string; versionId: string }> {
    return await this.data('POST', '/rest/workflows', { settings: {}, ...input });
  }

  async workflow(id: string): Promise<WorkflowInput & { id: string; versionId: string; active: boolean }> {
    return await this.data('GET', `/rest/workflows/${id}`);
  }

  /**
   * Publishes the saved version and waits until its triggers listen: n8n answers first and calls `checkExists` and
   * `create` after. Throws with what the trigger said when one could not be started: n8n tries again for about 16 s
   * first, and the workflow then stays marked active.
   */
  async activateWorkflow(id: string): Promise<void> {
    const { versionId } = await this.workflow(id);
    await this.call('POST', `/rest/workflows/${id}/activate`, { versionId });
    const { status, triggers } = await this.waitForPublication(id);
    if (status === 'published') return;
    const reasons = triggers.flatMap(({ errorMessage }) => errorMessage ?? []);
    throw new Error(`Workflow ${id} is ${status}: ${reasons.join('; ')}`);
  }

  /** Unpublishes and waits until n8n has called the trigger's `delete`. */
  async deactivateWorkflow(id: string): Promise<void> {
    await this.call('POST', `/rest/workflows/${id}/deactivate`, {});
    await this.waitForPublication(id);
  }

  /** Deactivates it too. n8n deletes only what is archived. */
  async deleteWorkflow(id: string): Promise<void> {
    await this.call('POST', `/rest/workflows/${id}/archive`, {});
    await this.call('DELETE', `/rest/workflows/${id}`);
  }

  /**
   * "Execute workflow" from a trigger. A webhook trigger starts a test listener: `create` runs with the
   * `/webhook-test/` URL, the answer is `waitingForWebhook`, and the first call to that URL is one execution of mode
   * `manual`, after which (or after two minutes) n8n calls `delete`. Any other trigger runs at once and answers its
   * `executionId`.
   */
  async runFrom(
    workflowId: string,
    triggerName: string,
  ): Promise<{ waitingForWebhook?: boolean; executionId?: string }> {
    return await this.data('POST', `/rest/workflows/${workflowId}/run`, { triggerToStartFrom: { name: triggerName } });
  }

  /**
   * Ends a test listener that was not called; n8n answers first and calls the trigger's `delete` after, so wait for its
   * effect.
   */
  async stopTestListener(workflowId: string): Promise<void> {
    await this.call('DELETE', `/rest/test-webhook/${workflowId}`);
  }

  /** A workflow's executions, newest first, at most 50. */
  async executions(workflowId: string): Promise<ExecutionSummary[]> {
    const query = new URLSearchParams({ limit: '50', filter: JSON.stringify({ workflowId }) });
    return (await this.data<{ results: ExecutionSummary[] }>('GET', `/rest/executions?${query}`)).results;
  }

  /** One execution with everything that its nodes put out (see {@link nodeOutput}). */
  async execution(id: string): Promise<Execution> {
    const execution = await this.data<ExecutionSummary & { data: string }>('GET', `/rest/executions/${id}`);
    return { ...execution, data: parse(execution.data) as IRunExecutionData };
  }

  /**
   * Waits until a workflow has at least `count` executions that came to an end or to a wait, and answers them oldest
   * first. Throws after `withinMs`, telling the executions that there are.
   */
  async waitForExecutions(workflowId: string, count = 1, withinMs = 20_000): Promise<Execution[]> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const all = await this.executions(workflowId);
      const settled = all.filter(({ status }) => status !== 'new' && status !== 'running');
      if (settled.length >= count) return await Promise.all(settled.reverse().map(({ id }) => this.execution(id)));
      if (Date.now() > deadline) {
        const seen = all.map(({ id, status }) => `${id} ${status}`).join(', ') || 'none';
        throw new Error(`Waited ${withinMs} ms for ${count} executions of workflow ${workflowId}, saw: ${seen}`);
      }
      await delay(100);
    }
  }

  private async waitForPublication(workflowId: string): Promise<Publication> {
    const deadline = Date.now() + publicationLimitMs;
    for (;;) {
      const publication = await this.data<Publication>('GET', `/rest/workflows/${workflowId}/publication-status`);
      if (publication.status !== 'in_progress') return publication;
      if (Date.now() > deadline)
        throw new Error(`Workflow ${workflowId} is not published after ${publicationLimitMs} ms`);
      await delay(100);
    }
  }

  /** Any other call of the editor's interface; answers the `data` of n8n's envelope. */
  async data<T>(method: string, path: string, body?: unknown): Promise<T> {
    return (await this.call<{ data: T }>(method, path, body)).data;
  }

  private async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { cookie: this.cookie, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new N8nRestError(`${method} ${path}`, response.status, messageIn(text));
    const session = response.headers.getSetCookie().find((cookie) => cookie.startsWith('n8n-auth='));
    if (session !== undefined) this.cookie = session.split(';')[0] ?? '';
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
}

/** The JSON of the items that a node put out at its first output, in its last run; empty when it did not run. */
export function nodeOutput(execution: Execution, nodeName: string): Record<string, unknown>[] {
  const run = execution.data.resultData.runData[nodeName]?.at(-1);
  return (run?.data?.main?.[0] ?? []).map(({ json }) => json);
}

function messageIn(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch (error) {
    if (error instanceof SyntaxError) return text.slice(0, 300);
    throw error;
  }
}
