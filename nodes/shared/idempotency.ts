/** Idempotency keys: what makes n8n's 'Retry On Fail', which runs every item again, send nothing twice. */
import type { IExecuteFunctions } from 'n8n-workflow';

export interface KeyParts {
  executionId: string;
  nodeId: string;
  /** A loop is a new run, a retry is not. */
  runIndex: number;
  itemIndex: number;
}

export function idempotencyKey(parts: KeyParts): string {
  return [parts.executionId, parts.nodeId, parts.runIndex, parts.itemIndex].join(':');
}

/** The key of one item of this run: the user's own when given, else made of where the item stands. */
export function itemIdempotencyKey(context: IExecuteFunctions, itemIndex: number, own?: string): string {
  if (own !== undefined && own.trim() !== '') return own.trim();
  return idempotencyKey({
    executionId: context.getExecutionId(),
    nodeId: context.getNode().id,
    runIndex: context.getWorkflowDataProxy(itemIndex).$runIndex,
    itemIndex,
  });
}
