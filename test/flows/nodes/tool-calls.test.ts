/** An AI agent that has our node as its tool: a call that fails is repeated as the same call, and two calls are two messages. */
import type { IDataObject, IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { deferred } from '../../sandbox/kit/deferred.ts';
import { ANA, closeApps, closing, type App } from '../../support/app.ts';
import type { WorkflowJson } from '../../support/engine/engine.ts';
import { eventually } from '../../support/eventually.ts';
import { startTcpGate } from '../../support/tcp-gate.ts';
import { accepted, actionWorkflow, anaWrites, type NodeFixture, startNodes } from './node-fixture.ts';

/** The agent repeats a call that failed when this resolves. */
let mended = deferred<undefined>();

/** Calls its tool with each list of arguments, one after the other; `repeats`: as an agent does that is told of a failure. */
class Agent implements INodeType {
  description: INodeTypeDescription = {
    ...{ displayName: 'Agent', name: 'agent', group: ['transform'], version: 1, description: 'Calls its tool' },
    defaults: { name: 'Agent' },
    inputs: ['main', { type: 'ai_tool', required: true }],
    outputs: ['main'],
    properties: [
      { displayName: 'Calls', name: 'calls', type: 'string', default: '[]' },
      { displayName: 'Repeats', name: 'repeats', type: 'boolean', default: false },
    ],
  };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const [tool] = (await this.getInputConnectionData('ai_tool', 0)) as {
      invoke(args: IDataObject): Promise<string>;
    }[];
    const answers: INodeExecutionData[] = [];
    for (const args of JSON.parse(this.getNodeParameter('calls', 0) as string) as IDataObject[]) {
      const call = async () => ({ json: { answer: await tool?.invoke(args) } });
      const repeats = this.getNodeParameter('repeats', 0) === true;
      const again = async (error: unknown) => {
        if (!repeats) throw error;
        await mended.promise;
        return call();
      };
      answers.push(await call().catch(again));
    }
    return [answers];
  }
}

let nodes: NodeFixture;
let app: App;

/** n8n makes the tool of a node so when it loads it. */
function asTool(node: INodeType): INodeType {
  const tool = Object.create(node) as INodeType;
  tool.description = { ...node.description, name: 'whatsAppTool', inputs: [], outputs: ['ai_tool'] };
  return tool;
}

beforeAll(async () => {
  const plain = await startNodes();
  const whatsApp = plain.engine.nodeTypes.getByNameAndVersion('n8n-nodes-parley.whatsApp', 1);
  await plain.stop();
  nodes = await startNodes({ agent: new Agent(), 'n8n-nodes-parley.whatsAppTool': asTool(whatsApp) });
}, 60_000);
afterAll(() => nodes.stop());
beforeEach(async () => {
  mended = deferred();
  app = await nodes.fresh();
  await anaWrites(app);
});
afterEach(closeApps);

const TOOL = 'WhatsApp Business';
const says = (text: string) => ({ text });

function workflow(calls: IDataObject[], repeats = false, more: { retryOnFail?: boolean } = {}): WorkflowJson {
  const parameters = {
    ...{ resource: 'message', operation: 'send', kind: 'text', to: `+${ANA}` },
    text: `={{ $fromAI('text', 'What to say', 'string') }}`,
  };
  const [tool] = actionWorkflow(parameters, { ...more, maxTries: 5, waitBetweenTries: 300 }).nodes;
  if (tool === undefined) throw new Error('There is no node');
  const agent = { name: 'Agent', type: 'agent', parameters: { calls: JSON.stringify(calls), repeats } };
  return {
    nodes: [agent, { ...tool, type: 'n8n-nodes-parley.whatsAppTool' }],
    connections: { [TOOL]: { ai_tool: [[{ node: 'Agent', type: 'ai_tool', index: 0 }]] } },
  };
}

const start = (...given: Parameters<typeof workflow>) => nodes.engine.run(workflow(...given), { startNode: 'Agent' });
const said = async (count: number) =>
  (await accepted(app, count)).map(({ text }) => (text as { body: string }).body).sort();

test('each call of an agent is a message, also one that says the same', async () => {
  const execution = await start([says('One'), says('Two'), says('One')]);
  if (execution.error) throw execution.error;
  expect(execution).toMatchObject({ status: 'success' });
  expect(await said(3)).toEqual(['One', 'One', 'Two']);
});

test.each<[string, boolean, { retryOnFail?: boolean }]>([
  ['the agent', true, {}],
  ["n8n's Retry On Fail", false, { retryOnFail: true }],
])('a call whose answer was lost is repeated by %s and sends nothing twice', async (_name, repeats, more) => {
  const gate = await startTcpGate(Number(new URL(app.url).port));
  closing(() => gate.goDown());
  nodes.credentials.parleyApi['url'] = gate.url;
  // The account is known before an answer is held back.
  await nodes.output({ resource: 'session', operation: 'get', to: ANA });
  gate.hold = new Promise(() => undefined);
  const running = start([says('Hello'), says('And this')], repeats, more);
  await accepted(app, 1);
  await gate.goDown();
  const tries = () => nodes.engine.executions.at(-1)?.data.resultData.runData[TOOL] ?? [];
  await eventually(() => tries()[0]?.executionStatus === 'error', 'the first try to fail');
  gate.hold = undefined;
  await gate.comeUp();
  mended.resolve(undefined);
  expect(await running).toMatchObject({ status: 'success' });
  await app.idle();
  expect(await said(2)).toEqual(['And this', 'Hello']);
  expect(app.sandbox.listReceivedMessages()).toHaveLength(2);
});
