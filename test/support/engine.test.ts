/** The harness itself: what it takes from n8n's engine is real, so these show that it is wired as n8n wires it. */
import { NodeConnectionTypes, type IDataObject, type INodeProperties, type INodeType } from 'n8n-workflow';
import { type Engine, startEngine, type WorkflowNode } from './engine/engine.ts';
import { PACKAGE_DIR } from './paths.ts';
import { StubService } from './stub-service.ts';

const text = (name: string): INodeProperties => ({ displayName: name, name, type: 'string', default: '' });
const resumeUrls: string[] = [];
let failures = 0;

const described: INodeType['description'] = {
  ...{ displayName: 'Probe', name: 'probe', group: ['transform'], version: 1, description: '', defaults: {} },
  ...{ inputs: [NodeConnectionTypes.Main], outputs: [NodeConnectionTypes.Main] },
  properties: [text('operation'), text('value')],
  webhooks: (['GET', 'POST'] as const).map((httpMethod) => ({
    ...{ name: 'default' as const, httpMethod, responseMode: 'onReceived', path: '={{ $nodeId }}' },
    ...{ restartWebhook: true, isFullPath: true },
  })),
};

const probe: INodeType = {
  description: described,
  methods: {
    loadOptions: {
      async echo() {
        return [{ name: String(this.getCurrentNodeParameter('value')), value: 1 }];
      },
    },
  },
  async webhook() {
    const request = this.getRequestObject();
    if (request.method === 'GET') return { webhookResponse: 'still waiting' };
    return { workflowData: [[{ json: { answer: request.body as IDataObject } }]] };
  },
  async execute() {
    if (this.getNodeParameter('operation', 0) === 'sendAndWait') {
      resumeUrls.push(this.getSignedResumeUrl());
      await this.putExecutionToWait(new Date(Date.now() + 60_000));
      return [this.getInputData()];
    }
    return [
      this.getInputData().map((_, item) => {
        const value = this.getNodeParameter('value', item) as string;
        if (value === 'fails once' && failures++ === 0) throw new Error('the first time');
        if (value === 'fails') throw new Error('always');
        return { json: { value }, pairedItem: { item } };
      }),
    ];
  },
};

let engine: Engine;
let service: StubService;

beforeAll(async () => {
  service = await new StubService().start();
  const credentials = { parleyApi: { url: `${service.url}/`, apiKey: service.key } };
  engine = await startEngine({ packageDir: PACKAGE_DIR, credentials, nodeTypes: { 'test.probe': probe } });
});

afterAll(async () => {
  await engine.close();
  await service.stop();
});

function node(name: string, value: string, more: Partial<WorkflowNode> = {}): WorkflowNode {
  return { name, type: 'test.probe', ...more, parameters: { value, ...more.parameters } };
}

const chain = { First: { main: [[{ node: 'Second', type: NodeConnectionTypes.Main, index: 0 }]] } };

test('expressions and paired items are resolved', async () => {
  const nodes = [node('First', '={{ $json.n + 1 }}'), node('Second', "={{ $('First').item.json.value }}!")];
  const done = await engine.run({ nodes, connections: chain }, { items: [{ json: { n: 1 } }, { json: { n: 2 } }] });
  expect(done.items('Second').map((item) => item.json['value'])).toEqual(['2!', '3!']);
});

test('retry on fail runs the node again, continue on fail goes on, and else the execution fails', async () => {
  const again = node('First', 'fails once', { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 });
  expect(await engine.run({ nodes: [again] })).toMatchObject({ status: 'success' });
  const nodes = [node('First', 'fails', { onError: 'continueRegularOutput' }), node('Second', 'went on')];
  expect((await engine.run({ nodes, connections: chain })).items('Second')).toMatchObject([
    { json: { value: 'went on' } },
  ]);
  expect(await engine.run({ nodes: [node('First', 'fails')] })).toMatchObject({
    status: 'error',
    error: { message: 'always' },
  });
});

describe('a waiting execution', () => {
  async function wait() {
    const nodes = [
      node('First', '', { parameters: { operation: 'sendAndWait' } }),
      node('Second', '={{ $json.answer?.word ?? $json.n }}'),
    ];
    const parked = await engine.run({ nodes, connections: chain }, { items: [{ json: { n: 7 } }] });
    expect(parked.status).toBe('waiting');
    return { parked, url: resumeUrls.at(-1) ?? '' };
  }
  const post = async (url: string) =>
    await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"word":"yes"}' });

  test('goes on with what its signed URL is given, once', async () => {
    const { parked, url } = await wait();
    expect((await post(`${url}0`)).status).toBe(401);
    expect(await (await fetch(url)).text()).toBe('still waiting');
    expect(parked.status).toBe('waiting');
    await post(url);
    await engine.waitForExecution((each) => each === parked && each.status === 'success');
    expect(parked.items('Second')).toMatchObject([{ json: { value: 'yes' } }]);
    expect(await (await post(url)).text()).toContain('<title>No action required</title>');
  });

  test('goes on with what it was given when its time is up', async () => {
    const { parked } = await wait();
    await engine.expire(parked.id);
    expect(parked).toMatchObject({ status: 'success' });
    expect(parked.items('Second')).toMatchObject([{ json: { value: 7 } }]);
  });
});

test('methods of the editor see the parameters', async () => {
  const nodes = [node('First', 'seen')];
  expect(await engine.editor('loadOptions', { nodes }, 'First', 'echo')).toEqual([{ name: 'seen', value: 1 }]);
});

test('the Parley credential is tested with its own authentication', async () => {
  const { url, key } = service;
  expect(await engine.testCredential('parleyApi')).toMatchObject({ status: 'OK' });
  expect(await engine.testCredential('parleyApi', { url, apiKey: `${key}x` })).toMatchObject({ status: 'Error' });
  expect(await engine.testCredential('parleyApi', { url: 'http://127.0.0.1:1', apiKey: key })).toEqual({
    status: 'Error',
    message: 'ECONNREFUSED',
  });
});

test('an unknown webhook is not found', async () => {
  const answer = await fetch(`${engine.url}/webhook/nobody/home`, { method: 'POST' });
  expect(answer.status).toBe(404);
});
