import {
  NodeConnectionTypes,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';
import { resourceProperties, runOperation } from '../shared/operation.ts';
import { parleyMethods } from './methods.ts';
import { PARLEY_RESOURCES } from './resources/index.ts';

/** What is the same on every channel: what became of deliveries, whatever account they were of. */
export class Parley implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Parley',
    name: 'parley',
    icon: { light: 'file:parley.svg', dark: 'file:parley.dark.svg' },
    group: ['output'],
    version: 1,
    subtitle: '={{$parameter["operation"] + ": " + $parameter["resource"]}}',
    description: 'List what did not arrive on any channel, send it again or let it go, and hand over past events again',
    defaults: { name: 'Parley' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: 'parleyApi', displayName: 'Parley API', required: true }],
    properties: resourceProperties(PARLEY_RESOURCES),
  };

  methods = parleyMethods;

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    return await runOperation(this, PARLEY_RESOURCES);
  }
}
