/** n8n's own nodes that examples use, in the smallest form that does the same: n8n-nodes-base is not installed beside the engine. */
import type { IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from 'n8n-workflow';

const switchDescription: INodeTypeDescription = {
  displayName: 'Switch',
  name: 'switch',
  group: ['transform'],
  version: 3.2,
  description: 'Sends each item to the output of the first rule that it meets',
  defaults: { name: 'Switch' },
  inputs: ['main'],
  outputs:
    '={{ [...Array(($parameter.rules?.values?.length ?? 0) + 1).keys()].map(() => ({ type: "main" })) }}' as INodeTypeDescription['outputs'],
  properties: [
    {
      displayName: 'Rules',
      name: 'rules',
      type: 'fixedCollection',
      typeOptions: { multipleValues: true },
      default: {},
      options: [
        {
          displayName: 'Rule',
          name: 'values',
          values: [
            {
              displayName: 'Conditions',
              name: 'conditions',
              type: 'filter',
              default: {},
              typeOptions: { filter: { caseSensitive: true, typeValidation: 'loose', version: 2 } },
            },
          ],
        },
      ],
    },
    { displayName: 'Options', name: 'options', type: 'collection', default: {}, options: [] },
  ],
};

/** Conditions are evaluated by the engine's own filter; an item goes to the first rule that it meets, else to the extra output. */
async function chooseOutputs(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
  const rules = (this.getNodeParameter('rules.values', 0, []) as unknown[]).length;
  const outputs: INodeExecutionData[][] = Array.from({ length: rules + 1 }, () => []);
  this.getInputData().forEach((item, index) => {
    const isMet = (rule: number) =>
      this.getNodeParameter(`rules.values[${rule}].conditions`, index, false, { extractValue: true }) === true;
    const met = outputs.findIndex((_, rule) => rule < rules && isMet(rule));
    outputs[met < 0 ? rules : met]?.push({ ...item, pairedItem: { item: index } });
  });
  return outputs;
}

const noteDescription: INodeTypeDescription = {
  ...{
    displayName: 'Sticky Note',
    name: 'stickyNote',
    group: ['input'],
    version: 1,
    description: 'Text on the canvas',
  },
  ...{ defaults: { name: 'Sticky Note' }, inputs: [], outputs: [] },
  properties: [{ displayName: 'Content', name: 'content', type: 'string', default: '' }],
};

const requestDescription: INodeTypeDescription = {
  ...{ displayName: 'HTTP Request', name: 'httpRequest', group: ['output'], version: 4.2 },
  ...{ description: 'Makes an HTTP request for each item', defaults: { name: 'HTTP Request' } },
  ...{ inputs: ['main'], outputs: ['main'] },
  properties: [
    { displayName: 'Method', name: 'method', type: 'string', default: 'GET' },
    { displayName: 'URL', name: 'url', type: 'string', default: '' },
    { displayName: 'Send Body', name: 'sendBody', type: 'boolean', default: false },
    { displayName: 'Specify Body', name: 'specifyBody', type: 'string', default: 'keypair' },
    { displayName: 'JSON', name: 'jsonBody', type: 'json', default: '' },
    { displayName: 'Options', name: 'options', type: 'collection', default: {}, options: [] },
  ],
};

/** Sends the JSON body of each item, and answers what came back, which has to be JSON. */
async function makeRequests(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
  const answers = this.getInputData().map(async (_item, index): Promise<INodeExecutionData> => {
    const body = this.getNodeParameter('jsonBody', index) as string | object;
    const answer = await fetch(this.getNodeParameter('url', index) as string, {
      method: this.getNodeParameter('method', index) as string,
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`HTTP status ${answer.status}`);
    return { json: (await answer.json()) as INodeExecutionData['json'], pairedItem: { item: index } };
  });
  return [await Promise.all(answers)];
}

/** By full name, for `EngineOptions.nodeTypes`. */
export const CORE_NODES: Record<string, INodeType> = {
  'n8n-nodes-base.switch': { description: switchDescription, execute: chooseOutputs },
  'n8n-nodes-base.stickyNote': { description: noteDescription },
  'n8n-nodes-base.httpRequest': { description: requestDescription, execute: makeRequests },
};
