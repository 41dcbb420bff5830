/** How an action node is put together: resources with operations, one file each, run item by item. */
import type {
  IBinaryKeyData,
  IDataObject,
  IExecuteFunctions,
  INode,
  INodeExecutionData,
  INodeProperties,
} from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import { showFor } from './content/kind.ts';
import { ParameterError, Parameters } from './parameters.ts';

export interface Output {
  json: IDataObject;
  binary?: IBinaryKeyData;
}

interface OperationForm {
  value: string;
  name: string;
  /** Sentence case, as the list of actions shows it. */
  action: string;
  description: string;
  /** Without the conditions on resource and operation: `resourceProperties` adds them. */
  fields: INodeProperties[];
}

/** Most operations run for each item; one that parks the execution runs once for all of them. */
export type Operation = OperationForm &
  (
    | { run(context: IExecuteFunctions, itemIndex: number): Promise<Output[]> }
    | { runOnce(context: IExecuteFunctions): Promise<INodeExecutionData[]> }
  );

/** The same with notices on top: what a channel does not have, said where one would look for it. */
export function withNotices(operation: Operation, ...notices: INodeProperties[]): Operation {
  return { ...operation, fields: [...notices, ...operation.fields] };
}

export interface Resource {
  value: string;
  name: string;
  /** Sorted by name; the first is the default unless `defaultOperation` says otherwise. */
  operations: readonly Operation[];
  defaultOperation: string;
  /** Saved workflows have it; it is not offered any more. */
  isFormer?: boolean;
}

function operationProperty(resource: Resource): INodeProperties {
  const choices = resource.operations.map(({ name, value, action, description }) => ({
    name,
    value,
    action,
    description,
  }));
  const property: INodeProperties = {
    displayName: 'Operation',
    name: 'operation',
    type: 'options',
    noDataExpression: true,
    displayOptions: { show: { resource: [resource.value] } },
    options: choices,
    default: '',
  };
  return { ...property, default: resource.defaultOperation };
}

function resourceProperty(resources: readonly Resource[]): INodeProperties {
  const choices = resources.filter(({ isFormer }) => !isFormer).map(({ name, value }) => ({ name, value }));
  const property: INodeProperties = {
    displayName: 'Resource',
    name: 'resource',
    type: 'options',
    noDataExpression: true,
    options: choices,
    default: '',
  };
  return { ...property, default: resources[0]?.value ?? '' };
}

/** The whole form of an action node. */
export function resourceProperties(resources: readonly Resource[]): INodeProperties[] {
  return [
    resourceProperty(resources),
    ...resources.map(operationProperty),
    ...resources.flatMap((resource) =>
      resource.operations.flatMap((operation) =>
        showFor(operation.fields, { resource: [resource.value], operation: [operation.value] }),
      ),
    ),
  ];
}

/** The parameters of one item; one that the form does not show is absent, where n8n would throw. */
export function itemParameters(context: IExecuteFunctions, itemIndex: number): Parameters {
  return new Parameters((name) => context.getNodeParameter(name, itemIndex, null));
}

/** Whatever was thrown as an error of this node that names its item. */
export function asNodeError(node: INode, error: unknown, itemIndex: number): NodeApiError | NodeOperationError {
  if (error instanceof NodeApiError || error instanceof NodeOperationError) {
    error.context['itemIndex'] ??= itemIndex;
    return error;
  }
  const cause = error instanceof Error ? error : new Error(String(error));
  const description = error instanceof ParameterError ? error.description : undefined;
  return new NodeOperationError(node, cause, { itemIndex, message: cause.message, description });
}

/** Of an item with `error` n8n keeps the message only, and knows by it what goes to the node's error output. */
function failedItem(error: NodeApiError | NodeOperationError, itemIndex: number): INodeExecutionData {
  return { json: { error: error.message }, error, pairedItem: { item: itemIndex } };
}

/** Runs `run` for every item: each result is paired with its item, and with 'Continue On Fail' an error is that item's result. */
export async function runPerItem(
  context: IExecuteFunctions,
  run: (itemIndex: number) => Promise<Output[]>,
): Promise<INodeExecutionData[]> {
  const results: INodeExecutionData[] = [];
  for (let itemIndex = 0; itemIndex < context.getInputData().length; itemIndex++) {
    try {
      const outputs = await run(itemIndex);
      results.push(...outputs.map((output) => ({ ...output, pairedItem: { item: itemIndex } })));
    } catch (error) {
      const nodeError = asNodeError(context.getNode(), error, itemIndex);
      if (!context.continueOnFail()) throw nodeError;
      results.push(failedItem(nodeError, itemIndex));
    }
  }
  return results;
}

/** Runs the chosen operation. */
export async function runOperation(
  context: IExecuteFunctions,
  resources: readonly Resource[],
): Promise<INodeExecutionData[][]> {
  const resourceName = context.getNodeParameter('resource', 0) as string;
  const operationName = context.getNodeParameter('operation', 0) as string;
  const resource = resources.find(({ value }) => value === resourceName);
  const operation = resource?.operations.find(({ value }) => value === operationName);
  if (operation === undefined) {
    const message = `There is no operation '${operationName}' of '${resourceName}'`;
    throw new NodeOperationError(context.getNode(), message, { description: 'Choose the operation again.' });
  }
  if ('runOnce' in operation) return [await operation.runOnce(context)];
  return [await runPerItem(context, async (itemIndex) => await operation.run(context, itemIndex))];
}
