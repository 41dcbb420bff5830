/** Retries of n8n, and several n8n on one Parley: every item goes out once, and no item is taken for one of another execution. */
import type { IDataObject } from 'n8n-workflow';
import { ANA, BEN, closeApps, closing, type App } from '../../support/app.ts';
import type { WorkflowJson } from '../../support/engine/engine.ts';
import { startTcpGate } from '../../support/tcp-gate.ts';
import { accepted, actionWorkflow, anaWrites, NODE, type NodeFixture, startNodes } from './node-fixture.ts';

let nodes: NodeFixture;
let app: App;

beforeAll(async () => {
  nodes = await startNodes();
}, 60_000);
afterAll(() => nodes.stop());
beforeEach(async () => {
  app = await nodes.fresh();
  await anaWrites(app);
});
afterEach(closeApps);

const items = (...values: string[]) => values.map((value) => ({ json: { value } }));
const toEach: IDataObject = {
  ...{ resource: 'message', operation: 'send', kind: 'text' },
  ...{ to: '={{ $json.value.split(" ")[0] }}', text: '=No {{ $json.value.split(" ")[1] }}' },
};
/** Nobody may write to Ben until he writes: the third item fails. */
const four = items(`+${ANA} 1`, `+${ANA} 2`, `+${BEN} 3`, `+${ANA} 4`);

const texts = async (count: number) =>
  (await accepted(app, count)).map(({ text }) => (text as { body: string }).body).sort();

async function nothingMore(count: number): Promise<void> {
  await app.idle();
  expect(app.sandbox.listReceivedMessages()).toHaveLength(count);
}

test.each<[string, (workflow: WorkflowJson) => void, string[]]>([
  ['the same workflow', () => undefined, ['No 1', 'No 2', 'No 3', 'No 4']],
  [
    'one that says it otherwise meanwhile',
    ({ nodes: [node] }) => Object.assign(node?.parameters ?? {}, { text: '=Number {{ $json.value.split(" ")[1] }}' }),
    ['No 1', 'No 2', 'Number 3', 'Number 4'],
  ],
  [
    'one whose node was deleted and made anew',
    ({ nodes: [node] }) => Object.assign(node ?? {}, { id: 'another' }),
    ['No 1', 'No 2', 'No 3', 'No 4'],
  ],
])(
  'an execution that failed at the third item is retried with %s: nothing goes out twice',
  async (_name, mend, said) => {
    const workflow = actionWorkflow(toEach);
    const failed = await nodes.engine.run(workflow, { items: four });
    expect(failed.status).toBe('error');
    mend(workflow);
    const again = await nodes.engine.retry(failed, workflow);
    expect(again).toMatchObject({ status: 'error', mode: 'retry' });
    await app.sandbox.customer.sends({ from: BEN, text: 'hi' });
    await app.idle();
    const third = await nodes.engine.retry(again, workflow);
    expect(third.status).toBe('success');
    expect(third.items(NODE).map(({ json }) => json['duplicate'])).toEqual([true, true, false, false]);
    expect(new Set([failed.id, again.id, third.id]).size).toBe(3);
    expect(await texts(4)).toEqual(said);
    await nothingMore(4);
  },
);

test("'Retry On Fail' with words that change by themselves sends each item once", async () => {
  const parameters = { ...toEach, text: '=No {{ $json.value.split(" ")[1] }} at {{ $now.toMillis() }}' };
  const retry = { retryOnFail: true, maxTries: 5, waitBetweenTries: 50 };
  const running = nodes.run(parameters, { items: four, node: retry });
  await accepted(app, 2);
  await app.sandbox.customer.sends({ from: BEN, text: 'hi' });
  expect((await running).status).toBe('success');
  expect((await texts(4)).map((text) => text.slice(0, 4))).toEqual(['No 1', 'No 2', 'No 3', 'No 4']);
  await nothingMore(4);
});

test('an n8n that was installed anew, with the same workflow and execution numbers, sends its own', async () => {
  const workflow = actionWorkflow({ ...toEach, text: 'Hello' });
  const anew = await startNodes();
  Object.assign(anew.credentials, nodes.credentials);
  const before = await startNodes();
  Object.assign(before.credentials, nodes.credentials);
  const first = await before.engine.run(workflow, { items: items(`+${ANA} 1`) });
  const second = await anew.engine.run(workflow, { items: items(`+${ANA} 1`) });
  await Promise.all([before.stop(), anew.stop()]);
  expect([first.status, second.status, second.id]).toEqual(['success', 'success', first.id]);
  expect(second.items(NODE)).toMatchObject([{ json: { duplicate: false } }]);
  expect(await texts(2)).toEqual(['Hello', 'Hello']);
});

test.each<[string, (app: App) => Promise<unknown>]>([
  ['at once', async () => undefined],
  [
    'after an answer that the failed execution could not take',
    async (one) => one.sandbox.customer.sends({ from: ANA, text: 'Too early' }).then(() => one.idle()),
  ],
])(
  'a question that is retried %s goes out once, and the execution that runs now is answered',
  async (_name, before) => {
    const question = { resource: 'message', operation: 'sendAndWait', to: `+${ANA}`, message: 'Tuesday?' };
    const gate = await startTcpGate(Number(new URL(app.url).port));
    closing(() => gate.goDown());
    nodes.credentials.parleyApi['url'] = gate.url;
    // The account is known before an answer is held back.
    await nodes.output({ resource: 'session', operation: 'get', to: ANA });
    gate.hold = new Promise(() => undefined);
    const running = nodes.run(question);
    await accepted(app);
    gate.cut();
    gate.hold = undefined;
    const failed = await running;
    expect(failed.status).toBe('error');
    await before(app);
    const retried = await nodes.engine.retry(failed);
    expect(retried.status).toBe('waiting');
    await accepted(app);
    await app.sandbox.customer.sends({ from: ANA, text: 'Yes' });
    const ended = await nodes.engine.waitForExecution((each) => each.id === retried.id && each.status === 'success');
    expect(ended.items(NODE)).toMatchObject([{ json: { replied: true, text: 'Yes' } }]);
    await nothingMore(1);
  },
);
