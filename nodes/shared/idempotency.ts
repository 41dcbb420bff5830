/** Idempotency keys: what makes n8n's 'Retry On Fail' and the retry of a failed execution, which run every item again, send nothing twice. */
import { createHash, randomUUID } from 'node:crypto';
import type { IExecuteFunctions } from 'n8n-workflow';

export interface KeyParts {
  /** Of this node in this execution, in whichever of its retries. */
  execution: string;
  /** A loop is a new run, a retry is not. */
  runIndex: number;
  itemIndex: number;
}

/** At most 255 characters, the service's limit. */
export function idempotencyKey(parts: KeyParts): string {
  return [parts.execution, parts.runIndex, parts.itemIndex].join(':');
}

/** The member of the node's execution context that holds the first execution. */
const FIRST_EXECUTION = 'parleyExecution';

/**
 * Names this node in this execution. n8n runs a retry under an execution id of its own, but carries the node's execution context into it: the name
 * made first is kept there. Execution ids are counters, and node ids are copied with a workflow, so the name holds the instance, the workflow and
 * when the execution began as well: a second n8n, or one that was installed anew and counts from 1 again, makes other names.
 */
function executionName(context: IExecuteFunctions): string {
  const kept = context.getContext('node');
  const known: unknown = kept[FIRST_EXECUTION];
  if (typeof known === 'string') return known;
  const parts = [
    context.getInstanceId(),
    context.getWorkflow().id,
    context.getExecutionId(),
    context.getNode().id,
    beginning(context),
  ];
  const name = createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
  kept[FIRST_EXECUTION] = name;
  return name;
}

/**
 * When the execution began, which n8n stores with it, so that one that is run anew after a crash has the same; an n8n that does not tell gets
 * something random, which no other execution has.
 */
function beginning(context: IExecuteFunctions): number | string {
  // Versions of n8n before 2 have no such method.
  const { getExecutionContext } = context as Partial<IExecuteFunctions>;
  return getExecutionContext?.call(context)?.establishedAt ?? randomUUID();
}

/** The member of the node's execution context that holds, by their arguments, the runs of an agent's calls that have not ended well. */
const OPEN_CALLS = 'parleyToolCalls';

/**
 * An AI agent's call of the node as its tool: each try is a run of its own, whether n8n repeats it or the agent does. Undefined: the node is no
 * tool here.
 */
function toolCall(context: IExecuteFunctions, itemIndex: number) {
  // Older versions of n8n have no such method.
  const { isToolExecution } = context as Partial<IExecuteFunctions>;
  if (isToolExecution?.call(context) !== true) return undefined;
  const kept = context.getContext('node');
  const open = (kept[OPEN_CALLS] ??= {}) as Record<string, number>;
  const said = JSON.stringify(context.getInputData()[itemIndex]?.json ?? {});
  return { open, name: createHash('sha256').update(said).digest('base64url') };
}

/** Answers the run that a repeated call of a tool began in, else this one. */
function runOf(context: IExecuteFunctions, itemIndex: number): number {
  const { $runIndex: run } = context.getWorkflowDataProxy(itemIndex);
  const call = toolCall(context, itemIndex);
  return call === undefined ? run : (call.open[call.name] ??= run);
}

/** Notes that the item was sent: an agent that calls its tool once more with the same arguments means another message. */
export function itemSent(context: IExecuteFunctions, itemIndex: number): void {
  const call = toolCall(context, itemIndex);
  if (call !== undefined) Reflect.deleteProperty(call.open, call.name);
}

/** The key of one item of this run: the user's own when given, else made of where the item stands. */
export function itemIdempotencyKey(context: IExecuteFunctions, itemIndex: number, own?: string): string {
  if (own !== undefined && own.trim() !== '') return own.trim();
  return idempotencyKey({ execution: executionName(context), runIndex: runOf(context, itemIndex), itemIndex });
}
