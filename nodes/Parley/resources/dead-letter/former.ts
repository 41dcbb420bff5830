/** What dead letters were called before: workflows that were saved with the resource 'Delivery' run as they were saved. */
import type { IExecuteFunctions } from 'n8n-workflow';
import type { Operation, Resource } from '../../../shared/operation.ts';
import { Parameters } from '../../../shared/parameters.ts';

const FORMER_RESOURCE = 'delivery';
const FORMER_NAMES: Readonly<Record<string, string>> = { deadLetterId: 'deliveryId', deadLetterIds: 'deliveryIds' };

const formerName = (name: string): string => FORMER_NAMES[name] ?? name;

function formerOperation(operation: Operation): Operation {
  return { ...operation, fields: operation.fields.map((field) => ({ ...field, name: formerName(field.name) })) };
}

/** The same resource by its former names; nobody can choose it any more. */
export function formerResource(resource: Resource): Resource {
  return { ...resource, value: FORMER_RESOURCE, isFormer: true, operations: resource.operations.map(formerOperation) };
}

/** The parameters of one item by their names of today, whichever it was saved with. */
export function deadLetterParameters(context: IExecuteFunctions, itemIndex: number): Parameters {
  const isFormer = context.getNodeParameter('resource', itemIndex) === FORMER_RESOURCE;
  return new Parameters((name) => context.getNodeParameter(isFormer ? formerName(name) : name, itemIndex, null));
}
