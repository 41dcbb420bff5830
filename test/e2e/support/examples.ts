import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { INode } from 'n8n-workflow';
import type { WorkflowInput } from './n8n-rest.ts';
import { repositoryFolder } from './places.ts';
import type { StoredCredentials } from './stack.ts';

/**
 * A workflow of `examples/` as it is after somebody imported it and chose the credentials: n8n's editor gives a webhook
 * trigger its `webhookId` on import.
 */
export async function exampleWorkflow(file: string, credentials: StoredCredentials): Promise<WorkflowInput> {
  const text = await readFile(join(repositoryFolder, 'examples', file), 'utf8');
  const { name, nodes, connections, settings } = JSON.parse(text) as WorkflowInput;
  return { name, nodes: nodes.map((node) => completed(node, credentials)), connections, settings };
}

function completed(node: INode, credentials: StoredCredentials): INode {
  if (!node.type.startsWith('n8n-nodes-parley.')) return node;
  // The nodes that work across channels have the service's credential only.
  const { parleyApi } = credentials;
  const chosen = /\.parley(Trigger)?$/.test(node.type) ? { parleyApi } : credentials;
  const webhookId = node.type.endsWith('Trigger') || node.parameters['operation'] === 'sendAndWait';
  return { ...node, credentials: { ...chosen }, ...(webhookId ? { webhookId: randomUUID() } : {}) };
}
