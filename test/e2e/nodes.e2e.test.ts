/** Every node of the package in a real n8n: what its panel shows, and one round trip of each pair with its provider's stand-in. */
import type { INodeParameters, INodeTypeDescription } from 'n8n-workflow';
import { setTimeout as delay } from 'node:timers/promises';
import { type Editor, openEditor } from './support/chromium.ts';
import { exampleWorkflow } from './support/examples.ts';
import { nodeOutput } from './support/n8n-rest.ts';
import { newestVersion, resourceParameters, shownTexts } from './support/node-forms.ts';
import { ACTION, NODE_PAIRS, PACKAGE, pairWorkflow, startProviders } from './support/node-pairs.ts';
import { TRIGGER, type Providers } from './support/node-pairs.ts';
import { answerLimitMs } from './support/scene.ts';
import { OWNER, type Stack, startStack } from './support/stack.ts';

/** The first run installs n8n. */
const installLimitMs = 15 * 60_000;

let stack: Stack;
let providers: Providers;
let editor: Editor;
let types: Map<string, INodeTypeDescription>;

beforeAll(async () => {
  stack = await startStack();
  providers = await startProviders(stack.rest, stack.credentials.parleyApi);
  types = new Map((await stack.rest.nodeDescriptions()).map((type) => [type.name, type]));
  editor = await openEditor(stack.n8n.url, OWNER);
}, installLimitMs);

afterAll(async () => {
  await editor?.close();
  await providers?.close();
  await stack?.stop();
}, 60_000);

function typeOf(name: string): INodeTypeDescription {
  const type = types.get(`${PACKAGE}.${name}`);
  if (type === undefined) throw new Error(`n8n has no node ${name}`);
  return type;
}

/** Letters and digits alone: how a text is wrapped and marked is the editor's. */
const bare = (text: string): string => text.toLowerCase().replaceAll(/<[^>]*>|[^\p{L}\p{N}]/gu, '');

/** Opens a node's panel and answers which of its texts are not there. */
async function missingIn(nodeName: string, type: string, parameters: INodeParameters): Promise<string[]> {
  const panel = await editor.openNode(nodeName);
  await panel.getByTestId('node-credentials-select').first().waitFor();
  const shown = bare(await panel.innerText());
  return shownTexts(typeOf(type), parameters).filter((text) => !shown.includes(bare(text)));
}

async function waitUntil(isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + answerLimitMs;
  while (!isSo() && Date.now() < deadline) await delay(50);
}

/** The URL that a person enters at the provider. */
async function webhookUrl(channel: string): Promise<string> {
  const { service } = stack;
  const headers = { authorization: `Bearer ${await service.apiKey()}` };
  const answer = await fetch(`${service.url}/v1/accounts`, { headers });
  const { data } = (await answer.json()) as { data: { channel: string; webhookUrl: string }[] };
  return data.find((account) => account.channel === channel)?.webhookUrl ?? '';
}

/** Waits until this stands on the customer's phone. */
async function arrives(channel: string, text: string): Promise<void> {
  const { customer } = providers.of(channel);
  await waitUntil(() => customer.read().includes(text));
  expect(customer.read()).toContain(text);
}

test('every node of the package is in a pair', () => {
  const ours = [...types.keys()].filter((name) => name.startsWith(`${PACKAGE}.`) && !name.endsWith('Tool'));
  const paired = NODE_PAIRS.flatMap(({ trigger, action }) => [`${PACKAGE}.${trigger}`, `${PACKAGE}.${action}`]);
  expect(ours.sort()).toEqual([...new Set(paired)].sort());
});

describe.each(NODE_PAIRS)('$trigger and $action on $channel', (pair) => {
  let workflowId: string;
  const credentials = () => providers.credentialsOf(pair);

  beforeAll(async () => {
    workflowId = (await stack.rest.createWorkflow(pairWorkflow(pair, credentials()))).id;
  });

  test('a message starts the workflow, and its answer arrives', async () => {
    const text = `ping ${pair.action}`;
    await stack.rest.activateWorkflow(workflowId);
    if (pair.isByHand) providers.of(pair.channel).subscribe(await webhookUrl(pair.channel));
    await providers.of(pair.channel).customer.write(text);
    await arrives(pair.channel, `You wrote: ${text}`);
    const executions = await stack.rest.waitForExecutions(workflowId, 1);
    expect(executions).toMatchObject([{ mode: 'webhook', status: 'success' }]);
    expect(executions.flatMap((execution) => nodeOutput(execution, TRIGGER))).toMatchObject([
      { event: 'message.received', channel: pair.channel, text, kind: 'text', sessionOpen: true },
    ]);
    await stack.rest.deactivateWorkflow(workflowId);
  });

  test('both panels show every field and the chosen credentials, and nothing is missing', async () => {
    await editor.openWorkflow(workflowId);
    const { nodes } = pairWorkflow(pair, credentials());
    for (const { name, type, parameters } of nodes) {
      expect(await editor.nodeIcon(name)).toMatch(/\.svg$/);
      const missing = await missingIn(name, type.slice(PACKAGE.length + 1), parameters);
      await editor.screenshot(`panel-${name === ACTION ? pair.action : pair.trigger}-${pair.channel}`);
      expect(missing).toEqual([]);
      const { page } = editor;
      const chosen = await page.getByTestId('node-credentials-select').locator('input').all();
      const names = await Promise.all(chosen.map((input) => input.inputValue()));
      expect(names).toEqual(Object.values(credentials()).map((credential) => credential.name));
      expect(await page.getByTestId('ndv').getByTestId('parameter-issues').count()).toBe(0);
      expect(await page.getByTestId('ndv').getByText('Webhook URLs').count()).toBe(0);
      await editor.closeNode();
    }
  });
});

/** By now the service knows all accounts. */
test.each([
  ['twilio_sms', '1. Opening hours\n2. Track my order\n3. Talk to a person'],
  ['instagram', ''],
])('the example for every channel answers on %s', async (channel, choices) => {
  const { rest, credentials } = stack;
  const { customer } = providers.of(channel);
  const { id } = await rest.createWorkflow(await exampleWorkflow('reply-on-every-channel.json', credentials));
  await rest.activateWorkflow(id);
  await customer.write('Hello');
  const [execution] = await rest.waitForExecutions(id, 1);
  const [sent] = execution ? nodeOutput(execution, 'Greet with Buttons') : [];
  expect(sent).toMatchObject({ sentAs: choices === '' ? 'buttons' : 'text' });
  await waitUntil(() => customer.read().at(-1)?.includes('What can we do for you?') === true);
  expect(customer.read().at(-1)).toContain(choices);
  await customer.choose('hours', 'Opening hours');
  await arrives(channel, 'We are open Monday to Friday, 9:00 to 18:00.');
  expect(await rest.waitForExecutions(id, 2)).toMatchObject([{ status: 'success' }, { status: 'success' }]);
  await rest.deactivateWorkflow(id);
});

const actions = [...new Map(NODE_PAIRS.map((pair) => [pair.action, pair])).values()];

describe.each(actions)('$action', (pair) => {
  test('shows the form of each of its resources', async () => {
    const type = typeOf(pair.action);
    const credentials = providers.credentialsOf(pair);
    const nodes = resourceParameters(type).map((parameters, index) => ({
      ...{ id: `n${index}`, name: String(parameters['resource']), type: type.name },
      typeVersion: newestVersion(type),
      ...{ position: [0, 160 * index] as [number, number], parameters, credentials },
    }));
    const { id } = await stack.rest.createWorkflow({ name: `Forms of ${pair.action}`, nodes, connections: {} });
    await editor.openWorkflow(id);
    for (const { name, parameters } of nodes) {
      expect([name, await missingIn(name, pair.action, parameters)]).toEqual([name, []]);
      await editor.screenshot(`form-${pair.action}-${name}`);
      await editor.closeNode();
    }
  });
});
