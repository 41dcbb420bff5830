/** What a node's panel has to show, read from the description that n8n serves to its editor. */
import { NodeHelpers, type INode, type INodeParameters, type INodeTypeDescription } from 'n8n-workflow';

/** What a new node is of. */
export function newestVersion({ version, defaultVersion }: INodeTypeDescription): number {
  return defaultVersion ?? Math.max(...[version].flat());
}

/** The labels and notices that are shown when a node has these parameters, without those of options that nobody added. */
export function shownTexts(type: INodeTypeDescription, parameters: INodeParameters): string[] {
  const node = { typeVersion: newestVersion(type), parameters } as INode;
  const values = NodeHelpers.getNodeParameters(type.properties, parameters, true, false, node, type) ?? {};
  return type.properties
    .filter(({ type: kind }) => kind !== 'hidden' && kind !== 'credentialsSelect')
    .filter((property) => NodeHelpers.displayParameter(values, property, node, type))
    .map(({ displayName }) => displayName);
}

/** n8n adds it to the resources of a node whose credential can sign any request. */
const CUSTOM_CALL = '__CUSTOM_API_CALL__';

/** The parameters of a node for each of its resources, with the operation that a new node has. */
export function resourceParameters({ properties }: INodeTypeDescription): INodeParameters[] {
  const resource = properties.find(({ name }) => name === 'resource');
  const values = (resource?.options ?? []).flatMap((option) => ('value' in option ? [String(option.value)] : []));
  return values
    .filter((value) => value !== CUSTOM_CALL)
    .map((value) => ({ resource: value, operation: operationOf(properties, value) }));
}

function operationOf(properties: INodeTypeDescription['properties'], resource: string): string {
  const own = properties.find(
    ({ name, displayOptions }) => name === 'operation' && displayOptions?.show?.['resource']?.includes(resource),
  );
  return String(own?.default ?? '');
}
