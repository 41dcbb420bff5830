/** Makes items of what the service lists in pages. */
import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { limitField, limitOf, returnAllField, simplifyField } from '../descriptions.ts';
import type { Output } from '../operation.ts';
import type { Parameters } from '../parameters.ts';

/** Lists the fields of an operation Get Many; `before` stand between how many and in which form. */
export function listFields(...before: INodeProperties[]): INodeProperties[] {
  return [returnAllField, limitField, ...before, simplifyField];
}

/** Reads as many as the fields ask for, and makes an item of each, whole or simplified. */
export async function listItems<T>(
  parameters: Parameters,
  read: (limit: number | undefined) => Promise<T[]>,
  output: (one: T, simplify: boolean) => IDataObject,
): Promise<Output[]> {
  const all = await read(limitOf(parameters));
  const simplify = parameters.flag('simplify');
  return all.map((one) => ({ json: output(one, simplify) }));
}
