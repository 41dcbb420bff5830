/** The WhatsApp nodes through every provider: in n8n's engine, over the real service and the provider's sandbox. */
import type { IDataObject } from 'n8n-workflow';
import { closeApps, closing, type App } from '../../support/app.ts';
import { CHANNELS, type Provider } from '../../support/customers.ts';
import { eventually } from '../../support/eventually.ts';
import type { WorkflowJson } from '../../support/engine/engine.ts';
import {
  actionWorkflow,
  itemsOf,
  NODE,
  type NodeFixture,
  publicEnv,
  startNodes,
  triggerWorkflow,
} from './node-fixture.ts';

const PHONE = '+15550001111';

/** By the parameter: which channel, which credential. */
const THROUGH: readonly [connectThrough: string, channel: string, credential: string][] = [
  ['cloudApi', 'whatsapp', 'whatsAppCloudApi'],
  ['dialog360', 'dialog360', 'dialog360Api'],
  ['twilio', 'twilio_whatsapp', 'parleyTwilioApi'],
];

let nodes: NodeFixture;
let app: App;

beforeAll(async () => {
  nodes = await startNodes();
}, 60_000);
afterAll(() => nodes.stop());
beforeEach(async () => {
  app = await nodes.fresh({ registered: false, env: await publicEnv() });
});
afterEach(closeApps);

function connected(workflow: WorkflowJson, credential: string): WorkflowJson {
  const credentials = { parleyApi: { id: '1', name: 'p' }, [credential]: { id: '2', name: 'w' } };
  return { ...workflow, nodes: workflow.nodes.map((node) => ({ ...node, credentials })) };
}

describe.each(THROUGH)('through %s', (connectThrough, channel, credential) => {
  let provider: Provider;

  beforeEach(async () => {
    const found = CHANNELS.find((each) => each.channel === channel);
    if (found === undefined) throw new Error(`There is no customer on ${channel}`);
    provider = await found.start(app.clock);
    closing(() => provider.close());
    Object.assign(nodes.credentials, { [credential]: provider.settings });
  });

  const action = (parameters: IDataObject) => connected(actionWorkflow({ connectThrough, ...parameters }), credential);

  async function output(parameters: IDataObject): Promise<IDataObject> {
    const execution = await nodes.engine.run(action(parameters));
    if (execution.error) throw execution.error;
    return execution.items(NODE)[0]?.json ?? {};
  }

  /** Switches the trigger on, which sets the webhook at the provider; then the customer writes. */
  async function heard(text: string): Promise<IDataObject> {
    const workflow = connected(triggerWorkflow({ connectThrough }), credential);
    const { deactivate } = await nodes.engine.activate(workflow);
    closing(deactivate);
    await provider.customer.write(text);
    const [item] = itemsOf(await nodes.ran(workflow, 1));
    return item?.json ?? {};
  }

  const reads = async (count: number): Promise<string[]> =>
    await eventually(
      () => {
        const read = provider.customer.read();
        return read.length >= count && read;
      },
      `${String(count)} messages on the phone`,
    );

  test('the trigger sets up the account and hears the customer, who is answered', async () => {
    expect(await heard('hello')).toMatchObject({ channel, text: 'hello', sessionOpen: true });
    await expect(output({ resource: 'session', operation: 'get', to: PHONE, kind: 'text' })).resolves.toMatchObject({
      ...{ allowed: true, sessionOpen: true },
    });
    await output({ to: PHONE, text: 'Welcome!' });
    expect(await reads(1)).toEqual(['Welcome!']);
  });

  test('a question waits for its answer', async () => {
    await heard('hello');
    const question = { resource: 'message', operation: 'sendAndWait', to: PHONE, message: 'Tuesday?' };
    const execution = await nodes.engine.run(action({ ...question, responseType: 'approval' }));
    expect(execution).toMatchObject({ status: 'waiting' });
    await reads(1);
    await app.idle();
    await provider.customer.choose('approve', 'Approve');
    const ended = await nodes.engine.waitForExecution((each) => each.id === execution.id && each.status === 'success');
    expect(ended.items(NODE)[0]?.json).toMatchObject({ replied: true, approved: true });
  });

  test('templates are listed', async () => {
    await heard('hello');
    const form = action({ resource: 'template', operation: 'get' });
    const found = await nodes.engine.editor('listSearch', form, NODE, 'searchTemplates');
    expect(found).toMatchObject({ results: [] });
  });
});
